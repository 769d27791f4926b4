import { once } from 'node:events';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FORMATS, openExporter, openMemory, owned, addPerson, SCOPES, TENANT_IDS, type Exporter } from './exporter.ts';
import { seedEveryDataset } from './seed.ts';
import { unpack, type Unpacked } from './unpack.ts';

let at: Exporter;

beforeAll(async () => {
  at = await openExporter();
  for (const tenantId of TENANT_IDS) {
    await seedEveryDataset(at.prisma, { tenantId, subjectId: 'ann', prefix: 'ann', phone: '+31612345678', blobs: at.sources.blobs, fill: () => undefined });
  }
});

afterAll(() => at[Symbol.asyncDispose]());

/** All bytes, the number of the database's transaction apart. */
function contents({ entries, manifest }: Unpacked): readonly (readonly [string, string])[] {
  return [...entries].map(([path, bytes]) => [path, bytes.toString('latin1').replaceAll(manifest.snapshot.id, 'SNAPSHOT')]);
}

describe('the same state', () => {
  test.each(TENANT_IDS.flatMap((tenantId) => SCOPES.flatMap((scope) => FORMATS.map((format) => [tenantId, scope, format] as const))))(
    'of %s gives the same %s %s twice',
    async (tenantId, scope, format) => {
      const first = await at.export(tenantId, 'ann', scope, format);
      const second = await at.export(tenantId, 'ann', scope, format);
      expect(contents(second)).toEqual(contents(first));
      if (first.manifest.snapshot.id === second.manifest.snapshot.id) expect(second.bytes.equals(first.bytes)).toBe(true);
    },
  );

  test('of one snapshot gives an archive with the same bytes, its container included', async () => {
    await addPerson(at.prisma, 'cp', 'small', { fullName: 'Small' });
    // Other databases of the same server move its transactions on, so one snapshot is met only with some luck.
    for (let round = 0; round < 100; round += 1) {
      const [first, second] = [await at.export('cp', 'small', 'ACCESS'), await at.export('cp', 'small', 'ACCESS')];
      if (first.manifest.snapshot.id !== second.manifest.snapshot.id) continue;
      return expect(second.bytes.equals(first.bytes)).toBe(true);
    }
    throw new Error('no two builds saw the same snapshot');
  });
});

describe('what is written while a bundle is built', () => {
  test.each(FORMATS)('is not in it (%s)', async (format) => {
    const id = `busy-${format.toLowerCase()}`;
    await addPerson(at.prisma, 'cp', id, { fullName: 'Before' });
    await addCalls(id, 'early', 3000);
    const memory = openMemory();
    const slow = openGate(memory.destination);
    const building = at.build({ tenantId: 'cp', subjectId: id, scope: 'ACCESS', format }, slow.destination);
    await slow.reached;
    await at.prisma.account.update({ where: { tenantId_subjectId: { tenantId: 'cp', subjectId: id } }, data: { fullName: 'After' } });
    await addCalls(id, 'late', 50);
    await at.prisma.callRecord.deleteMany({ where: { tenantId: 'cp', id: { startsWith: `${id}-early-1` } } });
    await at.prisma.consent.create({ data: { ...owned('cp', id, `${id}-consent`), category: 'MARKETING', purpose: 'late', status: 'GRANTED', grantedAt: new Date('2026-11-01T00:00:00Z') } });
    slow.open();
    await building;
    const bundle = await unpack(memory.bytes(), format);
    expect(bundle.data.get('account')).toMatchObject([{ fullName: 'Before' }]);
    expect(bundle.data.get('call-records')).toHaveLength(3000);
    expect(bundle.data.has('consents')).toBe(false);
    expect(bundle.text).not.toMatch(/After|late/);
    // And the next one has it.
    const next = await at.export('cp', id, 'ACCESS', format);
    expect(next.data.get('account')).toMatchObject([{ fullName: 'After' }]);
    expect(next.data.has('consents')).toBe(true);
  });

  async function addCalls(subjectId: string, word: string, count: number): Promise<void> {
    await at.prisma.callRecord.createMany({
      data: Array.from({ length: count }, (_, index) => ({
        ...owned('cp', subjectId, `${subjectId}-${word}-${index}`),
        calledNumber: `+3161${String(index * 7919).padStart(7, '0').slice(-7)}`,
        startedAt: new Date(Date.UTC(2026, 0, 1) + index * 60_000),
        durationSeconds: index,
      })),
    });
  }
});

/** A destination that takes its first bytes and then nothing until it is opened. */
function openGate(inner: Writable): { readonly destination: Writable; readonly reached: Promise<unknown>; open(): void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  const destination = new Writable({
    highWaterMark: 1,
    write(chunk: Buffer, _encoding, callback) {
      destination.emit('reached');
      void opened.then(() => inner.write(chunk, callback));
    },
    final(callback) {
      inner.end(callback);
    },
  });
  return { destination, reached: once(destination, 'reached'), open };
}
