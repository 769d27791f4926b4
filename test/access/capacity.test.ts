import { expect, test } from 'vitest';
import { RELATIONS, type Relation } from '../../src/catalogue/vocabulary.ts';
import { capacityOf } from '../../src/access/capacity.ts';
import type { Actor } from '../../src/access/actor.ts';
import { book, named } from '../policy/the-five.ts';

const staff: Actor = { kind: 'CONTROLLER_STAFF', tenant: 't', staffId: 'p', organisationId: null };
const customer: Actor = { kind: 'CONTROLLER_STAFF', tenant: 't', staffId: 'c', organisationId: 'o' };
const capacity = (id: string, relation: Relation, actor: Actor) => capacityOf({ ...named(id), relation, actor });

test('one person’s data meet the operator in both capacities', () => {
  expect(capacity('CT-01', 'ACCOUNT_HOLDER', staff)).toBe('CONTROLLER');
  expect(capacity('CT-22', 'ACCOUNT_HOLDER', staff)).toBe('PROCESSOR');
  expect(capacity('CT-13', 'ACCOUNT_HOLDER', staff)).toBe('CONTROLLER');
  expect(capacity('CT-13', 'END_USER', staff)).toBe('PROCESSOR');
});

test('a customer is controller exactly where the operator is not', () => {
  for (const policy of book.policies)
    for (const item of policy.items)
      for (const relation of RELATIONS) {
        const operator = capacityOf({ policy, item, relation, actor: staff });
        expect(capacityOf({ policy, item, relation, actor: customer })).toBe(
          operator === 'PROCESSOR' ? 'CONTROLLER' : 'NONE',
        );
      }
});

test('auditors and administrators have no capacity in anyone’s data', () => {
  for (const policy of book.policies)
    for (const item of policy.items)
      for (const kind of ['AUDITOR', 'ADMINISTRATOR'] as const)
        expect(
          capacityOf({ policy, item, relation: 'ACCOUNT_HOLDER', actor: { kind, tenant: 't', staffId: 'x' } }),
        ).toBe('NONE');
});

test('a relation without a route gives no capacity', () => {
  expect(capacity('CX-01', 'CALL_COUNTERPARTY', staff)).toBe('NONE');
});
