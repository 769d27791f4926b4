import { renameSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { isCarryallError } from '../../src/errors.ts';
import { PolicyBook } from '../../src/policy/book.ts';
import type { Policy } from '../../src/policy/schema.ts';
import { addPerson, owned, policies } from '../bundle/exporter.ts';
import { unpack } from '../bundle/unpack.ts';
import { changeRows, forge } from './forge.ts';
import { openReceiver, type Receiver } from './receiver.ts';

let at: Receiver;
let zip: Buffer;
let tenants = 0;
let tenant = '';

// Ann of CallerPlugins, with a team and calls of a campaign.
beforeAll(async () => {
  at = await openReceiver();
  await addPerson(at.prisma, 'cp', 'ann', { fullName: 'Ann', email: 'ann@example.nl' });
  const { prisma } = at;
  const ann = (id: string) => owned('cp', 'ann', id);
  await prisma.organisation.create({ data: { tenantId: 'cp', id: 'org', sourceSystem: 'test', name: 'Team' } });
  await prisma.membership.create({ data: { ...ann('member'), organisationId: 'org', role: 'USER' } });
  await prisma.campaign.create({ data: { ...ann('camp'), name: 'Winter' } });
  await prisma.subjectIdentifier.create({ data: { ...ann('mail'), kind: 'EMAIL', value: 'ann@example.nl' } });
  await prisma.callRecord.createMany({
    data: ['call-1', 'call-2', 'call-3'].map((id, index) => ({
      ...ann(id),
      campaignId: index === 0 ? null : 'camp',
      calledNumber: `+3161234567${index}`,
      startedAt: new Date(Date.UTC(2026, 9, 1 + index)),
    })),
  });
  zip = await at.bundle('cp', 'ann', 'PORTABILITY', 'ZIP');
});

beforeEach(async () => {
  tenants += 1;
  tenant = `new-${tenants}`;
  await at.addTenant(tenant, 'CP');
});

afterAll(() => at[Symbol.asyncDispose]());

async function refusal(bytes: Buffer, options: Parameters<Receiver['receive']>[2] = {}): Promise<string> {
  const before = await at.everything();
  const told = await at.receive(tenant, bytes, options).then(
    () => 'it was taken in',
    (error: unknown) => {
      if (!isCarryallError(error)) throw error;
      return [error.code, error.message, ...error.faults.map(({ path, reason }) => `${path}: ${reason}`)].join('\n');
    },
  );
  expect(await at.everything()).toEqual(before);
  return told;
}

const stranger = async (id = 'bob'): Promise<void> => {
  await at.prisma.subject.create({ data: { tenantId: tenant, id } });
};
const theirs = (id: string, subjectId = 'bob') => ({ tenantId: tenant, subjectId, id, sourceSystem: 'test' });

test('what answers Art. 15 is not for another controller', async () => {
  const access = await at.bundle('cp', 'ann', 'ACCESS', 'ZIP');
  expect(await refusal(access)).toMatch(/BAD_INPUT\n.*Art\. 15.*PORTABILITY/);
});

test('a bundle whose signature is by nobody known is refused, also where the tenant is unknown', async () => {
  expect(await refusal(zip, { trust: { kind: 'KEYS', keys: [] } })).toMatch(/manifest\.jws: is by the key/);
  expect(await refusal(zip, { tenant: 'nowhere' })).toMatch(/NOT_FOUND/);
});

test('links to rows that the bundle does not carry are kept: a stub stands where they point', async () => {
  const report = await at.receive(tenant, zip);
  expect(report).toMatchObject({ stubs: { organisations: 1, campaigns: 1 }, filled: { 'account.createdAt': 1 } });
  const campaign = await at.prisma.campaign.findFirstOrThrow({ where: { tenantId: tenant } });
  expect(campaign).toMatchObject({ id: 'camp', subjectId: 'ann', name: '', sourceSystem: 'carryall-bundle' });
});

test('whoever is known by their e-mail address is given the rows, and keeps their own account', async () => {
  await stranger();
  await at.prisma.subjectIdentifier.create({ data: { ...theirs('x'), kind: 'EMAIL', value: 'ann@example.nl' } });
  await at.prisma.account.create({ data: { ...theirs('own'), fullName: 'A. N.', createdAt: new Date() } });
  const report = await at.receive(tenant, zip);
  expect(report).toMatchObject({ subjectId: 'bob', subjectCreated: false });
  expect(report.leftOut).toEqual({ 'account: the person has an account here': 1 });
  expect(await at.prisma.callRecord.count({ where: { tenantId: tenant, subjectId: 'bob' } })).toBe(3);
  expect(await at.prisma.subject.count({ where: { tenantId: tenant } })).toBe(1);
});

test('somebody else who happens to have the id of the person stays apart', async () => {
  await stranger('ann');
  const { subjectId } = await at.receive(tenant, zip);
  expect(subjectId).not.toBe('ann');
  expect(await at.prisma.callRecord.count({ where: { tenantId: tenant, subjectId } })).toBe(3);
  expect(await at.prisma.callRecord.count({ where: { tenantId: tenant, subjectId: 'ann' } })).toBe(0);
  expect((await at.receive(tenant, zip)).subjectId).toBe(subjectId);
});

test('identifiers that are those of two people join nobody', async () => {
  await addPerson(at.prisma, 'cx', 'kim');
  const kim = (id: string) => owned('cx', 'kim', id);
  await at.prisma.subjectIdentifier.create({ data: { ...kim('mail'), kind: 'EMAIL', value: 'kim@example.com' } });
  await at.prisma.subjectIdentifier.create({ data: { ...kim('tel'), kind: 'PHONE', value: '+31612345678' } });
  await stranger();
  await stranger('eve');
  await at.prisma.subjectIdentifier.create({ data: { ...theirs('x'), kind: 'PHONE', value: '+31612345678' } });
  await at.prisma.subjectIdentifier.create({
    data: { ...theirs('y', 'eve'), kind: 'EMAIL', value: 'kim@example.com' },
  });
  expect(await refusal(await at.bundle('cx', 'kim', 'PORTABILITY', 'ZIP'))).toMatch(/IMPORT_REFUSED\n.*2 people/);
});

test('a row of somebody else is neither taken over nor pointed at', async () => {
  await stranger();
  await at.prisma.callRecord.create({ data: { ...theirs('call-1'), startedAt: new Date() } });
  expect(await refusal(zip)).toMatch(/call-records: 1 rows have ids of rows that are not this person's/);
  await at.prisma.callRecord.deleteMany({ where: { tenantId: tenant } });
  await at.prisma.campaign.create({ data: { ...theirs('camp'), name: 'Secret' } });
  expect(await refusal(zip)).toMatch(/call-records\.campaignId: in 2 rows names campaigns here that are not/);
});

test('a bundle makes nobody a member of an organisation that is here', async () => {
  await at.prisma.organisation.create({ data: { tenantId: tenant, id: 'org', sourceSystem: 'test', name: 'Team' } });
  expect(await refusal(zip)).toMatch(/memberships\.organisationId: in 1 rows names organisations here/);
});

test('what is held is never overwritten', async () => {
  await at.receive(tenant, zip);
  await at.prisma.callRecord.updateMany({ where: { tenantId: tenant, id: 'call-2' }, data: { durationSeconds: 9 } });
  expect((await at.receive(tenant, zip)).byDataset['call-records']).toEqual({ inserted: 0, unchanged: 3 });
  await at.prisma.callRecord.updateMany({ where: { tenantId: tenant, id: 'call-2' }, data: { direction: 'INBOUND' } });
  expect(await refusal(zip)).toMatch(/IMPORT_REFUSED\n.*\ncall-records: 1 rows are held here with other content/);
});

test('an item that the receiving policy says is never held is refused by its name', async () => {
  const cp = policies.policyOf('CP');
  const forbidding: Policy = {
    ...cp,
    items: cp.items.map((item) => (item.item === 'call.calledNumber' ? { ...item, sensitivity: 'FORBIDDEN' } : item)),
  };
  expect(await refusal(zip, { policies: new PolicyBook([forbidding]) })).toMatch(
    /data\/call-records\.ndjson: row 1: direction is call\.calledNumber, which the policy CP says is never held/,
  );
});

test('a tenant with another policy takes the rows as they are', async () => {
  await at.addTenant(`${tenant}-cx`, 'CX');
  await at.receive(`${tenant}-cx`, zip);
  const calls = { orderBy: { id: 'asc' } } as const;
  const [sent, received] = await Promise.all(
    ['cp', `${tenant}-cx`].map((tenantId) => at.prisma.callRecord.findMany({ where: { tenantId }, ...calls })),
  );
  expect(received).toEqual(sent?.map((row) => ({ ...row, tenantId: `${tenant}-cx` })));
});

test('a key __proto__ inside a value is a key like others', async () => {
  const settings = '{"a": 1, "__proto__": {"admin": true}}';
  await addPerson(at.prisma, 'ct', 'pia');
  await at.pool.query(`UPDATE account SET settings = $1 WHERE tenant_id = 'ct' AND id = 'acc_pia'`, [settings]);
  const sent = await at.bundle('ct', 'pia', 'PORTABILITY', 'ZIP');
  await at.addTenant(`${tenant}-ct`, 'CT');
  await at.receive(`${tenant}-ct`, sent);
  const { rows } = await at.pool.query<{ settings: string }>(
    `SELECT settings::text FROM account WHERE tenant_id = $1`,
    [`${tenant}-ct`],
  );
  expect(rows).toEqual([{ settings }]);
  expect('admin' in {}).toBe(false);
});

/** Policies that do something at the first question: after the bundle was verified, and before it is read. */
function afterVerifying(act: () => void): PolicyBook {
  return new (class extends PolicyBook {
    override policyOf(code: string): Policy {
      act();
      return super.policyOf(code);
    }
  })(policies.policies);
}

test('a file that is changed after it was verified is refused; one that is replaced is not read', async () => {
  const document = await at.bundle('cp', 'ann', 'PORTABILITY', 'JSON');
  const other = Buffer.from(document.toString('latin1').replace('+31612345671', '+31612345679'), 'latin1');
  expect(other).not.toEqual(document);
  const file = await at.save(document);
  const rewriting = afterVerifying(() => writeFileSync(file, other));
  expect(await refusal(document, { file, policies: rewriting })).toMatch(/call-records changed after it was verified/);
  const kept = await at.save(document);
  const replacing = afterVerifying(() => {
    writeFileSync(`${kept}.new`, other);
    renameSync(`${kept}.new`, kept);
  });
  await at.receive(tenant, document, { file: kept, policies: replacing });
  expect(await at.prisma.callRecord.count({ where: { tenantId: tenant, calledNumber: '+31612345671' } })).toBe(1);
});

test('an import that is stopped leaves nothing', async () => {
  const stop = new AbortController();
  const options = { signal: stop.signal, onProgress: () => stop.abort() };
  expect(await refusal(zip, options)).toMatch(/CANCELLED/);
});

test('more than a batch comes through, and an id that comes back in a later batch is found', async () => {
  await addPerson(at.prisma, 'cp', 'max');
  const day = Date.UTC(2026, 9, 1);
  await at.prisma.callRecord.createMany({
    data: Array.from({ length: 2500 }, (_, index) => ({
      ...owned('cp', 'max', `many-${index}`),
      startedAt: new Date(day + index),
    })),
  });
  const many = await at.bundle('cp', 'max', 'PORTABILITY', 'ZIP');
  const twice = await forge(
    many,
    at.key,
    changeRows('data/call-records.ndjson', (row) => (row['id'] === 'many-2400' ? { ...row, id: 'many-1' } : row)),
  );
  expect(await refusal(twice)).toMatch(/call-records\.ndjson: has two rows with one id/);
  expect((await at.receive(tenant, many)).byDataset['call-records']).toEqual({ inserted: 2500, unchanged: 0 });
  const sent = await unpack(many, 'ZIP');
  const again = await unpack(await at.bundle(tenant, 'max', 'PORTABILITY', 'ZIP'), 'ZIP');
  expect(again.data.get('call-records')).toEqual(sent.data.get('call-records'));
});
