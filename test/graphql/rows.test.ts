import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openGateway, type TestGateway } from './open-gateway.ts';
import {
  addCalls,
  addPerson,
  customerStaff,
  internalApp,
  owned,
  privacyStaff,
  subject,
  supportAgent,
} from './people.ts';

let at: TestGateway;

beforeAll(async () => {
  at = await openGateway({ onFault: (error) => console.error(error) });
});

afterAll(() => at[Symbol.asyncDispose]());

interface Calls {
  readonly totalCount: number;
  readonly nodes: readonly { readonly id: string }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

interface CallPage {
  readonly data: { readonly subject: { readonly calls: Calls } };
}

describe('pages', () => {
  beforeAll(async () => {
    await addPerson(at.prisma, 'cp', 'pat');
    await addCalls(at.prisma, 'cp', 'pat', 250);
  });

  test('walk 250 calls, newest first, without gap or repeat', async () => {
    const seen: string[] = [];
    let after: string | null = null;
    for (let pages = 0; pages < 10; pages += 1) {
      const query = `query ($after: String) { subject(id: "pat") { calls(first: 100, after: $after) { totalCount nodes { id } pageInfo { hasNextPage endCursor } } } }`;
      const calls: Calls = ((await at.ask(subject('cp', 'pat'), query, { variables: { after } })) as CallPage).data
        .subject.calls;
      expect(calls.totalCount).toBe(250);
      seen.push(...calls.nodes.map(({ id }) => id));
      after = calls.pageInfo.endCursor;
      if (!calls.pageInfo.hasNextPage) break;
    }
    expect(seen).toHaveLength(250);
    expect(new Set(seen).size).toBe(250);
    expect(seen.slice(0, 2).toSorted()).toEqual(['call_pat_0', 'call_pat_1']);
  });

  test('have 20 rows unless asked otherwise', async () => {
    const { data } = (await at.ask(
      subject('cp', 'pat'),
      '{ subject(id: "pat") { calls { nodes { id } } } }',
    )) as CallPage;
    expect(data.subject.calls.nodes).toHaveLength(20);
  });

  test.each(['0', '-1', '101', 'null'])('of %s rows are refused', async (first) => {
    const answer = await at.ask(
      subject('cp', 'pat'),
      `{ subject(id: "pat") { calls(first: ${first}) { totalCount } } }`,
    );
    expect(answer).toMatchObject({
      data: { subject: { calls: null } },
      errors: [{ message: `A page has 1 to 100 rows, not ${first}.`, extensions: { code: 'BAD_USER_INPUT' } }],
    });
  });

  test('do not go on from something that is no cursor', async () => {
    const answer = await at.ask(
      subject('cp', 'pat'),
      '{ subject(id: "pat") { calls(after: "bm8=") { nodes { id } } } }',
    );
    expect(answer.errors?.[0]?.extensions?.code).toBe('BAD_USER_INPUT');
  });
});

describe('what is read', () => {
  test('a denied column is not in any statement', async () => {
    await addPerson(at.prisma, 'cp', 'rea');
    await addCalls(at.prisma, 'cp', 'rea', 1);
    at.statements();
    await at.ask(
      internalApp('cp'),
      '{ subject(id: "rea") { account { fullName createdAt } calls { nodes { calledNumber } } } }',
      { purpose: 'CP-P3' },
    );
    const sent = at.statements().join('\n');
    expect(sent).toContain('full_name');
    expect(sent).not.toMatch(/"account"\."created_at"|password_hash|called_number/);
  });

  test('the statements for tickets with messages do not grow with the tickets', async () => {
    await addPerson(at.prisma, 'cx', 'tia');
    const sentAt = new Date('2026-11-01T00:00:00Z');
    for (let index = 0; index < 20; index += 1) {
      const id = `t${index}`;
      await at.prisma.supportTicket.create({
        data: { ...owned('cx', 'tia', id), subject: id, status: 'OPEN', createdAt: sentAt, lastInteractionAt: sentAt },
      });
      await at.prisma.message.create({
        data: {
          ...owned('cx', 'tia', `${id}m`),
          ticketId: id,
          channel: 'EMAIL',
          authorKind: 'SUBJECT',
          body: `hello ${id}`,
          sentAt,
        },
      });
    }
    const count = async (first: number) => {
      at.statements();
      const answer = await at.ask(
        subject('cx', 'tia'),
        `{ subject(id: "tia") { tickets(first: ${first}) { nodes { subject messages { body ticket { subject } } } } } }`,
      );
      expect(answer.errors).toBeUndefined();
      expect(JSON.stringify(answer.data).match(/hello/g)).toHaveLength(first);
      return at.statements().filter((text) => text.startsWith('SELECT')).length;
    };
    expect(await count(20)).toBe(await count(1));
  });
});

describe('retention', () => {
  beforeAll(async () => {
    await addPerson(at.prisma, 'cp', 'ria');
    await at.prisma.callRecord.create({
      data: { ...owned('cp', 'ria', 'A'), startedAt: new Date('2024-11-21T10:00:00Z') },
    });
    await at.prisma.callRecord.create({
      data: { ...owned('cp', 'ria', 'B'), startedAt: new Date('2024-11-23T10:00:00Z') },
    });
  });

  const query =
    '{ subject(id: "ria") { calls { totalCount nodes { id retention { ruleId expiresAt max status } } } } }';

  test('an expired row is told to the subject as overdue', async () => {
    expect((await at.ask(subject('cp', 'ria'), query)).data).toEqual({
      subject: {
        calls: {
          totalCount: 2,
          nodes: [
            {
              id: 'B',
              retention: { ruleId: 'CP-T2', expiresAt: '2026-11-23T10:00:00.000Z', max: true, status: 'LIVE' },
            },
            {
              id: 'A',
              retention: { ruleId: 'CP-T2', expiresAt: '2026-11-21T10:00:00.000Z', max: true, status: 'OVERDUE' },
            },
          ],
        },
      },
    });
  });

  test('an expired row is gone for staff', async () => {
    const { data } = await at.ask(supportAgent('cp'), query, { purpose: 'CP-P9' });
    expect(data).toMatchObject({ subject: { calls: { totalCount: 1, nodes: [{ id: 'B' }] } } });
  });
});

test('an account that waits for deletion is told to the subject and hidden from apps and agents', async () => {
  await addPerson(at.prisma, 'cp', 'del', {
    deletionRequestedAt: new Date('2026-01-15T00:00:00Z'),
    status: 'DELETION_PENDING',
  });
  const query = '{ subject(id: "del") { account { email retention { expiresAt } } holdings { dataset } } }';
  expect((await at.ask(subject('cp', 'del'), query)).data).toMatchObject({
    subject: { account: { email: 'del@example.org', retention: { expiresAt: '2027-01-15T00:00:00.000Z' } } },
  });
  for (const actor of [supportAgent('cp'), internalApp('cp')]) {
    const answer = await at.ask(actor, query, { purpose: 'CP-P3' });
    expect(answer.data).toEqual({ subject: { account: null, holdings: null } });
    expect(answer.extensions?.privacy?.nulls).toEqual([
      { path: ['subject', 'account'], item: null, reason: 'DELETION_PENDING' },
      { path: ['subject', 'holdings'], item: null, reason: 'DELETION_PENDING' },
    ]);
  }
});

test('internal notes are for staff', async () => {
  await addPerson(at.prisma, 'cn', 'nia');
  const sentAt = new Date('2026-11-01T00:00:00Z');
  await at.prisma.supportTicket.create({
    data: { ...owned('cn', 'nia', 'nt'), status: 'OPEN', createdAt: sentAt, lastInteractionAt: sentAt },
  });
  for (const visibility of ['PUBLIC', 'INTERNAL'] as const) {
    await at.prisma.message.create({
      data: {
        ...owned('cn', 'nia', visibility),
        ticketId: 'nt',
        channel: 'EMAIL',
        authorKind: 'AGENT',
        visibility,
        body: visibility,
        sentAt,
      },
    });
  }
  const query = '{ subject(id: "nia") { messages { totalCount } tickets { nodes { messages { body } } } } }';
  expect((await at.ask(subject('cn', 'nia'), query)).data).toEqual({
    subject: { messages: { totalCount: 1 }, tickets: { nodes: [{ messages: [{ body: 'PUBLIC' }] }] } },
  });
  const { data } = await at.ask(privacyStaff('cn'), query, { purpose: 'DATA_SUBJECT_REQUEST' });
  expect(data).toMatchObject({ subject: { messages: { totalCount: 2 } } });
});

test('a licence key is clear to its holder, masked to an agent, and leads to no colleague', async () => {
  await addPerson(at.prisma, 'cp', 'uma');
  await addPerson(at.prisma, 'cp', 'vic');
  await at.prisma.organisation.create({ data: { tenantId: 'cp', id: 'team', sourceSystem: 'test', name: 'Team' } });
  for (const id of ['uma', 'vic'])
    await at.prisma.membership.create({
      data: { ...owned('cp', id, `m_${id}`), organisationId: 'team', role: 'USER' },
    });
  await at.prisma.licenseKey.create({
    data: {
      ...owned('cp', 'uma', 'lk'),
      organisationId: 'team',
      key: 'ABCD-EFGH-IJKL-MNOP',
      type: 'PRO',
      createdAt: new Date('2026-01-01T00:00:00Z'),
    },
  });
  const query = (id: string) =>
    `{ subject(id: "${id}") { licenseKeys { key account { fullName } organisation { name } } } }`;
  expect((await at.ask(subject('cp', 'uma'), query('uma'))).data).toEqual({
    subject: {
      licenseKeys: [{ key: 'ABCD-EFGH-IJKL-MNOP', account: { fullName: 'Ann uma' }, organisation: { name: 'Team' } }],
    },
  });
  expect((await at.ask(subject('cp', 'vic'), query('vic'))).data).toEqual({ subject: { licenseKeys: [] } });
  expect((await at.ask(supportAgent('cp'), query('uma'), { purpose: 'CP-P9' })).data).toMatchObject({
    subject: { licenseKeys: [{ key: 'XXXX-…-MNOP' }] },
  });
});

test('what the extension keeps is said to be on the device', async () => {
  await addPerson(at.prisma, 'cp', 'exa');
  const answer = await at.ask(
    subject('cp', 'exa'),
    '{ subject(id: "exa") { extension { licenseStatus dailyCallCount dailyResetAt rateLimitCounter } } }',
  );
  expect(answer).toMatchInlineSnapshot(`
    {
      "data": {
        "subject": {
          "extension": {
            "dailyCallCount": null,
            "dailyResetAt": null,
            "licenseStatus": null,
            "rateLimitCounter": null,
          },
        },
      },
      "extensions": {
        "privacy": {
          "cut": [],
          "masked": [],
          "nulls": [
            {
              "item": "CP-26",
              "path": [
                "subject",
                "extension",
                "dailyCallCount",
              ],
              "reason": "HELD_ON_DEVICE",
            },
            {
              "item": "CP-27",
              "path": [
                "subject",
                "extension",
                "dailyResetAt",
              ],
              "reason": "HELD_ON_DEVICE",
            },
            {
              "item": "CP-25",
              "path": [
                "subject",
                "extension",
                "licenseStatus",
              ],
              "reason": "HELD_ON_DEVICE",
            },
            {
              "item": "CP-29",
              "path": [
                "subject",
                "extension",
                "rateLimitCounter",
              ],
              "reason": "NOT_COLLECTED",
            },
          ],
          "thirdParty": [],
        },
      },
    }
  `);
});

test('people are found by exact identifiers in any spelling, of one tenant only', async () => {
  await addPerson(at.prisma, 'cr', 'fay');
  await at.prisma.subjectIdentifier.create({
    data: { ...owned('cr', 'fay', 'ph'), kind: 'PHONE', value: '+31201234567' },
  });
  const find = async (tenant: 'cr' | 'cp', text: string) =>
    (
      await at.ask(privacyStaff(tenant), 'query ($text: String!) { findSubjects(identifier: $text) { id } }', {
        purpose: 'DATA_SUBJECT_REQUEST',
        variables: { text },
      })
    ).data;
  for (const text of ['fay@example.org', ' FAY@Example.ORG ', '+31 20 123 4567', '020-1234567'])
    expect(await find('cr', text)).toEqual({ findSubjects: [{ id: 'fay' }] });
  for (const text of ['fay@', 'ay@example.org', '%', '', '\0'])
    expect((await find('cr', text)) ?? null).not.toEqual({ findSubjects: [{ id: 'fay' }] });
  expect(await find('cp', 'fay@example.org')).toEqual({ findSubjects: [] });
});

test("a customer's staff reach that customer's people only", async () => {
  for (const id of ['own', 'foreign', 'both']) await addPerson(at.prisma, 'ct', id);
  for (const id of ['orgA', 'orgB'])
    await at.prisma.organisation.create({ data: { tenantId: 'ct', id, sourceSystem: 'test', name: id } });
  for (const [person, organisationId] of [
    ['own', 'orgA'],
    ['foreign', 'orgB'],
    ['both', 'orgA'],
    ['both', 'orgB'],
  ] as const) {
    await at.prisma.membership.create({
      data: { ...owned('ct', person, `${person}_${organisationId}`), organisationId, role: 'USER' },
    });
  }
  const reach = async (id: string) =>
    (await at.ask(customerStaff('ct', 'orgA'), `{ subject(id: "${id}") { id } }`, { purpose: 'DATA_SUBJECT_REQUEST' }))
      .data;
  expect(await reach('own')).toEqual({ subject: { id: 'own' } });
  for (const id of ['foreign', 'both', 'nobody']) expect(await reach(id)).toEqual({ subject: null });
});

test('holdings tell counts where the operator answers, and confirm nothing where a customer does', async () => {
  await addPerson(at.prisma, 'ct', 'hal');
  await addCalls(at.prisma, 'ct', 'hal', 3);
  const answer = await at.ask(
    subject('ct', 'hal'),
    '{ subject(id: "hal") { holdings { dataset relation count role onBehalfOf retention } calls { totalCount } } }',
  );
  expect(answer).toMatchInlineSnapshot(`
    {
      "data": {
        "subject": {
          "calls": null,
          "holdings": [
            {
              "count": 1,
              "dataset": "identifiers",
              "onBehalfOf": null,
              "relation": "ACCOUNT_HOLDER",
              "retention": [
                "until the purpose is reached or the contract ends, unless the law asks for more; no period",
              ],
              "role": "CONTROLLER",
            },
            {
              "count": 1,
              "dataset": "account",
              "onBehalfOf": null,
              "relation": "ACCOUNT_HOLDER",
              "retention": [
                "until the purpose is reached or the contract ends, unless the law asks for more; no period",
              ],
              "role": "CONTROLLER",
            },
            {
              "count": null,
              "dataset": "call-records",
              "onBehalfOf": "the User",
              "relation": "ACCOUNT_HOLDER",
              "retention": [
                "by the User's instructions and the DPA; no period",
              ],
              "role": "PROCESSOR",
            },
            {
              "count": null,
              "dataset": "call-records",
              "onBehalfOf": "the User",
              "relation": "CALL_COUNTERPARTY",
              "retention": [
                "by the User's instructions and the DPA; no period",
              ],
              "role": "PROCESSOR",
            },
            {
              "count": null,
              "dataset": "recordings",
              "onBehalfOf": "the User",
              "relation": "ACCOUNT_HOLDER",
              "retention": [
                "by the User's instructions and the DPA; no period",
              ],
              "role": "PROCESSOR",
            },
            {
              "count": null,
              "dataset": "recordings",
              "onBehalfOf": "the User",
              "relation": "CALL_COUNTERPARTY",
              "retention": [
                "by the User's instructions and the DPA; no period",
              ],
              "role": "PROCESSOR",
            },
            {
              "count": null,
              "dataset": "recording-files",
              "onBehalfOf": "the User",
              "relation": "ACCOUNT_HOLDER",
              "retention": [
                "by the User's instructions and the DPA; no period",
              ],
              "role": "PROCESSOR",
            },
            {
              "count": null,
              "dataset": "integration-transfers",
              "onBehalfOf": "the User",
              "relation": "ACCOUNT_HOLDER",
              "retention": [
                "by the User's instructions and the DPA; no period",
              ],
              "role": "PROCESSOR",
            },
          ],
        },
      },
      "extensions": {
        "privacy": {
          "cut": [],
          "masked": [],
          "nulls": [
            {
              "item": "CT-21",
              "path": [
                "subject",
                "calls",
              ],
              "reason": "INSTRUCTION_REQUIRED",
            },
            {
              "item": "CT-21",
              "path": [
                "subject",
                "holdings",
                2,
                "count",
              ],
              "reason": "INSTRUCTION_REQUIRED",
            },
            {
              "item": "CT-21",
              "path": [
                "subject",
                "holdings",
                3,
                "count",
              ],
              "reason": "INSTRUCTION_REQUIRED",
            },
            {
              "item": "CT-24",
              "path": [
                "subject",
                "holdings",
                4,
                "count",
              ],
              "reason": "INSTRUCTION_REQUIRED",
            },
            {
              "item": "CT-24",
              "path": [
                "subject",
                "holdings",
                5,
                "count",
              ],
              "reason": "INSTRUCTION_REQUIRED",
            },
            {
              "item": "CT-25",
              "path": [
                "subject",
                "holdings",
                6,
                "count",
              ],
              "reason": "INSTRUCTION_REQUIRED",
            },
            {
              "item": "CT-29",
              "path": [
                "subject",
                "holdings",
                7,
                "count",
              ],
              "reason": "INSTRUCTION_REQUIRED",
            },
          ],
          "thirdParty": [],
        },
      },
    }
  `);
});

test('viewer, tenant, policy and catalogue', async () => {
  await addPerson(at.prisma, 'cp', 'vee');
  expect(
    await at.ask(
      subject('cp', 'vee'),
      `{ viewer { kind id tenant { id name } subject { id account { email } } } tenant { policy { code } }
         policy { code version item(nameOrId: "account.email") { id purposes { id } bases { articles } retention portability } rights { right stated } } }`,
    ),
  ).toMatchInlineSnapshot(`
    {
      "data": {
        "policy": {
          "code": "CP",
          "item": {
            "bases": [
              {
                "articles": [
                  "6(1)(b)",
                ],
              },
              {
                "articles": [
                  "6(1)(a)",
                ],
              },
            ],
            "id": "CP-02",
            "portability": "YES",
            "purposes": [
              {
                "id": "CP-P1",
              },
              {
                "id": "CP-P3",
              },
              {
                "id": "CP-P6",
              },
              {
                "id": "CP-P7",
              },
            ],
            "retention": "while the account is active; then up to P12M after account.deletionRequestedAt",
          },
          "rights": [
            {
              "right": "INFORMATION",
              "stated": false,
            },
            {
              "right": "ACCESS",
              "stated": true,
            },
            {
              "right": "RECTIFICATION",
              "stated": true,
            },
            {
              "right": "ERASURE",
              "stated": true,
            },
            {
              "right": "RESTRICTION",
              "stated": true,
            },
            {
              "right": "PORTABILITY",
              "stated": true,
            },
            {
              "right": "OBJECTION",
              "stated": true,
            },
            {
              "right": "WITHDRAW_CONSENT",
              "stated": true,
            },
            {
              "right": "COMPLAINT",
              "stated": true,
            },
            {
              "right": "NO_AUTOMATED_DECISION",
              "stated": false,
            },
            {
              "right": "NOTIFICATION_OF_RECIPIENTS",
              "stated": false,
            },
          ],
          "version": "2026-03-04",
        },
        "tenant": {
          "policy": {
            "code": "CP",
          },
        },
        "viewer": {
          "id": "vee",
          "kind": "SUBJECT",
          "subject": {
            "account": {
              "email": "vee@example.org",
            },
            "id": "vee",
          },
          "tenant": {
            "id": "cp",
            "name": "Operator cp",
          },
        },
      },
    }
  `);
  const { data } = await at.ask(privacyStaff('cp'), '{ catalogue { name fields { name kind items } } }');
  expect(JSON.stringify(data)).not.toMatch(/passwordHash|access-tokens|"token"/);
});
