import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { estimateBundle } from '../../src/bundle/estimate.ts';
import { PolicyBook } from '../../src/policy/book.ts';
import { verifyBundle } from '../../src/bundle/verify.ts';
import { openExporter, policies, type Exporter } from '../bundle/exporter.ts';
import { readZip } from '../signing/signed-bundles.ts';
import { addFiles, exportTo } from './exported.ts';

const REQUEST = { tenantId: 'cp', subjectId: 'ann', scope: 'ACCESS', format: 'ZIP' } as const;
let at: Exporter;
let listing: Exporter;

beforeAll(async () => {
  at = await openExporter();
  const [, lost = ''] = await addFiles(at, 'cp', 'ann', [100, 200, 300]);
  await addFiles(at, 'cp', 'bob', [100]);
  await rm(join(at.folder, 'blobs', lost));
  const policy = { ...policies.policyOf('CP'), missingFiles: 'LIST' as const };
  listing = { ...at, sources: { ...at.sources, policies: new PolicyBook([policy]) } };
});

afterAll(() => at[Symbol.asyncDispose]());

const LOST = 'files/message-attachments/ann-000002.jpg';

test('Z-12: a stored file that is lost fails the bundle, by its path and with the way out', async () => {
  const failure = {
    code: 'BUNDLE_FAILED',
    message: expect.stringMatching(`1 stored files.*${LOST}.*missingFiles: LIST`) as string,
  };
  await expect(exportTo(at, REQUEST)).rejects.toMatchObject(failure);
  await expect(estimateBundle(at.sources, REQUEST)).rejects.toMatchObject(failure);
});

test('Z-12: where the policy says so it is listed, and the person is told everywhere', async () => {
  const { paths, manifest } = await exportTo(listing, REQUEST);
  const { missing, omissions, files } = manifest as {
    readonly missing: unknown;
    readonly omissions: readonly { readonly reason: string }[];
    readonly files: readonly { readonly path: string }[];
  };
  expect(missing).toEqual([{ path: LOST, dataset: 'message-attachments' }]);
  expect(omissions.filter(({ reason }) => reason === 'MISSING')).toEqual([
    {
      dataset: 'message-attachments',
      item: null,
      reason: 'MISSING',
      detail: 'the stored file is lost',
      fields: ['file'],
      count: 1,
    },
  ]);
  expect(files.map(({ path }) => path).filter((path) => path.startsWith('files/'))).toEqual([
    'files/message-attachments/ann-000001.jpg',
    'files/message-attachments/ann-000003.jpg',
  ]);
  const [path = ''] = paths;
  const entries = await readZip(await readFile(path));
  expect(entries.has(LOST)).toBe(false);
  expect(entries.get('README.txt')?.toString()).toContain(
    '1 file that should be here is lost: see "missing" in manifest.json',
  );
  // The page says it in the reader's language, from its own messages.
  const page = entries.get('index.html')?.toString() ?? '';
  expect(page).toContain('"reason":"MISSING","detail":null,"fields":["file"],"count":1');
  expect(page).toContain('The stored file is lost');
  expect((await verifyBundle(path)).faults).toEqual([]);
});

test('Z-12: nobody is told of lost files who lost none', async () => {
  const { paths, manifest } = await exportTo(listing, { ...REQUEST, subjectId: 'bob' });
  expect(manifest).toMatchObject({ missing: [] });
  const readme = (await readZip(await readFile(paths[0] ?? ''))).get('README.txt')?.toString() ?? '';
  expect(readme).not.toContain('lost');
  for (const name of ['index.html', 'viewer/', 'files/', '.part1.zip', 'Store it where nobody else can read it'])
    expect(readme).toContain(name);
});

test('Z-12: a stored file whose bytes are others than its row was made with fails the bundle either way', async () => {
  const [key = ''] = await addFiles(at, 'cp', 'eve', [100]);
  const { writeFile } = await import('node:fs/promises');
  await writeFile(join(at.folder, 'blobs', key), Buffer.alloc(100));
  await expect(exportTo(listing, { ...REQUEST, subjectId: 'eve' })).rejects.toMatchObject({
    code: 'BUNDLE_FAILED',
    message: expect.stringContaining('its SHA-256 differs') as string,
  });
});
