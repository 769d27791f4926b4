import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditing } from './audit-log.ts';
import { askGrant, decideGrant, giveGrant } from './mandates.ts';
import { openGateway, type TestGateway } from './open-gateway.ts';
import {
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
  for (const id of ['cn1', 'cn2']) {
    await addPerson(at.prisma, 'cn', id);
    await at.prisma.callRecord.create({
      data: { ...owned('cn', id, `call_${id}`), calledNumber: '+32470000001', startedAt: new Date('2026-11-01') },
    });
    await at.prisma.recording.create({
      data: {
        ...owned('cn', id, `rec_${id}`),
        callId: `call_${id}`,
        recordedAt: new Date('2026-11-01'),
        recordedParties: 'BOTH',
        fileName: 'a.ogg',
        contentType: 'audio/ogg',
        bytes: 7n,
        sha256: '0'.repeat(64),
        blobKey: 'blob',
      },
    });
  }
  await addPerson(at.prisma, 'other', 'zoe');
});

afterAll(() => at[Symbol.asyncDispose]());

const AUDIO = { subject: 'cn1', items: ['CN-12'], purpose: 'CN-P3' } as const;
const listen = (person: string) =>
  `{ subject(id: "${person}") { recordings { nodes { audio { fileName contentType held } } } } }`;
const heard = (audio: object | null) => ({ subject: { recordings: { nodes: [{ audio }] } } });
const FILE = { fileName: 'a.ogg', contentType: 'audio/ogg', held: true };
const ASKED = { purpose: 'CN-P3' };

test('a grant opens its items of its person to its holder, for its purpose, and every entry names it', async () => {
  const agent = supportAgent('cn');
  const closed = await at.ask(agent, listen('cn1'), ASKED);
  expect(closed.data).toEqual(heard(null));
  expect(closed.extensions?.privacy?.nulls).toContainEqual(expect.objectContaining({ reason: 'GRANT_REQUIRED' }));

  const asked = await auditing(at, 'cn', () => askGrant(at, agent, AUDIO));
  expect(asked.entries).toMatchObject([
    { action: 'GRANT', outcome: 'ALLOWED', subjectId: 'cn1', detail: { step: 'ASKED', grants: [asked.result] } },
  ]);
  expect((await at.ask(agent, listen('cn1'), ASKED)).data).toEqual(heard(null));

  const decided = await auditing(at, 'cn', () => decideGrant(at, privacyStaff('cn'), asked.result));
  expect(decided.result).toBe('ACTIVE');
  expect(decided.entries).toMatchObject([{ action: 'GRANT', detail: { step: 'APPROVED', grants: [asked.result] } }]);

  const open = await auditing(at, 'cn', () => at.ask(agent, listen('cn1'), ASKED));
  expect(open.result.data).toEqual(heard(FILE));
  expect(open.entries).toMatchObject([
    { action: 'LOOK', subjectId: 'cn1', detail: { items: ['CN-12'], grants: [asked.result] } },
  ]);

  // That there is a recording is a look at it.
  const held = await auditing(at, 'cn', () => at.ask(agent, listen('cn1').replace('fileName contentType', ''), ASKED));
  expect(held.result.data).toEqual(heard({ held: true }));
  expect(held.entries).toMatchObject([{ detail: { items: ['CN-12'], grants: [asked.result] } }]);

  expect((await at.ask(agent, listen('cn2'), ASKED)).data).toEqual(heard(null));
  const elsewhere = await auditing(at, 'cn', () => at.ask(agent, listen('cn1'), { purpose: 'CN-P1' }));
  expect(elsewhere.result.data).toEqual(heard(null));
  // It is no reason for this look, so the entry does not name it.
  expect(JSON.stringify(elsewhere.entries)).not.toContain(asked.result);
  const colleague = { ...agent, staffId: 'agent-2' } as const;
  expect((await at.ask(colleague, listen('cn1'), ASKED)).data).toEqual(heard(null));
  // The same id in another kind is somebody else.
  expect(
    (await at.ask({ kind: 'PROCESSOR_STAFF', tenant: 'cn', staffId: 'agent-1' }, listen('cn1'), ASKED)).data,
  ).toMatchObject({
    subject: { recordings: null },
  });
});

test('in one document about two people, the grant for one opens nothing of the other, and each has an entry', async () => {
  const agent = { ...supportAgent('cn'), staffId: 'agent-2p' } as const;
  const grant = await giveGrant(at, agent, AUDIO);
  const part = (name: string, id: string) => `${name}: ${listen(id).slice(1, -1)}`;
  for (const order of [
    ['cn1', 'cn2'],
    ['cn2', 'cn1'],
  ] as const) {
    const query = `{ ${order.map((id) => part(id, id)).join(' ')} }`;
    const { result, entries } = await auditing(at, 'cn', () => at.ask(agent, query, ASKED));
    expect(result.data).toEqual({ cn1: heard(FILE).subject, cn2: heard(null).subject });
    expect(entries.toSorted((a, b) => (a.subjectId ?? '').localeCompare(b.subjectId ?? ''))).toMatchObject([
      { subjectId: 'cn1', detail: { items: ['CN-12'], grants: [grant] } },
      { subjectId: 'cn2', detail: { items: [], denied: ['CN-12:GRANT_REQUIRED'] } },
    ]);
  }
});

test('A-41: nobody decides on their own wish, nor those who may not, nor another operator, nor twice', async () => {
  const asker = privacyStaff('cn');
  const id = await askGrant(at, asker, AUDIO);
  const self = await auditing(at, 'cn', () => decideGrant(at, asker, id));
  expect(self.result).toBe('FORBIDDEN');
  expect(self.entries).toMatchObject([{ action: 'GRANT', outcome: 'DENIED', detail: { denial: 'FORBIDDEN' } }]);
  expect(await decideGrant(at, { kind: 'ADMINISTRATOR', tenant: 'cn', staffId: 'staff-1' }, id)).toBe('FORBIDDEN');
  for (const actor of [
    supportAgent('cn'),
    processorStaff('cn'),
    customerStaff('cn', 'acme'),
    internalApp('cn'),
    auditor('cn'),
    subject('cn', 'cn1'),
  ])
    expect(await decideGrant(at, actor, id), actor.kind).toBe('FORBIDDEN');
  expect(await decideGrant(at, administrator('other'), id)).toBe('NOT_FOUND');
  expect(await decideGrant(at, administrator('cn'), 'grant_none')).toBe('NOT_FOUND');
  expect(await decideGrant(at, administrator('cn'), id, 'refuseGrant')).toBe('REFUSED');
  expect(await decideGrant(at, administrator('cn'), id)).toBe('BAD_USER_INPUT');
});

test('A-41: the database itself takes no approval from the asker, and none for longer than an hour', async () => {
  const id = await askGrant(at, supportAgent('cn'), AUDIO);
  const approve = (by: string, period: string) =>
    at.pool.query(
      `UPDATE access_grant SET decision = 'APPROVED', decided_by = $2, decided_at = now(), expires_at = now() + $3::interval
       WHERE id = $1`,
      [id, by, period],
    );
  await expect(approve('agent-1', '5 minutes')).rejects.toThrow('second_person');
  await expect(approve('admin-1', '61 minutes')).rejects.toThrow('end_check');
});

test('A-42: a grant ends by the clock of the database, without anybody or a restart', async () => {
  const agent = { ...supportAgent('cn'), staffId: 'agent-42' } as const;
  const id = await giveGrant(at, agent, AUDIO);
  expect((await at.ask(agent, listen('cn1'), ASKED)).data).toEqual(heard(FILE));
  await at.pool.query(
    `UPDATE access_grant SET decided_at = decided_at - interval '31 minutes',
    expires_at = clock_timestamp() - interval '1 millisecond' WHERE id = $1`,
    [id],
  );
  expect((await at.ask(agent, listen('cn1'), ASKED)).data).toEqual(heard(null));
  expect((await at.ask(agent, '{ grants { nodes { id status } } }')).data).toEqual({
    grants: { nodes: [{ id, status: 'ENDED' }] },
  });
});

test('a wish on which nobody decided for a day has lapsed', async () => {
  const id = await askGrant(at, supportAgent('cn'), AUDIO);
  await at.pool.query(`UPDATE access_grant SET requested_at = now() - interval '24 hours' WHERE id = $1`, [id]);
  expect(await decideGrant(at, administrator('cn'), id)).toBe('BAD_USER_INPUT');
});

test('A-40: what is wrong with a wish is told at once, and a wish is no way to see who there is', async () => {
  const ask = (over: string, actor = supportAgent('cn') as Parameters<TestGateway['ask']>[0]) =>
    at.ask(actor, `mutation { requestGrant(${over}) { id } }`);
  const bad = await ask('subject: "cn1", items: ["CN-12", "CN-999"], purpose: "CN-P9", reason: "abc", minutes: 61');
  expect(bad.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  for (const fault of ['items.1: CN has no such item', 'CN-12 does not serve it', '10 to 500 characters', '1 to 60'])
    expect(bad.errors?.[0]?.message).toContain(fault);
  const good = 'items: ["recording.audio"], purpose: "CN-P3", reason: "To hear what is wrong", minutes: 60';
  const nobody = await ask(`subject: "nobody", ${good}`);
  const foreign = await ask(`subject: "zoe", ${good}`);
  expect(nobody.errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
  expect(foreign).toEqual(nobody);
  for (const actor of [
    internalApp('cn'),
    subject('cn', 'cn1'),
    auditor('cn'),
    administrator('cn'),
    customerStaff('cn', 'x'),
  ])
    expect((await ask(`subject: "cn1", ${good}`, actor)).errors, actor.kind).toMatchObject([
      { extensions: { code: 'FORBIDDEN' } },
    ]);
});

test('A-44: under a grant an agent sees what a file is, and takes no bundle', async () => {
  const agent = { ...supportAgent('cn'), staffId: 'agent-44' } as const;
  await giveGrant(at, agent, AUDIO);
  const query = `{ subject(id: "cn1") { bundle(scope: ACCESS) bundleEstimate(scope: ACCESS) { rows }
    recordings { nodes { audio { fileName held } } } } }`;
  const { result, entries } = await auditing(at, 'cn', () => at.ask(agent, query, ASKED));
  expect(result.data).toEqual({
    subject: {
      bundle: null,
      bundleEstimate: null,
      recordings: { nodes: [{ audio: { fileName: 'a.ogg', held: true } }] },
    },
  });
  expect(entries).toMatchObject([{ action: 'LOOK', detail: { denied: ['*:WITHHELD'] } }]);
});

test('A-46: a processor’s staff sees the items and the people that it has a grant for', async () => {
  const staff = { ...processorStaff('cn'), staffId: 'processor-46' } as const;
  const find = (who: string) => `{ findSubjects(identifier: "${who}@example.org") { id account { email fullName } } }`;
  expect((await at.ask(staff, find('cn1'), ASKED)).data).toEqual({ findSubjects: [] });
  await giveGrant(at, staff, { subject: 'cn1', items: ['account.email'], purpose: 'CN-P1' });
  const purpose = 'CN-P1';
  expect((await at.ask(staff, find('cn1'), { purpose })).data).toEqual({
    findSubjects: [{ id: 'cn1', account: { email: 'cn1@example.org', fullName: null } }],
  });
  // The grant is for another purpose than this search.
  expect((await at.ask(staff, find('cn1'), ASKED)).data).toEqual({ findSubjects: [] });
  expect((await at.ask(staff, find('cn2'), { purpose })).data).toEqual({ findSubjects: [] });
  expect((await at.ask(staff, '{ subject(id: "cn2") { account { email } } }', { purpose })).data).toEqual({
    subject: { account: null },
  });
});

test('grants are listed to those who decide and, each their own, to those who ask', async () => {
  const query = '{ grants(first: 100) { nodes { askedBy subjectId items purpose reason minutes status decidedBy } } }';
  type Listed = { grants: { nodes: readonly { askedBy: string }[] } };
  const all = (await at.ask(administrator('cn'), query)).data as Listed;
  expect(new Set(all.grants.nodes.map(({ askedBy }) => askedBy))).toEqual(
    new Set(['agent-1', 'agent-2p', 'staff-1', 'agent-42', 'agent-44', 'processor-46']),
  );
  const own = (await at.ask(supportAgent('cn'), query)).data as Listed;
  expect(new Set(own.grants.nodes.map(({ askedBy }) => askedBy))).toEqual(new Set(['agent-1']));
  expect((await at.ask(administrator('other'), query)).data).toEqual({ grants: { nodes: [] } });
  for (const actor of [auditor('cn'), subject('cn', 'cn1'), internalApp('cn')])
    expect((await at.ask(actor, query)).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
});

test('nothing of all this was a fault', () => expect(faults).toEqual([]));
