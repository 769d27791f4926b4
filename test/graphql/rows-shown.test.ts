import { afterAll, beforeAll, expect, test } from 'vitest';
import { openGateway, type TestGateway } from './open-gateway.ts';
import { giveGrant } from './mandates.ts';
import { addPerson, internalApp, owned, privacyStaff, processorStaff, subject, supportAgent } from './people.ts';

let at: TestGateway;

beforeAll(async () => {
  at = await openGateway({ onFault: (error) => console.error(error) });
});

afterAll(() => at[Symbol.asyncDispose]());

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
  expect((await at.ask(supportAgent('cn'), query, { purpose: 'CN-P6' })).data).toMatchObject({
    subject: { messages: { totalCount: 2 } },
  });
  // Of the operator's own: to a processor's staff they are closed under a grant, too.
  const processor = processorStaff('cn');
  await giveGrant(at, processor, { subject: 'nia', items: ['CN-27'], purpose: 'CN-P6' });
  expect((await at.ask(processor, query, { purpose: 'CN-P6' })).data).toMatchObject({
    subject: { messages: { totalCount: 1 } },
  });
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

test('A-49: credentials and card numbers in JSON and free text are blanked at every depth for every role', async () => {
  await addPerson(at.prisma, 'ct', 'sid');
  await addPerson(at.prisma, 'cn', 'sid');
  const occurredAt = new Date('2026-11-20T00:00:00Z');
  const payload = {
    steps: [{ request: { headers: { Authorization: 'canary-a', accept: 'text/html' } } }, [{ api_key: 'canary-b' }]],
    note: 'sk_live_canaryc0123456789',
    card: { last4: 'canary-d' },
  };
  await at.prisma.errorReport.create({ data: { ...owned('ct', 'sid', 'e1'), payload, occurredAt } });
  await at.prisma.supportTicket.create({
    data: { ...owned('cn', 'sid', 't1'), status: 'OPEN', createdAt: occurredAt, lastInteractionAt: occurredAt },
  });
  await at.prisma.message.create({
    data: {
      ...owned('cn', 'sid', 'm1'),
      ticketId: 't1',
      channel: 'EMAIL',
      authorKind: 'SUBJECT',
      body: 'My card is 4111 1111 1111 1111, my key sk_live_canarye0123456789',
      sentAt: occurredAt,
    },
  });
  const reports = '{ subject(id: "sid") { errorReports(first: 1) { edges { node { payload } } } } }';
  const messages = '{ subject(id: "sid") { messages(first: 1) { edges { node { body } } } } }';
  for (const [tenant, query] of [
    ['ct', reports],
    ['cn', messages],
  ] as const)
    for (const actor of [subject(tenant, 'sid'), privacyStaff(tenant), supportAgent(tenant), internalApp(tenant)]) {
      const purpose = actor.kind === 'CONTROLLER_STAFF' ? 'DATA_SUBJECT_REQUEST' : 'SUPPORT';
      const text = JSON.stringify(await at.ask(actor, query, { purpose }));
      expect(text, actor.kind).not.toMatch(/canary|4111 1111/);
      if (actor.kind === 'SUBJECT') expect(text).toMatch(/\[redacted/);
    }
  expect(JSON.stringify(await at.ask(subject('ct', 'sid'), reports))).toContain('text/html');
});
