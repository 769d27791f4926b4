import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Actor } from '../../src/access/actor.ts';
import { auditing } from './audit-log.ts';
import { NOW, openGateway, type TestGateway } from './open-gateway.ts';
import {
  addPerson,
  administrator,
  auditor,
  customerStaff,
  internalApp,
  privacyStaff,
  processorStaff,
  subject,
  supportAgent,
} from './people.ts';

let at: TestGateway;

beforeAll(async () => {
  at = await openGateway();
  for (const id of ['ann', 'ben']) await addPerson(at.prisma, 'cp', id);
});

beforeEach(async () => {
  await at.pool.query('DELETE FROM data_subject_request');
  await at.prisma.dataSubjectRequest.create({
    data: {
      tenantId: 'cp',
      id: 'req_1',
      right: 'ERASURE',
      relation: 'ACCOUNT_HOLDER',
      status: 'AWAITING_IDENTITY',
      channel: 'INTAKE',
      receivedAt: NOW,
      dueAt: new Date('2026-12-22T00:00:00Z'),
    },
  });
});

afterAll(() => at[Symbol.asyncDispose]());

const REASON = 'Called back on the number of the contract, ticket:SUP-12';
const agent = (staffId: string): Actor => ({ ...supportAgent('cp'), staffId }) as Actor;

async function vouch(
  actor: Actor,
  { person = 'ann', reason = REASON, id = 'req_1' } = {},
): Promise<string | undefined> {
  const query =
    'mutation ($id: ID!, $person: ID!, $reason: String!) { status: vouchIdentity(request: $id, subject: $person, reason: $reason) }';
  const { data, errors } = await at.ask(actor, query, { variables: { id, person, reason } });
  return (data as { status: string | null }).status ?? errors?.[0]?.extensions?.code;
}
const request = () => at.prisma.dataSubjectRequest.findFirstOrThrow({ where: { id: 'req_1' } });

test('X-11: one support agent verifies nobody; a second person with a reason does, and both are in the log', async () => {
  const { entries } = await auditing(at, 'cp', async () => {
    expect(await vouch(supportAgent('cp'))).toBe('ONE_OF_TWO');
    expect(await request()).toMatchObject({ status: 'AWAITING_IDENTITY', subjectId: null });
    expect(await vouch(privacyStaff('cp'))).toBe('PROVEN');
  });
  expect(await request()).toMatchObject({ status: 'NEEDS_REVIEW', subjectId: 'ann' });
  expect(entries).toMatchObject([
    { actorKind: 'SUPPORT_AGENT', subjectId: 'ann', reason: REASON, ticket: 'SUP-12', detail: { step: 'VOUCH' } },
    { actorKind: 'CONTROLLER_STAFF', subjectId: 'ann', reason: REASON, ticket: 'SUP-12', detail: { step: 'PROVE' } },
    { actorKind: 'CONTROLLER_STAFF', subjectId: 'ann', detail: { step: 'ROUTE_REVIEW' } },
  ]);
});

test('X-11: the same person twice, and two agents, verify nobody', async () => {
  expect(await vouch(privacyStaff('cp'))).toBe('ONE_OF_TWO');
  expect(await vouch(privacyStaff('cp'))).toBe('FORBIDDEN');
  expect(await vouch(supportAgent('cp'))).toBe('FORBIDDEN');
  expect(await request()).toMatchObject({ status: 'AWAITING_IDENTITY', subjectId: null });
  expect(await vouch(administrator('cp'))).toBe('PROVEN');
});

test('X-11: two who name different people, or the second a day later, begin anew', async () => {
  expect(await vouch(agent('one'))).toBe('ONE_OF_TWO');
  expect(await vouch(privacyStaff('cp'), { person: 'ben' })).toBe('ONE_OF_TWO');
  expect(await vouch(administrator('cp'), { person: 'ann' })).toBe('ONE_OF_TWO');
  await at.pool.query(
    `UPDATE data_subject_request SET identity_evidence = jsonb_set(identity_evidence, '{at}', '"2026-11-20T23:00:00Z"')`,
  );
  expect(await vouch(privacyStaff('cp'), { person: 'ann' })).toBe('ONE_OF_TWO');
  expect((await request()).subjectId).toBeNull();
});

test('X-13: what is kept says that two people judged it, and neither who nor what they were shown', async () => {
  await vouch(supportAgent('cp'));
  await vouch(privacyStaff('cp'));
  expect((await request()).identityEvidence).toEqual({ method: 'STAFF', at: NOW.toISOString() });
});

test.each([
  ['a person, for themselves', subject('cp', 'ann')],
  ["a customer's staff", customerStaff('cp', 'org')],
  ["a processor's staff", processorStaff('cp')],
  ['an internal app', internalApp('cp')],
  ['an auditor', auditor('cp')],
])('%s vouches for nobody', async (_who, actor) => {
  expect(await vouch(actor)).toBe('FORBIDDEN');
  expect((await request()).identityEvidence).toBeNull();
});

test('X-12: what is refused, proven or not there is vouched for by nobody', async () => {
  expect(await vouch(supportAgent('cp'), { id: 'req_2' })).toBe('NOT_FOUND');
  expect(await vouch(supportAgent('cp'), { person: 'nobody' })).toBe('NOT_FOUND');
  expect(await vouch(supportAgent('other'))).toBe('NOT_FOUND');
  await at.pool.query(`UPDATE data_subject_request SET status = 'REFUSED'`);
  expect(await vouch(supportAgent('cp'))).toBe('WRONG_STATE');
  expect(await vouch(privacyStaff('cp'))).toBe('WRONG_STATE');
});

test('a reason is wanted', async () => {
  expect(await vouch(supportAgent('cp'), { reason: 'because' })).toBe('BAD_USER_INPUT');
});
