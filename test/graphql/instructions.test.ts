import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Actor } from '../../src/access/actor.ts';
import { auditing } from './audit-log.ts';
import { addCustomer, giveGrant, instruct } from './mandates.ts';
import { openGateway, type TestGateway } from './open-gateway.ts';
import {
  addCalls,
  addPerson,
  administrator,
  auditor,
  customerStaff,
  internalApp,
  owned,
  privacyStaff,
  processorStaff,
  subject,
  supportAgent,
} from './people.ts';

let at: TestGateway;
const faults: unknown[] = [];

beforeAll(async () => {
  at = await openGateway({ onFault: (error) => faults.push(error) });
  for (const id of ['one', 'two', 'both', 'none']) {
    await addPerson(at.prisma, 'ct', id);
    await addCalls(at.prisma, 'ct', id, 1);
  }
  await addCustomer(at, 'ct', 'acme', ['one', 'both']);
  await addCustomer(at, 'ct', 'bolt', ['two', 'both']);
  await addCustomer(at, 'ct', 'idle', []);
});

afterAll(() => at[Symbol.asyncDispose]());

const CALLS = ['CT-20', 'CT-21', 'CT-22', 'CT-23'];
const EXPORT = { items: CALLS, purpose: 'DATA_SUBJECT_REQUEST', exportAllowed: true } as const;
const look = (person: string) => `{ subject(id: "${person}") { calls { nodes { durationSeconds status } } } }`;

/** What a person sees of their own calls: rows, or the reason why not. */
async function own(person: string): Promise<unknown> {
  const { data, extensions } = await at.ask(subject('ct', person), look(person));
  const [first] = (extensions?.privacy?.nulls ?? []) as readonly { reason: string }[];
  const { calls } = (data as { subject: { calls: { nodes: readonly unknown[] } | null } }).subject;
  return calls?.nodes ?? first?.reason;
}
const ROWS = [{ durationSeconds: 0, status: 'ANSWERED' }];

test('data of a customer resolve for the person under that customer’s instruction only, while it is valid', async () => {
  expect(await own('one')).toBe('INSTRUCTION_REQUIRED');
  const acme = customerStaff('ct', 'acme');
  const given = await auditing(at, 'ct', () => instruct(at, acme, { organisation: 'acme', ...EXPORT }));
  expect(given.entries).toMatchObject([
    {
      actorKind: 'CONTROLLER_STAFF',
      action: 'INSTRUCTION',
      outcome: 'ALLOWED',
      purpose: 'DATA_SUBJECT_REQUEST',
      detail: { step: 'RECORDED', instructions: [given.result], items: CALLS, exportAllowed: true },
    },
  ]);
  expect(await own('one')).toEqual(ROWS);
  expect(await own('two')).toBe('INSTRUCTION_REQUIRED');
  expect(await own('none')).toBe('INSTRUCTION_REQUIRED');

  const revoke = 'mutation ($id: ID!) { revokeInstruction(id: $id) { id revokedAt } }';
  const variables = { id: given.result };
  const revoked = await auditing(at, 'ct', () => at.ask(acme, revoke, { variables }));
  expect(revoked.entries).toMatchObject([{ action: 'INSTRUCTION', detail: { step: 'REVOKED' } }]);
  expect(await own('one')).toBe('INSTRUCTION_REQUIRED');
});

test.each([
  ['not yet begun', { from: '2026-11-22T00:00:00.001Z' }, 'INSTRUCTION_REQUIRED'],
  ['begun at this instant', { from: '2026-11-22T00:00:00Z' }, ROWS],
  ['over at this instant', { until: '2026-11-22T00:00:00Z' }, 'INSTRUCTION_REQUIRED'],
  ['not yet over', { until: '2026-11-22T00:00:00.001Z' }, ROWS],
  ['that lets nothing leave', { exportAllowed: false }, 'INSTRUCTION_REQUIRED'],
  ['of other items', { items: ['CT-24'] }, 'INSTRUCTION_REQUIRED'],
])('an instruction %s', async (_which, over, expected) => {
  const id = await instruct(at, customerStaff('ct', 'acme'), { organisation: 'acme', ...EXPORT, ...over });
  expect(await own('one')).toEqual(expected);
  await revoke(id);
});

test('of a person with two customers only that is told which both let go', async () => {
  const acme = await instruct(at, customerStaff('ct', 'acme'), { organisation: 'acme', ...EXPORT });
  expect(await own('both')).toBe('INSTRUCTION_REQUIRED');
  const bolt = await instruct(at, customerStaff('ct', 'bolt'), {
    organisation: 'bolt',
    ...EXPORT,
    items: ['call.durationSeconds'],
  });
  expect(await own('both')).toEqual([{ durationSeconds: 0, status: null }]);
  await revoke(acme);
  await revoke(bolt);
});

test('the operator’s people see a customer’s data for what the customer says, and agents for what the policy says', async () => {
  const app = (purpose: string) => at.ask(internalApp('ct'), look('one'), { purpose });
  const reasons = (answer: Awaited<ReturnType<typeof app>>) =>
    (answer.extensions?.privacy?.nulls ?? []).map((each) => (each as { reason: string }).reason);
  expect(reasons(await app('CT-P9'))).toEqual(['INSTRUCTION_REQUIRED']);
  const wish = { organisation: 'acme', items: CALLS, purpose: 'CT-P9', exportAllowed: false };
  const id = await instruct(at, customerStaff('ct', 'acme'), wish);
  const seen = await auditing(at, 'ct', () => app('CT-P9'));
  expect(seen.result.data).toEqual({ subject: { calls: { nodes: ROWS } } });
  expect(seen.entries).toMatchObject([{ detail: { items: ['CT-22', 'CT-23'], instructions: [id] } }]);
  expect(reasons(await app('CT-P8'))).toEqual(['INSTRUCTION_REQUIRED']);
  // More than was instructed is meant by the class.
  expect(reasons(await app('TROUBLESHOOTING'))).toEqual(['INSTRUCTION_REQUIRED']);

  const staff = processorStaff('ct');
  await giveGrant(at, staff, { subject: 'one', items: CALLS, purpose: 'CT-P9' });
  expect((await at.ask(staff, look('one'), { purpose: 'CT-P9' })).data).toEqual({
    subject: { calls: { nodes: ROWS } },
  });
  await revoke(id);
  expect(reasons(await at.ask(staff, look('one'), { purpose: 'CT-P9' }))).toEqual(['INSTRUCTION_REQUIRED']);
  // X51: the policy itself says for what agents may look.
  expect((await at.ask(supportAgent('ct'), look('one'), { purpose: 'CT-P9' })).data).toEqual({
    subject: { calls: { nodes: ROWS } },
  });
  // The customer is the controller and needs none.
  expect((await at.ask(customerStaff('ct', 'acme'), look('one'), { purpose: 'CT-P9' })).data).toEqual({
    subject: { calls: { nodes: ROWS } },
  });
});

test('a customer speaks for itself, an administrator with a document for a customer, and nobody else', async () => {
  const wish = { organisation: 'idle', ...EXPORT };
  const document = 'DPA of 2026-04-27, annex 2';
  expect(await instruct(at, administrator('ct'), wish)).toBe('BAD_USER_INPUT');
  expect(await instruct(at, administrator('ct'), { ...wish, document })).toMatch(/^instruction_/);
  expect(await instruct(at, customerStaff('ct', 'acme'), { ...wish, document })).toBe('NOT_FOUND');
  expect(await instruct(at, customerStaff('cp', 'idle'), wish)).not.toMatch(/^instruction_/);
  expect(await instruct(at, administrator('cp'), { ...wish, items: ['CP-01'], document })).toBe('NOT_FOUND');
  for (const actor of [
    privacyStaff('ct'),
    processorStaff('ct'),
    supportAgent('ct'),
    internalApp('ct'),
    auditor('ct'),
    subject('ct', 'one'),
  ]) {
    const { result, entries } = await auditing(at, 'ct', () => instruct(at, actor, { ...wish, document }));
    expect(result, actor.kind).toBe('FORBIDDEN');
    expect(entries).toMatchObject([{ action: 'INSTRUCTION', outcome: 'DENIED' }]);
  }
  const bad = await at.ask(
    customerStaff('ct', 'idle'),
    `mutation { recordInstruction(organisation: "idle", items: [], purpose: "CT-P99", exportAllowed: true,
      from: "2026-01-02T00:00:00Z", until: "2026-01-01T00:00:00Z") { id } }`,
  );
  for (const fault of ['items: wanted 1 to 50', 'purpose: wanted', 'until: wanted'])
    expect(bad.errors?.[0]?.message).toContain(fault);
});

test('instructions are listed to their customer and to the operator, and taken back by no other customer', async () => {
  const query = '{ instructions(organisation: "idle") { id document recordedBy exportAllowed revokedAt } }';
  const listed = { data: { instructions: [{ recordedBy: 'admin-1', document: 'DPA of 2026-04-27, annex 2' }] } };
  for (const actor of [customerStaff('ct', 'idle'), privacyStaff('ct'), administrator('ct')])
    expect(await at.ask(actor, query), actor.kind).toMatchObject(listed);
  expect((await at.ask(customerStaff('ct', 'acme'), query)).errors).toMatchObject([
    { extensions: { code: 'NOT_FOUND' } },
  ]);
  const { instructions } = (await at.ask(administrator('ct'), query)).data as {
    instructions: readonly { id: string }[];
  };
  const id = instructions[0]?.id;
  const mutation = 'mutation ($id: ID!) { revokeInstruction(id: $id) { id } }';
  for (const actor of [customerStaff('ct', 'acme'), administrator('cp')])
    expect((await at.ask(actor, mutation, { variables: { id } })).errors).toMatchObject([
      { extensions: { code: 'NOT_FOUND' } },
    ]);
  expect((await at.ask(supportAgent('ct'), mutation, { variables: { id } })).errors).toMatchObject([
    { extensions: { code: 'FORBIDDEN' } },
  ]);
});

test('nothing of all this was a fault', () => expect(faults).toEqual([]));

async function revoke(id: string | undefined): Promise<void> {
  await at.ask(administrator('ct'), 'mutation ($id: ID!) { revokeInstruction(id: $id) { id } }', { variables: { id } });
}

test('what is wanted is told to those who may say it, without whose request it is, and ends with their word', async () => {
  for (const id of ['seen', 'unseen']) {
    await at.prisma.subject.create({ data: { tenantId: 'ct', id: `only-${id}` } });
    await at.prisma.endUser.create({
      data: { ...owned('ct', `only-${id}`, `eu-${id}`), organisationId: id === 'seen' ? 'acme' : 'bolt', data: {} },
    });
    const filing = `mutation { fileRequest(right: "ACCESS", idempotencyKey: "a-key-of-${id}-01") { id status } }`;
    expect((await at.ask(subject('ct', `only-${id}`), filing)).data).toMatchObject({
      fileRequest: { status: 'INSTRUCTION_REQUIRED' },
    });
  }
  const query = '{ instructionsWanted { requestId organisationId right status dueAt items } }';
  const listed = async (actor: Actor, headers = {}) => {
    const { data, errors } = await at.ask(actor, query, headers);
    const { instructionsWanted } = data as { instructionsWanted: readonly { organisationId: string }[] | null };
    // Those that are due at one time come by the ids of their requests, which are random.
    return instructionsWanted?.map(({ organisationId }) => organisationId).toSorted() ?? errors?.[0]?.extensions?.code;
  };
  const { data } = await at.ask(customerStaff('ct', 'acme'), query);
  expect(data).toMatchObject({
    instructionsWanted: [{ organisationId: 'acme', right: 'ACCESS', status: 'INSTRUCTION_REQUIRED' }],
  });
  expect(JSON.stringify(data)).not.toContain('only-seen');
  const working = { purpose: 'DATA_SUBJECT_REQUEST' };
  expect(await listed(customerStaff('ct', 'idle'))).toEqual([]);
  expect(await listed(administrator('ct'))).toEqual(['acme', 'bolt']);
  expect(await listed(administrator('cp'))).toEqual([]);
  expect(await listed(privacyStaff('ct'), working)).toEqual(['acme', 'bolt']);
  expect(await listed(privacyStaff('ct'), { purpose: 'CT-P9' })).toBe('PURPOSE_REQUIRED');
  for (const actor of [processorStaff('ct'), supportAgent('ct'), auditor('ct'), subject('ct', 'only-seen')])
    expect(await listed(actor), actor.kind).toBe('FORBIDDEN');
  const {
    instructionsWanted: [{ items } = { items: [] }],
  } = data as {
    instructionsWanted: readonly { items: readonly string[] }[];
  };
  await instruct(at, customerStaff('ct', 'acme'), { organisation: 'acme', ...EXPORT, items });
  expect(await listed(administrator('ct'))).toEqual(['bolt']);
});
