import { mkdir, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyBundle } from '../../src/bundle/verify.ts';
import { openExporter, type Exporter } from '../bundle/exporter.ts';
import { addFiles, addWriter, attach, exportTo, peakOf, READERS, say } from './exported.ts';

const MANY = 70_000;
const MINUTES = 60_000;
let at: Exporter;

beforeAll(async () => {
  at = await openExporter();
});

afterAll(() => at[Symbol.asyncDispose]());

test(
  'Z-07: an archive of 70,000 stored files is valid in every reader, and is built and checked in less than 300 MB',
  async () => {
    const [key = ''] = await addFiles(at, 'cp', 'many', [10]);
    await attach(
      at,
      { tenantId: 'cp', subjectId: 'many', from: 2, to: MANY },
      { key, bytes: 10, sha256: key.slice(3) },
    );
    const out = join(at.folder, 'many.zip');
    const built = await peakOf(at, 'export', '--tenant', 'cp', '--subject', 'many', '--scope', 'access', '--out', out);
    expect(built).toBeLessThan(300);
    expect(await peakOf(at, 'verify', out)).toBeLessThan(300);
    for (const [reader, list] of Object.entries(READERS)) {
      const files = (await list(out)).filter((path) => path.startsWith('files/'));
      expect(files.length, reader).toBe(MANY);
      expect(new Set(files).size, reader).toBe(MANY);
    }
  },
  10 * MINUTES,
);

test(
  'Z-08: a stored file of more than 4 GiB goes in whole, into a small archive, and comes out whole',
  async () => {
    const bytes = 2 ** 32 + 5;
    await addWriter(at, 'cp', 'zeros');
    const key = `cp/${'0'.repeat(64)}`;
    await mkdir(join(at.folder, 'blobs', 'cp'), { recursive: true });
    await writeFile(join(at.folder, 'blobs', key), '');
    await truncate(join(at.folder, 'blobs', key), bytes);
    await attach(at, { tenantId: 'cp', subjectId: 'zeros', from: 1, to: 1 }, { key, bytes, sha256: null });
    const {
      paths,
      bytes: archived,
      manifest,
    } = await exportTo(at, { tenantId: 'cp', subjectId: 'zeros', scope: 'ACCESS', format: 'ZIP' });
    const [path = ''] = paths;
    expect(archived).toBeLessThan(10_000_000);
    expect((await stat(path)).size).toBe(archived);
    const file = 'files/message-attachments/zeros-000001.jpg';
    expect(manifest).toMatchObject({
      files: expect.arrayContaining([expect.objectContaining({ path: file, bytes })]) as unknown,
    });
    expect((await verifyBundle(path)).faults).toEqual([]);
    // These read every byte of it, and check its checksum.
    for (const [reader, list] of Object.entries(READERS)) expect(await list(path), reader).toContain(file);
    expect(await say('bash', '-c', 'bsdtar -xOf "$0" "$1" | wc -c', path, file)).toBe(`${bytes}\n`);
    // What the row and the store say of it is no smaller number either.
    const { rows } = await at.pool.query<{ bytes: string }>(
      'SELECT bytes FROM message_attachment WHERE subject_id = $1',
      ['zeros'],
    );
    expect(rows).toEqual([{ bytes: String(bytes) }]);
  },
  10 * MINUTES,
);

test('a bundle of 5 GiB is noted in the store with its size', async () => {
  const { recordBundle } = await import('../../src/bundle/record.ts');
  await addWriter(at, 'cp', 'large');
  const bytes = 5 * 2 ** 30;
  const file = { path: 'data/x.json', bytes, sha256: '0'.repeat(64), rows: 3, dataset: 'x' };
  const request = { tenantId: 'cp', subjectId: 'large', scope: 'ACCESS', format: 'ZIP' } as const;
  const id = await recordBundle(at.pool, at.sources.clock, {
    request,
    built: { datasetFiles: [file] },
    digest: { bytes, sha256: '0'.repeat(64) },
  });
  const { rows } = await at.pool.query(
    'SELECT b.bytes AS bundle, e.bytes AS entry FROM portability_bundle b JOIN bundle_entry e ON e.tenant_id = b.tenant_id AND e.bundle_id = b.id WHERE b.id = $1',
    [id],
  );
  expect(rows).toEqual([{ bundle: String(bytes), entry: String(bytes) }]);
});
