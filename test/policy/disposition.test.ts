import { expect, test } from 'vitest';
import { RELATIONS, SCOPES, type Relation, type Scope } from '../../src/catalogue/vocabulary.ts';
import { dispositionOf, type DispositionQuery } from '../../src/policy/disposition.ts';
import { portabilityCodeOf } from '../../src/policy/eligibility.ts';
import { book, named } from './the-five.ts';

type Rest = Partial<Omit<DispositionQuery, 'policy' | 'item' | 'relation' | 'scope'>>;

function dispose(id: string, scope: Scope, relation: Relation = 'ACCOUNT_HOLDER', rest: Rest = {}) {
  return dispositionOf({ ...named(id), relation, scope, instruction: null, contractAlive: true, ...rest });
}

test('every item of every policy, for every relation and scope, is decided, and consistently', () => {
  let decisions = 0;
  for (const policy of book.policies) {
    for (const item of policy.items) {
      for (const relation of RELATIONS) {
        for (const instruction of [null, { exportAllowed: true }, { exportAllowed: false }]) {
          const query = { policy, item, relation, instruction, contractAlive: true };
          const [access, portability] = [
            dispositionOf({ ...query, scope: 'ACCESS' }),
            dispositionOf({ ...query, scope: 'PORTABILITY' }),
          ];
          decisions += 2;
          // Art. 20 gives nothing that Art. 15 does not.
          if (portability.kind === 'INCLUDE' || portability.kind === 'CONTEXT') expect(access.kind).toBe('INCLUDE');
          if (portability.kind === 'INCLUDE') expect(portability.article).toBe('15+20');
          expect(access.kind).not.toBe('CONTEXT');
          // What a secret or a card number is never depends on who asks.
          if (item.sensitivity === 'SECRET_NEVER') expect(access).toEqual({ kind: 'NEVER', reason: 'SECRET' });
          if (item.sensitivity === 'FORBIDDEN') expect(['NEVER', 'ROUTE']).toContain(access.kind);
          // Whose data it is to give is the same in both scopes.
          for (const kind of ['ROUTE', 'REFER', 'NEVER'] as const)
            expect(access.kind === kind).toBe(portability.kind === kind);
          if (access.kind === 'INCLUDE') {
            expect(access.onBehalfOf === null).toBe(access.role === 'CONTROLLER');
            if (access.role === 'PROCESSOR') expect(instruction?.exportAllowed).toBe(true);
          }
        }
      }
    }
  }
  expect(decisions).toBe(170 * RELATIONS.length * 6);
});

test('for the account holder, scopes and verdicts say the same', () => {
  for (const policy of book.policies) {
    for (const item of policy.items) {
      const code = portabilityCodeOf(policy, item);
      const { kind } = dispositionOf({
        policy,
        item,
        relation: 'ACCOUNT_HOLDER',
        scope: 'PORTABILITY',
        instruction: null,
        contractAlive: true,
      });
      if (code.startsWith('YES')) expect([item.id, kind]).toEqual([item.id, 'INCLUDE']);
      if (code === 'ART15_CTX') expect([item.id, kind]).toEqual([item.id, 'CONTEXT']);
      if (code === 'ROUTE' || code === 'REFER') expect([item.id, kind]).toEqual([item.id, code]);
      if (code === 'NEVER' || code === 'NA') expect([item.id, kind]).toEqual([item.id, 'NEVER']);
    }
  }
});

test('AS-01 a derived team name is given under access and withheld from portability', () => {
  for (const id of ['CP-01', 'CP-02', 'CP-05'])
    expect(dispose(id, 'PORTABILITY')).toMatchObject({ kind: 'INCLUDE', article: '15+20' });
  expect(dispose('CP-04', 'PORTABILITY')).toEqual({ kind: 'WITHHOLD', reason: 'DERIVED' });
  expect(dispose('CP-04', 'ACCESS')).toMatchObject({ kind: 'INCLUDE', article: '15' });
});

test('AS-02 and AS-03 a password hash and a card never leave', () => {
  for (const scope of SCOPES) {
    expect(dispose('CP-03', scope)).toEqual({ kind: 'NEVER', reason: 'SECRET' });
    expect(dispose('CP-13', scope)).toEqual({ kind: 'NEVER', reason: 'FORBIDDEN' });
  }
  expect(dispose('CP-06', 'PORTABILITY')).toMatchObject({ kind: 'CONTEXT', reason: 'RECEIVED', article: '15' });
});

test('AS-09 and X41 what the browser keeps is referred to the device', () => {
  expect(dispose('CP-25', 'ACCESS')).toEqual({ kind: 'REFER', where: 'DEVICE', party: "the user's own browser" });
});

test('X36 what Stripe holds is referred to Stripe', () => {
  expect(dispose('CP-14', 'ACCESS')).toEqual({ kind: 'REFER', where: 'THIRD_PARTY', party: 'Stripe' });
});

test('AS-11 and X45 a dialled number is delivered and flagged as about someone else', () => {
  expect(dispose('CP-15', 'PORTABILITY')).toMatchObject({ kind: 'INCLUDE', thirdParty: true, ownValueOnly: false });
  expect(dispose('CP-16', 'PORTABILITY')).toMatchObject({ kind: 'INCLUDE', thirdParty: false });
});

test('the other party of a call gets rows only where the number is that party’s own, and nothing under Art. 20 by another’s contract', () => {
  expect(dispose('CP-15', 'ACCESS', 'CALL_COUNTERPARTY')).toMatchObject({
    kind: 'INCLUDE',
    article: '15',
    ownValueOnly: true,
  });
  expect(dispose('CP-15', 'PORTABILITY', 'CALL_COUNTERPARTY')).toEqual({
    kind: 'WITHHOLD',
    reason: 'NO_CONTRACT_WITH_SUBJECT',
  });
});

test('AS-12 an end user of a Licensee is forwarded, whatever is asked', () => {
  for (const item of book.policyOf('CX').items) {
    const { kind } = dispose(item.id, 'PORTABILITY', 'END_USER');
    expect(['ROUTE', 'REFER', 'NEVER']).toContain(kind);
  }
  expect(dispose('CX-01', 'PORTABILITY', 'END_USER')).toEqual({
    kind: 'ROUTE',
    to: 'the Licensee',
    status: 'FORWARD',
    clause: '§1',
  });
});

test('AS-17 the subject’s e-mail is portable, the note and the agent’s reply are not', () => {
  expect(dispose('CX-18', 'PORTABILITY', 'LICENSEE_CONTACT')).toMatchObject({ kind: 'INCLUDE' });
  expect(dispose('CX-18', 'PORTABILITY', 'LICENSEE_CONTACT', { provenance: 'GENERATED' })).toEqual({
    kind: 'WITHHOLD',
    reason: 'GENERATED',
  });
  expect(dispose('CX-18', 'ACCESS', 'LICENSEE_CONTACT', { provenance: 'GENERATED' })).toMatchObject({
    kind: 'INCLUDE',
    article: '15',
  });
  expect(dispose('CX-20', 'PORTABILITY', 'LICENSEE_CONTACT')).toEqual({ kind: 'WITHHOLD', reason: 'GENERATED' });
  expect(dispose('CX-20', 'ACCESS', 'LICENSEE_CONTACT')).toMatchObject({ kind: 'INCLUDE' });
});

test('AS-21 and X53 without an instruction the Contractor gives no call data', () => {
  for (const instruction of [
    null,
    { exportAllowed: false },
    { exportAllowed: true, items: ['CT-20'] },
    { exportAllowed: true, scopes: ['PORTABILITY'] as const },
  ])
    expect(dispose('CT-22', 'ACCESS', 'CALL_COUNTERPARTY', { instruction })).toEqual({
      kind: 'ROUTE',
      to: 'the User',
      status: 'INSTRUCTION_REQUIRED',
      clause: '§10.2, §9.3',
    });
});

test('AS-22 under an instruction the Contractor exports call data as processor on behalf of the User', () => {
  for (const id of ['CT-20', 'CT-21', 'CT-22', 'CT-23'])
    expect(
      dispose(id, 'ACCESS', 'CALL_COUNTERPARTY', { instruction: { exportAllowed: true, onBehalfOf: 'U' } }),
    ).toMatchObject({ kind: 'INCLUDE', role: 'PROCESSOR', onBehalfOf: 'U' });
});

test('AS-23 and X08 the Contractor gives portability by statute and never cites its policy for it', () => {
  for (const id of ['CT-01', 'CT-03', 'CT-08', 'CT-10'])
    expect(dispose(id, 'PORTABILITY')).toMatchObject({
      kind: 'INCLUDE',
      role: 'CONTROLLER',
      rightBasis: 'STATUTORY',
      policyStated: false,
    });
  expect(dispose('CT-01', 'ACCESS')).toMatchObject({ rightBasis: 'POLICY', policyStated: true });
});

test('special categories are the User’s to hear of, and no instruction releases them', () => {
  for (const instruction of [null, { exportAllowed: true }])
    expect(dispose('CT-33', 'ACCESS', 'ACCOUNT_HOLDER', { instruction })).toMatchObject({
      kind: 'ROUTE',
      to: 'the User',
    });
});

test('AS-32 number and audio are portable, transcript and outcome are not, and the lead score is the callee’s', () => {
  for (const id of ['CN-11', 'CN-12'])
    expect(dispose(id, 'PORTABILITY')).toMatchObject({ kind: 'INCLUDE', thirdParty: true });
  for (const id of ['CN-15', 'CN-16'])
    expect(dispose(id, 'PORTABILITY')).toMatchObject({ kind: 'INCLUDE', thirdParty: false });
  expect(dispose('CN-13', 'PORTABILITY')).toEqual({ kind: 'WITHHOLD', reason: 'DERIVED' });
  expect(dispose('CN-14', 'PORTABILITY')).toEqual({ kind: 'WITHHOLD', reason: 'INFERRED' });
  for (const id of ['CN-13', 'CN-14']) expect(dispose(id, 'ACCESS')).toMatchObject({ kind: 'INCLUDE', article: '15' });
  for (const scope of SCOPES)
    expect(dispose('CN-18', scope)).toEqual({ kind: 'WITHHOLD', reason: 'ABOUT_ANOTHER_PERSON' });
  expect(dispose('CN-18', 'ACCESS', 'CALL_COUNTERPARTY', { review: 'OPERATOR_IS_CONTROLLER' })).toMatchObject({
    kind: 'INCLUDE',
    article: '15',
  });
});

test('AS-35 a callee’s request for a recording is reviewed, with both clauses, and nothing is released', () => {
  expect(dispose('CN-12', 'ACCESS', 'CALL_COUNTERPARTY')).toEqual({
    kind: 'ROUTE',
    to: 'the customer',
    status: 'NEEDS_REVIEW',
    clause: '§1, §6',
  });
});

test('X48 audio of the callee alone is not the caller’s', () => {
  expect(dispose('CR-17', 'PORTABILITY', 'ACCOUNT_HOLDER', { recordedParties: 'CALLEE' })).toEqual({
    kind: 'WITHHOLD',
    reason: 'NOT_A_RECORDED_PARTY',
  });
  expect(
    dispose('CR-17', 'PORTABILITY', 'ACCOUNT_HOLDER', { recordedParties: 'CALLEE', subjectParty: 'CALLEE' }),
  ).toMatchObject({ kind: 'INCLUDE' });
  for (const recordedParties of ['CALLER', 'BOTH'] as const)
    expect(dispose('CR-17', 'PORTABILITY', 'ACCOUNT_HOLDER', { recordedParties })).toMatchObject({
      kind: 'INCLUDE',
      thirdParty: true,
    });
});

test('X18 an invoice is portable while the contract lives, and afterwards kept by law alone', () => {
  expect(dispose('CP-11', 'PORTABILITY')).toMatchObject({ kind: 'INCLUDE' });
  expect(dispose('CP-11', 'PORTABILITY', 'ACCOUNT_HOLDER', { contractAlive: false })).toEqual({
    kind: 'WITHHOLD',
    reason: 'LEGAL_OBLIGATION',
  });
  expect(dispose('CP-11', 'ACCESS', 'ACCOUNT_HOLDER', { contractAlive: false })).toMatchObject({
    kind: 'INCLUDE',
    article: '15',
  });
});

test('X06 everything that Callr gives is marked as assumed', () => {
  for (const item of book.policyOf('CR').items)
    expect(dispose(item.id, 'ACCESS')).toMatchObject({ kind: 'INCLUDE', status: 'ASSUMED' });
});

test('X42 a passing IP address of CallerPlugins is not kept, and a backup is no source', () => {
  expect(dispose('CP-28', 'ACCESS')).toEqual({ kind: 'WITHHOLD', reason: 'NOT_KEPT' });
  expect(dispose('CT-39', 'ACCESS')).toEqual({ kind: 'WITHHOLD', reason: 'COPY_ONLY' });
});

test('anonymous statistics are never re-joined to a person', () => {
  for (const id of ['CX-28', 'CN-29']) expect(dispose(id, 'ACCESS')).toEqual({ kind: 'NEVER', reason: 'ANONYMOUS' });
});
