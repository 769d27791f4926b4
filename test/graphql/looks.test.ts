import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditing } from './audit-log.ts';
import { openGateway, type TestGateway } from './open-gateway.ts';
import {
  addCalls,
  addPerson,
  administrator,
  auditor,
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
  await addPerson(at.prisma, 'cp', 'ann', { phone: '+31612345678' });
  await addPerson(at.prisma, 'cp', 'bob');
  await addPerson(at.prisma, 'other', 'zoe');
  await addCalls(at.prisma, 'cp', 'ann', 2);
  await at.prisma.licenseKey.create({
    data: {
      ...owned('cp', 'ann', 'lic'),
      key: '38b1460a-5104-4067-a91d-77b872934d51',
      type: 'PRO',
      createdAt: new Date('2026-01-01'),
    },
  });
});

afterAll(() => at[Symbol.asyncDispose]());

const POLICY = 'CP 2026-03-04';

test('a look is one entry for each person, with who, why, what was seen and what was not', async () => {
  const query = `{ subject(id: "ann") { account { email fullName } calls { totalCount nodes { calledNumber } }
    licenseKeys { key } again: account { email } } }`;
  const { entries } = await auditing(at, 'cp', () =>
    at.ask(supportAgent('cp'), query, { purpose: 'CP-P9', reason: 'Called about a bill, ticket:zd-77' }),
  );
  expect(entries).toEqual([
    {
      actorKind: 'SUPPORT_AGENT',
      action: 'LOOK',
      outcome: 'ALLOWED',
      subjectId: 'ann',
      purpose: 'CP-P9',
      reason: 'Called about a bill, ticket:zd-77',
      ticket: 'ZD-77',
      policy: POLICY,
      detail: {
        items: ['CP-01', 'CP-02', 'CP-15', 'CP-30'],
        masked: ['CP-15', 'CP-30'],
        counted: ['call-records'],
        rows: ['account', 'call-records', 'license-keys'],
      },
    },
  ]);
});

test('what is denied beside what is shown stands in the same entry', async () => {
  const query = '{ subject(id: "ann") { account { email createdAt } calls { totalCount } } }';
  const { entries } = await auditing(at, 'cp', () => at.ask(internalApp('cp'), query, { purpose: 'CP-P3' }));
  expect(entries).toMatchObject([
    { outcome: 'ALLOWED', detail: { items: ['CP-02'], denied: ['CP-15:PURPOSE_REQUIRED', 'CP-37:PURPOSE_REQUIRED'] } },
  ]);
});

test('a search is a look at each who is found, and an entry when it finds nobody; what was typed is in none', async () => {
  const search = (identifier: string) =>
    at.ask(supportAgent('cp'), 'query ($of: String!) { findSubjects(identifier: $of) { account { email } } }', {
      purpose: 'CP-P9',
      variables: { of: identifier },
    });
  const found = await auditing(at, 'cp', () => search('ann@example.org'));
  expect(found.entries).toMatchObject([{ action: 'SEARCH', outcome: 'ALLOWED', subjectId: 'ann' }]);
  const none = await auditing(at, 'cp', () => search('nobody@example.org'));
  expect(none.entries).toMatchObject([{ action: 'SEARCH', subjectId: null, detail: { found: 0 } }]);
  expect(JSON.stringify([found.entries, none.entries])).not.toContain('example');
});

test('a person’s look at their own data is no entry, and what they take along is', async () => {
  const own = subject('cp', 'ann');
  const look = await auditing(at, 'cp', () => at.ask(own, '{ viewer { subject { account { email } } } }'));
  expect(look.entries).toEqual([]);
  const bundle = await auditing(at, 'cp', () => at.ask(own, '{ subject(id: "ann") { bundle(scope: ACCESS) } }'));
  expect(bundle.entries).toMatchObject([
    { actorKind: 'SUBJECT', action: 'EXPORT', outcome: 'ALLOWED', detail: { scope: 'ACCESS', format: 'JSON' } },
  ]);
});

test('what reads nothing of a person leaves no entry', async () => {
  const { entries } = await auditing(at, 'cp', () => at.ask(supportAgent('cp'), '{ tenant { name } policy { code } }'));
  expect(entries).toEqual([]);
});

test('L-20: each refusal is one entry with its decision and the version of the policy', async () => {
  const email = '{ subject(id: "ann") { account { email } } }';
  const zoe = '{ subject(id: "zoe") { account { email } } }';
  const cases = [
    [supportAgent('cp'), email, { reason: null }, { denial: 'PURPOSE_REQUIRED' }],
    [privacyStaff('cp'), email, { purpose: 'a b c' }, { denial: 'PURPOSE_REQUIRED' }],
    [internalApp('cp'), zoe, { purpose: 'CP-P1' }, { denial: 'NOT_FOUND', unknownSubject: true }],
    [subject('cp', 'ann'), '{ subject(id: "bob") { id } }', {}, { denial: 'NOT_FOUND' }],
    [auditor('cp'), email, {}, { denial: 'WITHHELD' }],
    [administrator('cp'), '{ findSubjects(identifier: "ann@example.org") { id } }', {}, { denial: 'WITHHELD' }],
    [processorStaff('cp'), email, { purpose: 'CP-P9' }, { denial: 'GRANT_REQUIRED', items: ['CP-01'] }],
    [supportAgent('cp'), '{ instructions(organisation: "acme") { id } }', {}, { denial: 'FORBIDDEN' }],
  ] as const;
  for (const [actor, query, options, detail] of cases) {
    const { entries } = await auditing(at, 'cp', () => at.ask(actor, query, options));
    expect(entries, `${actor.kind} ${query}`).toMatchObject([{ outcome: 'DENIED', policy: POLICY, detail }]);
  }
});

test('A-47: an auditor is shown no person, and changes nothing', async () => {
  const answer = await at.ask(auditor('cp'), '{ subject(id: "ann") { account { email } } }');
  expect(answer.data).toEqual({ subject: null });
  const change = `mutation { requestGrant(subject: "ann", items: ["CP-01"], purpose: "CP-P9", reason: "To look at it all", minutes: 5) { id } }`;
  for (const mutation of [
    change,
    'mutation { approveGrant(id: "x") { id } }',
    'mutation { revokeInstruction(id: "x") { id } }',
  ]) {
    const { errors } = await at.ask(auditor('cp'), mutation);
    expect(errors?.[0]?.extensions?.code, mutation).toBe('FORBIDDEN');
  }
});

test('A-43, L-09: what cannot be recorded is not shown, and what is nobody’s still is', async () => {
  faults.length = 0;
  await at.pool.query('ALTER TABLE audit_event ADD CONSTRAINT broken CHECK (false) NOT VALID');
  try {
    const queries = [
      '{ subject(id: "ann") { account { email } } }',
      '{ findSubjects(identifier: "ann@example.org") { account { email } } }',
      '{ tenant { name } subject(id: "ann") { id } }',
    ];
    for (const query of queries) {
      const answer = await at.ask(supportAgent('cp'), query, { purpose: 'CP-P9' });
      expect(answer.data ?? null, query).toBeNull();
      expect(answer.errors?.map((each) => each.extensions?.code)).toEqual(['INTERNAL']);
      expect(JSON.stringify(answer)).not.toMatch(/example|ann|Operator/);
    }
    const bundle = await at.ask(subject('cp', 'ann'), '{ subject(id: "ann") { bundle(scope: ACCESS) } }');
    expect(bundle.data ?? null).toBeNull();
    const grant = await at.ask(
      supportAgent('cp'),
      'mutation { requestGrant(subject: "ann", items: ["CP-15"], purpose: "CP-P8", reason: "To look at it all", minutes: 5) { id } }',
    );
    expect(grant.errors?.map((each) => each.extensions?.code)).toEqual(['INTERNAL']);
    expect(await at.prisma.accessGrant.count()).toBe(0);
    expect((await at.ask(supportAgent('cp'), '{ tenant { name } }')).data).toEqual({ tenant: { name: 'Operator cp' } });
    expect((await at.ask(subject('cp', 'ann'), '{ subject(id: "ann") { account { email } } }')).data).toMatchObject({
      subject: { account: { email: 'ann@example.org' } },
    });
  } finally {
    await at.pool.query('ALTER TABLE audit_event DROP CONSTRAINT broken');
  }
  expect(faults.length).toBeGreaterThan(0);
});

test('people are told when, why and in which role somebody looked, page by page, and never who or in which words', async () => {
  await addPerson(at.prisma, 'cp', 'eve');
  const look = '{ subject(id: "eve") { account { email } } }';
  await at.ask(supportAgent('cp'), look, { purpose: 'CP-P9', reason: 'Bob says she owes him', ticket: 'ZD-9' });
  await at.ask(internalApp('cp'), look, { purpose: 'CP-P3', reason: null });
  await at.ask(internalApp('cp'), look, { purpose: 'CP-P99', reason: null });
  const query = `query ($after: String) { subject(id: "eve") { accessLog(first: 1, after: $after) {
    nodes { at role action purpose ticket items } pageInfo { hasNextPage hasPreviousPage endCursor } } } }`;
  interface Data {
    readonly subject: {
      readonly accessLog: {
        readonly nodes: readonly object[];
        readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
      };
    };
  }
  const first = (await at.ask(subject('cp', 'eve'), query)).data as Data;
  const { endCursor: after } = first.subject.accessLog.pageInfo;
  const second = (await at.ask(subject('cp', 'eve'), query, { variables: { after } })).data as Data;
  expect([first, second].map(({ subject: { accessLog } }) => accessLog)).toMatchObject([
    {
      nodes: [{ role: 'INTERNAL_APP', action: 'LOOK', purpose: 'CP-P3', ticket: null, items: ['CP-02'] }],
      pageInfo: { hasNextPage: true, hasPreviousPage: false },
    },
    {
      nodes: [{ role: 'SUPPORT_AGENT', action: 'LOOK', purpose: 'CP-P9', ticket: 'ZD-9', items: ['CP-02'] }],
      pageInfo: { hasNextPage: false, hasPreviousPage: true },
    },
  ]);
  expect(JSON.stringify([first, second])).not.toMatch(/agent-1|app-1|owes/);
  const asked = { purpose: 'CP-P9' };
  expect((await at.ask(supportAgent('cp'), query, asked)).data).toEqual({ subject: { accessLog: null } });
  const staff = await at.ask(privacyStaff('cp'), query, { purpose: 'DATA_SUBJECT_REQUEST' });
  expect(staff.data).toMatchObject({ subject: { accessLog: { nodes: [{ role: 'INTERNAL_APP' }] } } });
});
