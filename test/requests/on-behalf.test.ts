import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditing } from '../graphql/audit-log.ts';
import { openGateway, type TestGateway } from '../graphql/open-gateway.ts';
import { addCustomer } from '../graphql/mandates.ts';
import { addPerson, customerStaff, privacyStaff, subject, supportAgent } from '../graphql/people.ts';
import { act, fileRequest, readRequest, seen } from './asking.ts';

/*
 * A parent, an heir, a lawyer or another agent has no account of their own with the operator. They turn to its privacy staff,
 * who file for the person; two people judge the authority they show, and none of it is kept. The copy stays the person's own.
 */

let at: TestGateway;

beforeAll(async () => {
  at = await openGateway();
  for (const id of ['child', 'agent']) await addPerson(at.prisma, 'cp', id);
  await addCustomer(at, 'cp', 'org', ['child']);
});

afterAll(() => at[Symbol.asyncDispose]());

const REASON = 'Court order seen, ticket:LAW-7';

async function vouch(actor: ReturnType<typeof subject>, id: string, person = 'child'): Promise<string | undefined> {
  const query =
    'mutation ($id: ID!, $person: ID!, $reason: String!) { status: vouchIdentity(request: $id, subject: $person, reason: $reason) }';
  const { data, errors } = await at.ask(actor, query, { variables: { id, person, reason: REASON } });
  return (data as { status: string | null }).status ?? errors?.[0]?.extensions?.code;
}

test('X-36: nobody asks for another by themselves, whoever they are', async () => {
  const wish = { right: 'ACCESS', subject: 'child' };
  expect(await fileRequest(at, subject('cp', 'agent'), wish)).toBe('NOT_FOUND');
  for (const actor of [supportAgent('cp'), customerStaff('cp', 'org'), privacyStaff('other')])
    expect(await fileRequest(at, actor, wish), actor.kind).toMatch(/^(?:FORBIDDEN|NOT_FOUND)$/);
  expect(await at.prisma.dataSubjectRequest.count()).toBe(0);
});

test('X-36: what staff file for an agent waits until two people have judged it, is no wider than asked, and is on record', async () => {
  const staff = privacyStaff('cp');
  const { result, entries } = await auditing(at, 'cp', () =>
    fileRequest(at, staff, { right: 'PORTABILITY', subject: 'child' }),
  );
  const { id } = seen(result);
  expect(result).toMatchObject({ status: 'AWAITING_IDENTITY', channel: 'STAFF', decisions: [] });
  expect(entries[0]).toMatchObject({
    actorKind: 'CONTROLLER_STAFF',
    subjectId: 'child',
    purpose: 'DATA_SUBJECT_REQUEST',
    detail: { step: 'FILE_UNPROVEN', request: id, right: 'PORTABILITY' },
  });
  expect(await act(at, staff, 'approveRequest', id)).toBe('WRONG_STATE');
  // The agent's own account is none of the child's, and opens nothing.
  expect(await vouch(subject('cp', 'agent'), id)).toBe('FORBIDDEN');
  expect(await vouch(supportAgent('cp'), id, 'agent')).toBe('BAD_USER_INPUT');
  const judged = await auditing(at, 'cp', async () => {
    expect(await vouch(supportAgent('cp'), id)).toBe('ONE_OF_TWO');
    expect(await vouch(supportAgent('cp'), id)).toBe('FORBIDDEN');
    expect(await vouch(staff, id)).toBe('PROVEN');
  });
  const allowed = judged.entries.filter(({ outcome }) => outcome === 'ALLOWED');
  expect(allowed.map(({ actorKind, detail }) => [actorKind, detail['step']])).toEqual([
    ['SUPPORT_AGENT', 'VOUCH'],
    ['CONTROLLER_STAFF', 'PROVE'],
    ['CONTROLLER_STAFF', 'ROUTE_BUILD'],
  ]);
  for (const entry of allowed.slice(0, 2)) expect(entry).toMatchObject({ subjectId: 'child', ticket: 'LAW-7' });
  // Only what was asked for is built, and only the person reads what becomes of it.
  const rows = await at.prisma.dataSubjectRequest.findMany();
  expect(rows).toMatchObject([{ id, right: 'PORTABILITY', status: 'APPROVED', subjectId: 'child' }]);
  expect(rows[0]?.identityEvidence).toEqual({ method: 'STAFF', at: expect.any(String) });
  expect(await readRequest(at, subject('cp', 'agent'), id)).toBe('NOT_FOUND');
  expect(seen(await readRequest(at, subject('cp', 'child'), id)).status).toBe('APPROVED');
});
