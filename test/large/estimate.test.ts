import { mkdir, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { estimateBundle } from '../../src/bundle/estimate.ts';
import { assertRoom } from '../../src/bundle/room.ts';
import { isCarryallError } from '../../src/errors.ts';
import { addPerson, FORMATS, openExporter, SCOPES, type Exporter, type TenantId } from '../bundle/exporter.ts';
import { seedEveryDataset } from '../bundle/seed.ts';
import { addFiles, addWriter, attach, exportTo } from './exported.ts';

let at: Exporter;

/** People as different as their data can be. */
const PEOPLE: readonly (readonly [name: string, tenantId: TenantId, subjectId: string])[] = [
  ['of whom hardly anything is held', 'cp', 'bare'],
  ['with a row of every kind', 'cr', 'every'],
  ['with 20,000 calls', 'cp', 'caller'],
  ['with 1,200 long messages', 'cp', 'writer'],
  ['with photos', 'cp', 'photos'],
  ['with long texts as files', 'cp', 'texts'],
];

beforeAll(async () => {
  at = await openExporter();
  await addPerson(at.prisma, 'cp', 'bare');
  const seed = { tenantId: 'cr', subjectId: 'every', prefix: 'every', phone: '+31612345678' } as const;
  await seedEveryDataset(at.prisma, { ...seed, blobs: at.sources.blobs, fill: () => undefined });
  await addPerson(at.prisma, 'cp', 'caller');
  await at.pool.query(
    `INSERT INTO call_record (tenant_id, id, subject_id, source_system, called_number, started_at, duration_seconds)
     SELECT 'cp', 'call-' || n, 'caller', 'test', '+316' || lpad((n::bigint * 48271 % 99999989)::text, 8, '0'),
       timestamptz '2026-01-01T00:00:00Z' + n * interval '10 minutes', n % 3600
     FROM generate_series(1, 20000) n`,
  );
  await addWriter(at, 'cp', 'writer');
  await at.pool.query(
    `INSERT INTO message (tenant_id, id, subject_id, source_system, channel, author_kind, body, sent_at)
     SELECT 'cp', 'letter-' || n, 'writer', 'test', 'EMAIL', 'SUBJECT',
       (SELECT string_agg(md5((n * 1000 + w)::text), ' ') FROM generate_series(1, 10 + n % 90) w),
       timestamptz '2026-01-01T00:00:00Z' + n * interval '1 hour'
     FROM generate_series(1, 1200) n`,
  );
  await addFiles(
    at,
    'cp',
    'photos',
    Array.from({ length: 60 }, (_, index) => 20_000 + 3000 * index),
  );
  await addWriter(at, 'cp', 'texts');
  for (let index = 1; index <= 30; index += 1) {
    const text = `${'what was said, and then said again, '.repeat(2000)}${index}`;
    const stored = await at.sources.blobs.put('cp', Readable.from([Buffer.from(text)]));
    await attach(at, { tenantId: 'cp', subjectId: 'texts', from: index, to: index }, stored);
  }
});

afterAll(() => at[Symbol.asyncDispose]());

describe('the estimate of a bundle', () => {
  test.each(
    PEOPLE.flatMap((person) => SCOPES.flatMap((scope) => FORMATS.map((format) => [...person, scope, format] as const))),
  )('of somebody %s is within a factor of two (%s, %s: %s %s)', async (_, tenantId, subjectId, scope, format) => {
    const request = { tenantId, subjectId, scope, format };
    const estimate = await estimateBundle(at.sources, request);
    const built = await exportTo(at, request);
    const { files } = built.manifest as { readonly files: readonly { readonly bytes: number }[] };
    const manifestBytes = Buffer.byteLength(JSON.stringify(built.manifest, null, format === 'ZIP' ? 2 : 0));
    const bytes = format === 'ZIP' ? files.reduce((sum, file) => sum + file.bytes, manifestBytes) : built.bytes;
    expect(estimate.estimate).toBe(true);
    expect(estimate.rows).toBe(built.rows);
    expect(estimate.files).toBe(built.files);
    expectNear(estimate.bytes, bytes);
    expectNear(estimate.packedBytes, built.bytes);
  });

  test('writes nothing and leaves nothing', async () => {
    const before = await readdir(at.sources.workFolder);
    await estimateBundle(at.sources, { tenantId: 'cp', subjectId: 'caller', scope: 'ACCESS', format: 'ZIP' });
    expect(await readdir(at.sources.workFolder)).toEqual(before);
    const { rows } = await at.pool.query('SELECT 1 FROM portability_bundle WHERE tenant_id = $1 AND subject_id = $2', [
      'cp',
      'nobody',
    ]);
    expect(rows).toEqual([]);
  });

  test('of nobody is refused', async () => {
    const estimate = estimateBundle(at.sources, {
      tenantId: 'cp',
      subjectId: 'nobody',
      scope: 'ACCESS',
      format: 'ZIP',
    });
    await expect(estimate).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

function expectNear(estimated: number, real: number): void {
  expect(estimated / real).toBeGreaterThan(0.5);
  expect(estimated / real).toBeLessThan(2);
}

describe('the room for a bundle', () => {
  test('is seen to before anything is written: what is needed and what is free is named', async () => {
    await addWriter(at, 'cp', 'hoarder');
    const key = `cp/${'ab'.repeat(32)}`;
    const bytes = 4 * 2 ** 40;
    // Full of holes, but for the part that tells how well it packs.
    await mkdir(join(at.folder, 'blobs', 'cp'), { recursive: true });
    await using file = await open(join(at.folder, 'blobs', key), 'w');
    await file.write(randomBytes(300_000));
    await file.truncate(bytes);
    await attach(at, { tenantId: 'cp', subjectId: 'hoarder', from: 1, to: 1 }, { key, bytes, sha256: null });
    const refused = await exportTo(at, { tenantId: 'cp', subjectId: 'hoarder', scope: 'ACCESS', format: 'ZIP' }).catch(
      (error: unknown) => error,
    );
    expect(isCarryallError(refused, 'OUTPUT_FAILED')).toBe(true);
    // It lies twice on this disk: where it is built and where it goes.
    const [, free = 0, needed = 0] = (
      /has (\d+) MB free, and about (\d+) MB are needed/.exec(String(refused)) ?? []
    ).map(Number);
    expect(free).toBeGreaterThan(0);
    expect(needed).toBeGreaterThanOrEqual((2 * bytes) / 1e6);
    expect(needed).toBeLessThan((2.1 * bytes) / 1e6);
    for (const name of (await readdir(at.folder)).filter((each) => each.startsWith('out-')))
      expect((await readdir(join(at.folder, name))).filter((each) => each.includes('part'))).toEqual([]);
  });

  test('is that of each disk: folders on one disk share it', async () => {
    const half = { folder: at.folder, bytes: 0 };
    await assertRoom([half, half]);
    const { statfs } = await import('node:fs/promises');
    const { bavail, bsize } = await statfs(at.folder);
    const most = { folder: at.folder, bytes: Math.ceil(bavail * bsize * 0.7) };
    await assertRoom([most]);
    await expect(assertRoom([most, most])).rejects.toMatchObject({ code: 'OUTPUT_FAILED' });
  });
});
