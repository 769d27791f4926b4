import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BundleRequest } from '../../src/bundle/prepare.ts';
import { openExporter, openMemory, type Exporter } from './exporter.ts';
import { unpack, type Unpacked } from './unpack.ts';

let at: Exporter;

beforeAll(async () => {
  at = await openExporter();
  await at.prisma.subject.createMany({ data: ['bob', 'cleo'].map((id) => ({ tenantId: 'cn', id })) });
  await at.prisma.subjectIdentifier.create({
    data: { tenantId: 'cn', id: 'i1', subjectId: 'cleo', sourceSystem: 'seed', kind: 'PHONE', value: '+31612345678' },
  });
  await at.prisma.callRecord.create({
    data: {
      tenantId: 'cn',
      id: 'call_1',
      subjectId: 'bob',
      sourceSystem: 'seed',
      startedAt: new Date('2026-11-01T00:00:00Z'),
      calledNumber: '+31612345678',
      counterpartNumber: '+31612345678',
      callingNumber: '+31687654321',
      durationSeconds: 12,
      status: 'ANSWERED',
    },
  });
});
afterAll(() => at[Symbol.asyncDispose]());

async function bundle(wish: Partial<BundleRequest>): Promise<Unpacked> {
  const memory = openMemory();
  await at.build({ tenantId: 'cn', subjectId: 'cleo', scope: 'ACCESS', format: 'ZIP', ...wish }, memory.destination);
  return unpack(memory.bytes(), 'ZIP');
}

const callsIn = ({ data }: Unpacked): number => data.get('call-records-as-call-counterparty')?.length ?? 0;

test('what the policy leaves open leaves only when a person has found it to be the operator’s own', async () => {
  expect(callsIn(await bundle({}))).toBe(0);
  expect(callsIn(await bundle({ reviewed: [{ role: 'CN-b', relation: 'ACCOUNT_HOLDER' }] }))).toBe(0);
  const reviewed = await bundle({ reviewed: [{ role: 'CN-b', relation: 'CALL_COUNTERPARTY' }] });
  expect(callsIn(reviewed)).toBe(1);
  // Of the two numbers of a call only the person's own is theirs.
  expect(reviewed.text).not.toContain('+31687654321');
});

test('the pages are in the language that was asked for', async () => {
  const page = async (wish: Partial<BundleRequest>): Promise<string> =>
    (await bundle(wish)).entries.get('index.html')?.toString('utf8') ?? '';
  expect(await page({})).toContain('<html lang="en">');
  expect(await page({ language: 'nl' })).toContain('<html lang="nl">');
});
