import { expect, test } from 'vitest';
import { RELATIONS, type Relation } from '../../src/catalogue/vocabulary.ts';
import { routeOf } from '../../src/policy/routing.ts';
import { book, named } from './the-five.ts';

function route(id: string, relation: Relation) {
  const { policy, item } = named(id);
  return routeOf(policy, item, relation);
}

test('CallerPlugins answers as controller towards everyone', () => {
  for (const item of book.policyOf('CP').items)
    for (const relation of RELATIONS)
      expect(routeOf(book.policyOf('CP'), item, relation)).toEqual({ kind: 'CONTROLLER', party: 'Agenda 2050' });
});

test('AS-12 Callrix forwards end users and advisors to the Licensee, advisors as undecided', () => {
  expect(route('CX-01', 'END_USER')).toEqual({ kind: 'FORWARD', to: 'the Licensee' });
  expect(route('CX-01', 'ADVISOR')).toEqual({ kind: 'FORWARD', to: 'the Licensee', undecided: true });
  expect(route('CX-34', 'LICENSEE_CONTACT')).toEqual({ kind: 'FORWARD', to: 'the Licensee' });
});

test('Callrix answers the Licensee’s own people itself, and has money movements reviewed', () => {
  for (const relation of [
    'LICENSEE_CONTACT',
    'WEBSITE_VISITOR',
    'ACCOUNT_HOLDER',
    'TEAM_MEMBER',
    'SUPPORT_REQUESTER',
  ] as const) {
    expect(route('CX-01', relation)).toEqual({ kind: 'CONTROLLER', party: 'KCraft Studio LTD' });
    expect(route('CX-12', relation)).toMatchObject({ kind: 'NEEDS_REVIEW' });
    expect(route('CX-32', relation)).toMatchObject({ kind: 'NEEDS_REVIEW' });
    expect(route('CX-33', relation)).toMatchObject({ kind: 'CONTROLLER', undecided: true });
  }
});

test('X31 the Contractor’s role depends on item and relation', () => {
  expect(route('CT-01', 'END_USER')).toEqual({ kind: 'CONTROLLER', party: 'the Contractor' });
  expect(route('CT-20', 'ACCOUNT_HOLDER')).toEqual({ kind: 'PROCESSOR', controller: 'the User' });
  expect(route('CT-24', 'CALL_COUNTERPARTY')).toEqual({ kind: 'PROCESSOR', controller: 'the User' });
  expect(route('CT-13', 'ACCOUNT_HOLDER')).toMatchObject({ kind: 'CONTROLLER' });
  expect(route('CT-13', 'END_USER')).toEqual({ kind: 'PROCESSOR', controller: 'the User' });
});

test('X33 and AS-35 CallNex answers its account holders, and a callee’s request is reviewed', () => {
  expect(route('CN-12', 'ACCOUNT_HOLDER')).toEqual({ kind: 'CONTROLLER', party: 'CallNex BV' });
  expect(route('CN-12', 'CALL_COUNTERPARTY')).toEqual({ kind: 'NEEDS_REVIEW', proposedController: 'the customer' });
});

test('X34 Callr answers call participants on call records, and forwards recordings to the customer', () => {
  expect(route('CR-17', 'ACCOUNT_HOLDER')).toEqual({ kind: 'CONTROLLER', party: 'TCLR SAS' });
  expect(route('CR-14', 'CALL_COUNTERPARTY')).toEqual({ kind: 'CONTROLLER', party: 'TCLR SAS' });
  for (const id of ['CR-17', 'CR-18', 'CR-19'])
    expect(route(id, 'CALL_COUNTERPARTY')).toEqual({ kind: 'FORWARD', to: 'the customer' });
});

test('a relation that a policy does not name has no route', () => {
  expect(route('CX-01', 'CALL_COUNTERPARTY')).toBeNull();
  expect(route('CN-01', 'ADVISOR')).toBeNull();
  expect(route('CR-05', 'CALL_COUNTERPARTY')).toBeNull();
});
