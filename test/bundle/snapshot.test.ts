import { once } from 'node:events';
import { Writable } from 'node:stream';
import { fromBuffer, type Entry } from 'yauzl';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FORMATS, openExporter, openMemory, owned, addPerson, SCOPES, TENANT_IDS, type Exporter } from './exporter.ts';
import { seedEveryDataset } from './seed.ts';
import { unpack, type Unpacked } from './unpack.ts';

let at: Exporter;

beforeAll(async () => {
  at = await openExporter();
  for (const tenantId of TENANT_IDS) {
    await seedEveryDataset(at.prisma, {
      tenantId,
      subjectId: 'ann',
      prefix: 'ann',
      phone: '+31612345678',
      blobs: at.sources.blobs,
      fill: () => undefined,
    });
  }
});

afterAll(() => at[Symbol.asyncDispose]());

/** When each file of an archive says that it was changed, and who may do what with it. */
async function stampsOf(bytes: Buffer): Promise<ReadonlySet<string>> {
  const stamps = new Set<string>();
  await new Promise<void>((resolve, reject) => {
    fromBuffer(bytes, { lazyEntries: false }, (error, zip) => {
      if (error !== null) return reject(error);
      zip.on('entry', (entry: Entry) => {
        const mode = (entry.externalFileAttributes >>> 16) & 0o777;
        stamps.add(`${entry.getLastModDate({ timezone: 'UTC' }).toISOString()} ${mode.toString(8)}`);
      });
      zip.on('end', resolve).on('error', reject);
    });
  });
  return stamps;
}

/** All bytes, the number of the database's transaction apart. */
function contents({ entries, manifest }: Unpacked): readonly (readonly [string, string])[] {
  return [...entries].map(([path, bytes]) => [
    path,
    bytes.toString('latin1').replaceAll(manifest.snapshot.id, 'SNAPSHOT'),
  ]);
}

describe('the same state', () => {
  test.each(
    TENANT_IDS.flatMap((tenantId) =>
      SCOPES.flatMap((scope) => FORMATS.map((format) => [tenantId, scope, format] as const)),
    ),
  )('of %s gives the same %s %s twice', async (tenantId, scope, format) => {
    const first = await at.export(tenantId, 'ann', scope, format);
    const second = await at.export(tenantId, 'ann', scope, format);
    expect(contents(second)).toEqual(contents(first));
    // No clock and no user of the machine has a part in it.
    if (format === 'ZIP') expect([...(await stampsOf(first.bytes))]).toEqual(['1980-01-01T00:00:00.000Z 644']);
    if (first.manifest.snapshot.id === second.manifest.snapshot.id) expect(second.bytes.equals(first.bytes)).toBe(true);
  });

  test('Z-06: of one snapshot gives an archive with the same bytes, its container included', async () => {
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

const EARLY = 40_000;

describe('what is written while a bundle is built', () => {
  test.each(FORMATS)('is not in it (%s)', async (format) => {
    const id = `busy-${format.toLowerCase()}`;
    await addPerson(at.prisma, 'cp', id, { fullName: 'Before' });
    await addCalls(id, 'early', EARLY);
    const memory = openMemory();
    const slow = openGate(memory.destination);
    const building = at.build({ tenantId: 'cp', subjectId: id, scope: 'ACCESS', format }, slow.destination);
    await slow.reached;
    await at.prisma.account.update({
      where: { tenantId_subjectId: { tenantId: 'cp', subjectId: id } },
      data: { fullName: 'After' },
    });
    await addCalls(id, 'late', 50);
    await at.prisma.callRecord.deleteMany({ where: { tenantId: 'cp', id: { startsWith: `${id}-early-1` } } });
    await at.prisma.consent.create({
      data: {
        ...owned('cp', id, `${id}-consent`),
        category: 'MARKETING',
        purpose: 'late',
        status: 'GRANTED',
        grantedAt: new Date('2026-11-01T00:00:00Z'),
      },
    });
    slow.open();
    await building;
    const bundle = await unpack(memory.bytes(), format);
    expect(bundle.data.get('account')).toMatchObject([{ fullName: 'Before' }]);
    expect(bundle.data.get('call-records')).toHaveLength(EARLY);
    expect(bundle.data.has('consents')).toBe(false);
    // The page has words of its own.
    expect(JSON.stringify([...bundle.data, ...bundle.context])).not.toMatch(/After|late/);
    // And the next one has it.
    const next = await at.export('cp', id, 'ACCESS', format);
    expect(next.data.get('account')).toMatchObject([{ fullName: 'After' }]);
    expect(next.data.has('consents')).toBe(true);
  });

  /** Many, made where they lie: more than the buffers between the database and a destination that is stuck can hold. */
  async function addCalls(subjectId: string, word: string, count: number): Promise<void> {
    await at.pool.query(
      `INSERT INTO call_record (tenant_id, id, subject_id, source_system, called_number, started_at, duration_seconds)
       SELECT 'cp', $1 || '-' || $2 || '-' || n, $1, md5(n::text), '+316' || lpad((n::bigint * 48271 % 99999989)::text, 8, '0'),
         timestamptz '2026-01-01T00:00:00Z' + n * interval '1 minute', n
       FROM generate_series(1, $3::int) n`,
      [subjectId, word, count],
    );
  }
});

/** A destination that takes its first bytes and then nothing until it is opened. */
function openGate(inner: Writable): {
  readonly destination: Writable;
  readonly reached: Promise<unknown>;
  open(): void;
} {
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
