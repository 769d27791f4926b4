import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditing } from '../graphql/audit-log.ts';
import {
  addPerson,
  internalApp,
  owned,
  privacyStaff,
  processorStaff,
  subject,
  supportAgent,
} from '../graphql/people.ts';
import { dispositionsOf, EVERY_BUNDLE, idsIn, openStage, type Stage } from './stage.ts';

let at: Stage;

beforeAll(async () => {
  at = await openStage();
});

afterAll(() => at[Symbol.asyncDispose]());

test('AS-01 what a user gave is portable, and a team name that was derived is told, with its source', async () => {
  await addPerson(at.prisma, 'cp', 'mia', { fullName: 'Mia Example', email: 'mia@example.org' });
  await at.prisma.organisation.create({
    data: { tenantId: 'cp', id: 'example', sourceSystem: 'test', name: 'example', nameDerivedFromEmailDomain: true },
  });
  await at.prisma.membership.create({
    data: { ...owned('cp', 'mia', 'member_mia'), organisationId: 'example', role: 'MANAGER' },
  });

  const portable = await at.export('cp', 'mia', 'PORTABILITY', 'JSON');
  expect(portable.data.get('account')).toMatchObject([{ fullName: 'Mia Example', email: 'mia@example.org' }]);
  expect(portable.data.get('memberships')).toMatchObject([{ role: 'MANAGER' }]);
  expect(portable.data.has('organisations')).toBe(false);
  expect(portable.manifest.omissions).toContainEqual({
    dataset: 'organisations',
    item: 'CP-04',
    reason: 'DERIVED',
    detail: null,
    fields: ['name'],
    count: 1,
  });

  const access = await at.export('cp', 'mia', 'ACCESS', 'JSON');
  expect(access.data.get('organisations')).toMatchObject([{ name: 'example', nameDerivedFromEmailDomain: true }]);
  expect(access.manifest.items.find(({ id }) => id === 'CP-04')).toMatchObject({
    item: 'org.name',
    provenance: 'DERIVED',
  });
  expect(access.schemas.get('organisations')).toMatchObject({
    properties: { name: { 'x-carryall': { provenance: 'DERIVED', article: '15' } } },
  });
});

describe('AS-04 calls at the end of their two years', () => {
  beforeAll(async () => {
    await addPerson(at.prisma, 'cp', 'cal');
    for (const [id, startedAt] of [
      ['call-a', '2024-11-21T10:00:00Z'],
      ['call-b', '2024-11-23T10:00:00Z'],
    ] as const) {
      await at.prisma.callRecord.create({
        data: {
          ...owned('cp', 'cal', id),
          startedAt: new Date(startedAt),
          calledNumber: '+31201234567',
          durationSeconds: 60,
          status: 'ANSWERED',
        },
      });
    }
  });

  test('the expired one is told as overdue, carried nowhere, seen by no one else, and gone after the sweep', async () => {
    const expectB = { id: 'call-b', retentionMax: true, retentionStatus: 'LIVE' };
    const before = {
      access: await at.export('cp', 'cal', 'ACCESS'),
      portable: await at.export('cp', 'cal', 'PORTABILITY'),
    };
    expect(before.access.data.get('call-records')).toMatchObject([
      { id: 'call-a', retentionStatus: 'OVERDUE' },
      expectB,
    ]);
    expect(before.portable.data.get('call-records')).toMatchObject([expectB]);
    expect(before.portable.manifest.omissions).toContainEqual(
      expect.objectContaining({ dataset: 'call-records', reason: 'EXPIRED', count: 1 }),
    );
    expect(before.access.manifest.datasets).toContainEqual(
      expect.objectContaining({ name: 'call-records', overdue: 1 }),
    );
    for (const { data } of [before.access, before.portable]) {
      const b = data.get('call-records')?.find(({ id }) => id === 'call-b');
      expect(new Date(String(b?.['retentionExpiresAt'])).toISOString()).toBe('2026-11-23T10:00:00.000Z');
    }
    for (const actor of [privacyStaff('cp'), processorStaff('cp'), supportAgent('cp'), internalApp('cp')]) {
      for (const purpose of ['BILLING', 'ANALYTICS', 'TROUBLESHOOTING', 'DATA_SUBJECT_REQUEST']) {
        const { data } = await at.ask(actor, '{ subject(id: "cal") { calls { totalCount nodes { id } } } }', {
          purpose,
        });
        expect(JSON.stringify(data), actor.kind).not.toContain('call-a');
      }
    }
    const seen = await at.ask(privacyStaff('cp'), '{ subject(id: "cal") { calls { totalCount nodes { id } } } }', {
      purpose: 'DATA_SUBJECT_REQUEST',
    });
    expect(seen.data).toEqual({ subject: { calls: { totalCount: 1, nodes: [{ id: 'call-b' }] } } });

    expect(await at.sweep('cp')).toMatchObject({ deleted: { 'call-records': 1 } });
    for (const scope of ['ACCESS', 'PORTABILITY'] as const) {
      const after = await at.export('cp', 'cal', scope);
      expect(idsIn(after, 'call-records'), scope).toEqual(['call-b']);
      expect(after.text).not.toContain('call-a');
    }
  });
});

test('AS-06 an account that waits for deletion is told to its holder, and to agents and apps only that it waits', async () => {
  await addPerson(at.prisma, 'cp', 'del', {
    deletionRequestedAt: new Date('2026-01-15T00:00:00Z'),
    status: 'DELETION_PENDING',
  });
  const query = '{ subject(id: "del") { account { email retention { expiresAt } } identifiers { value } } }';
  expect((await at.ask(subject('cp', 'del'), query)).data).toMatchObject({
    subject: { account: { email: 'del@example.org', retention: { expiresAt: '2027-01-15T00:00:00.000Z' } } },
  });
  for (const actor of [internalApp('cp'), supportAgent('cp')]) {
    const { result, entries } = await auditing(at, 'cp', () => at.ask(actor, query, { purpose: 'CP-P3' }));
    expect(result.data, actor.kind).toEqual({ subject: { account: null, identifiers: null } });
    expect(result.extensions?.privacy?.nulls).toEqual(
      ['account', 'identifiers'].map((field) => ({ path: ['subject', field], item: null, reason: 'DELETION_PENDING' })),
    );
    expect(entries).toMatchObject([{ subjectId: 'del', outcome: 'DENIED', detail: { denial: 'DELETION_PENDING' } }]);
  }
});

test('AS-08 a licence key is whole for its holder, masked for an agent, and not there for a colleague', async () => {
  const KEY = 'ABCD-EFGH-IJKL-MNOP';
  await addPerson(at.prisma, 'cp', 'uma');
  await addPerson(at.prisma, 'cp', 'vic', { fullName: 'Victor Colleague' });
  await at.prisma.organisation.create({ data: { tenantId: 'cp', id: 'team-t', sourceSystem: 'test', name: 'Team' } });
  for (const id of ['uma', 'vic'])
    await at.prisma.membership.create({
      data: { ...owned('cp', id, `of_${id}`), organisationId: 'team-t', role: 'ADMIN' },
    });
  await at.prisma.licenseKey.create({
    data: {
      ...owned('cp', 'uma', 'key_1'),
      organisationId: 'team-t',
      key: KEY,
      type: 'PRO',
      createdAt: new Date('2026-01-01T00:00:00Z'),
    },
  });

  const read = (id: string) => `{ subject(id: "${id}") { licenseKeys { key } } }`;
  expect((await at.ask(subject('cp', 'uma'), read('uma'))).data).toEqual({ subject: { licenseKeys: [{ key: KEY }] } });
  expect((await at.ask(subject('cp', 'vic'), read('vic'))).data).toEqual({ subject: { licenseKeys: [] } });
  const agents = await at.ask(supportAgent('cp'), read('uma'), { purpose: 'LICENSING' });
  expect(agents.data).toEqual({ subject: { licenseKeys: [{ key: 'XXXX-…-MNOP' }] } });

  for (const [scope, format] of EVERY_BUNDLE) {
    const mine = await at.export('cp', 'uma', scope, format);
    expect((scope === 'ACCESS' ? mine.data : mine.context).get('license-keys')).toMatchObject([
      { key: KEY, type: 'PRO', organisationId: 'team-t' },
    ]);
    expect(mine.text).not.toMatch(/vic\b|Victor|of_vic/);
    expect((await at.export('cp', 'vic', scope, format)).text).not.toContain(KEY);
  }
});

test.each(EVERY_BUNDLE)(
  'AS-09 what the extension keeps is said to be on the device, with the words of §9, and not made up (%s %s)',
  async (scope, format) => {
    const id = `ext-${scope}-${format}`;
    await addPerson(at.prisma, 'cp', id);
    const { manifest, data } = await at.export('cp', id, scope, format);
    const extension = manifest.referrals.filter(({ name }) => String(name).startsWith('extension.'));
    expect(extension.map(({ name }) => name)).toEqual([
      'extension.licenseStatus',
      'extension.callCount',
      'extension.dailyResetAt',
    ]);
    for (const referral of extension) {
      expect(referral).toMatchObject({
        where: 'HELD_ON_DEVICE',
        clause: '§9',
        quote: 'This data is not transmitted to third parties.',
      });
    }
    expect([...data.keys()].filter((name) => name.includes('extension'))).toEqual([]);
  },
);

test('AS-11 the numbers of third parties are in the caller’s own portable data, and marked', async () => {
  await addPerson(at.prisma, 'cp', 'rob');
  await at.prisma.callRecord.createMany({
    data: Array.from({ length: 50 }, (_, index) => ({
      ...owned('cp', 'rob', `c${index}`),
      calledNumber: `+3120555${String(index).padStart(4, '0')}`,
      startedAt: new Date(Date.UTC(2026, 5, 1, 0, index)),
    })),
  });
  const bundle = await at.export('cp', 'rob', 'PORTABILITY');
  const calls = bundle.data.get('call-records') ?? [];
  expect(new Set(calls.map(({ calledNumber }) => calledNumber)).size).toBe(50);
  expect(calls.filter(({ thirdParty }) => thirdParty !== true)).toEqual([]);
  const fates = dispositionsOf(bundle, 'CP-15').filter(({ dataset }) => dataset === 'call-records');
  expect(fates).toMatchObject([{ kind: 'INCLUDE', article: '15+20', thirdParty: true, role: 'CONTROLLER' }]);
});

test('AS-11 on a direct transfer to another controller the numbers of third parties become pseudonyms', async () => {
  const { data: named } = await at.export('cp', 'rob', 'PORTABILITY');
  const key = Buffer.alloc(32, 1);
  const bundle = await at.exportToController('cp', 'rob', { key });
  const [before, after] = [named.get('call-records') ?? [], bundle.data.get('call-records') ?? []];
  const pseudonyms = after.map(({ calledNumber }) => String(calledNumber));
  expect(pseudonyms).toHaveLength(50);
  expect(new Set(pseudonyms).size).toBe(50);
  for (const pseudonym of pseudonyms) expect(pseudonym).toMatch(/^other-party-[0-9a-f]{32}$/);
  // All else of the rows is as it was, and no byte of the archive has a number.
  const unnamed = (rows: typeof before): unknown[] => rows.map(({ calledNumber: _number, ...rest }) => rest);
  expect(unnamed(after)).toEqual(unnamed(before));
  for (const [path, content] of bundle.entries) expect(content.includes('+3120555'), path).toBe(false);
  expect(bundle.manifest['redactions']).toContainEqual({
    dataset: 'call-records',
    rule: 'OTHER_PARTY_PSEUDONYMISED',
    count: 50,
  });
  // The same bundle again has the same pseudonyms, another bundle has others.
  const again = await at.exportToController('cp', 'rob', { key });
  expect(again.data.get('call-records')).toEqual(after);
  const other = await at.exportToController('cp', 'rob', { key: Buffer.alloc(32, 2) });
  for (const { calledNumber } of other.data.get('call-records') ?? []) expect(pseudonyms).not.toContain(calledNumber);
});
