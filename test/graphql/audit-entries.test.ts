import { afterAll, beforeAll, expect, test } from 'vitest';
import { GENESIS, hashOf, type ChainedEntry } from '../../src/audit/chain.ts';
import { auditing } from './audit-log.ts';
import { openGateway, type TestGateway } from './open-gateway.ts';
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
const faults: unknown[] = [];

beforeAll(async () => {
  at = await openGateway({ onFault: (error) => faults.push(error) });
  await addPerson(at.prisma, 'cp', 'ann');
  await addPerson(at.prisma, 'cp', 'ben');
  await addPerson(at.prisma, 'other', 'ann');
  for (const id of ['ann', 'ben', 'ann']) await look('cp', id);
  await look('other', 'ann');
});

afterAll(() => at[Symbol.asyncDispose]());

const look = (tenant: 'cp' | 'other', id: string) =>
  at.ask(supportAgent(tenant), `{ subject(id: "${id}") { account { email } } }`, {
    purpose: 'CP-P9',
    reason: 'Ann of the night shift asked',
  });

const ENTRIES = `query ($first: Int, $after: String, $identifier: String) {
  auditEntries(first: $first, after: $after, identifier: $identifier) {
    nodes { seq id occurredAt actorKind actorRef subjectRef action outcome purpose ticket reasonRef policyCode policyVersion
      detail previousHash hash }
    pageInfo { hasNextPage endCursor } } }`;

interface Page {
  readonly nodes: readonly (Omit<ChainedEntry, 'tenantId'> & { readonly hash: string })[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

const WORKING = { purpose: 'DATA_SUBJECT_REQUEST' };

async function page(actor: Parameters<TestGateway['ask']>[0], variables: object = {}, options: object = WORKING) {
  const { data, errors } = await at.ask(actor, ENTRIES, { ...options, variables: { first: 100, ...variables } });
  const { auditEntries } = (data ?? {}) as { readonly auditEntries?: Page | null };
  return { page: auditEntries ?? null, codes: errors?.map(({ extensions }) => extensions?.code) };
}

test('A-47: an auditor reads the whole log of the operator, page by page, and can check its chain', async () => {
  const read: Page['nodes'][number][] = [];
  for (let after: string | null = null; ;) {
    const { page: some } = await page(auditor('cp'), { first: 2, after });
    read.push(...(some?.nodes ?? []));
    if (some?.pageInfo.hasNextPage !== true || read.length > 50) break;
    after = some.pageInfo.endCursor;
  }
  expect(read.slice(0, 3).map(({ action, actorKind }) => [action, actorKind])).toEqual(
    Array.from({ length: 3 }, () => ['LOOK', 'SUPPORT_AGENT']),
  );
  let previousHash = GENESIS;
  for (const [index, { hash, ...entry }] of read.entries()) {
    expect([entry.seq, entry.previousHash]).toEqual([index + 1, previousHash]);
    expect(hashOf({ tenantId: 'cp', ...entry })).toBe(hash);
    previousHash = hash;
  }
});

test('nobody is named in what is read: not whom it is about, not who looked, and not in which words', async () => {
  const { page: all } = await page(auditor('cp'));
  expect(JSON.stringify(all)).not.toMatch(/ann|ben|agent-1|night shift|example/i);
});

test('L-19: whoever reads the log is in it, and sees that they are', async () => {
  for (const actor of [auditor('cp'), privacyStaff('cp')]) {
    const { result, entries } = await auditing(at, 'cp', () => page(actor));
    expect(entries).toMatchObject([
      {
        actorKind: actor.kind,
        action: 'LOOK',
        outcome: 'ALLOWED',
        detail: { what: 'audit-log', after: 0, first: 100 },
      },
    ]);
    expect(result.page?.nodes.at(-1)).toMatchObject({ actorKind: actor.kind, detail: { what: 'audit-log' } });
  }
  // Neither an alias, nor a page that is empty, nor an answer that is not asked for goes unseen.
  const last = (await page(auditor('cp'))).page?.nodes.at(-1)?.seq;
  const query = `{ a: auditEntries(first: 1, after: "${String(Number(last) + 1000)}") { nodes { seq } } b: auditEntries { pageInfo { hasNextPage } } }`;
  const { result, entries } = await auditing(at, 'cp', () => at.ask(auditor('cp'), query));
  expect(result.data).toMatchObject({ a: { nodes: [] } });
  expect(entries).toHaveLength(2);
});

test('L-19: what cannot be recorded is not read', async () => {
  await at.pool.query('ALTER TABLE audit_event ADD CONSTRAINT broken CHECK (false) NOT VALID');
  try {
    expect(await page(auditor('cp'))).toEqual({ page: null, codes: ['INTERNAL'] });
  } finally {
    await at.pool.query('ALTER TABLE audit_event DROP CONSTRAINT broken');
  }
  expect(faults.splice(0)).not.toEqual([]);
});

test("L-11: privacy staff find the entries about an e-mail, those of the operator's own log alone", async () => {
  const found = async (identifier: string, tenant: 'cp' | 'other' = 'cp') =>
    (await page(privacyStaff(tenant), { identifier })).page?.nodes.map(({ seq, actorKind }) => [seq, actorKind]);
  expect(await found('ann@example.org')).toEqual([
    [1, 'SUPPORT_AGENT'],
    [3, 'SUPPORT_AGENT'],
  ]);
  expect(await found('ben')).toEqual([[2, 'SUPPORT_AGENT']]);
  expect(await found('ann@example.org', 'other')).toEqual([[1, 'SUPPORT_AGENT']]);
  for (const nobody of ['zoe@example.org', 'ann@', '%', '']) expect(await found(nobody)).toEqual([]);
  const { entries } = await auditing(at, 'cp', () => found('ann@example.org'));
  expect(entries).toMatchObject([{ action: 'SEARCH', subjectId: null, detail: { what: 'audit-log' } }]);
  expect(JSON.stringify(entries)).not.toContain('ann@');
});

test('an auditor is not told whether anybody is there: to ask by an identifier is refused alike for all', async () => {
  for (const identifier of ['ann@example.org', 'zoe@example.org'])
    expect(await page(auditor('cp'), { identifier })).toEqual({ page: null, codes: ['FORBIDDEN'] });
});

test('L-20: nobody else reads the log, and privacy staff only when they say what for; each refusal is on record', async () => {
  const cases = [
    ...[
      subject('cp', 'ann'),
      customerStaff('cp', 'acme'),
      processorStaff('cp'),
      supportAgent('cp'),
      internalApp('cp'),
      administrator('cp'),
    ].map((actor) => [actor, WORKING, 'FORBIDDEN'] as const),
    [privacyStaff('cp'), {}, 'PURPOSE_REQUIRED'] as const,
  ];
  for (const [actor, options, code] of cases) {
    const { result, entries } = await auditing(at, 'cp', () => page(actor, {}, options));
    expect(result, actor.kind).toEqual({ page: null, codes: [code] });
    expect(entries, actor.kind).toMatchObject([{ outcome: 'DENIED', detail: { denial: code } }]);
  }
  expect((await page(privacyStaff('cp'), {}, { ...WORKING, reason: null })).codes).toEqual(['PURPOSE_REQUIRED']);
});

test.each(['0', '-1', '1.5', 'x', "1' or 1=1--", '9999999999999999'])('"%s" is no cursor', async (after) => {
  expect(await page(auditor('cp'), { after })).toEqual({ page: null, codes: ['BAD_USER_INPUT'] });
});

test('nothing of all this was a fault', () => expect(faults).toEqual([]));
