import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildFew } from '../../src/bundle/build-few.ts';
import { exportBundle } from '../../src/bundle/export-file.ts';
import { verifyBundle } from '../../src/bundle/verify.ts';
import { datasets, sqlName } from '../../src/catalogue/look-up.ts';
import { addPerson, openExporter, owned, SCOPES, TENANT_IDS, type Exporter, type TenantId } from './exporter.ts';
import { lyingPool } from './lying-pool.ts';
import { seedEveryDataset } from './seed.ts';
import { unpack, type Unpacked } from './unpack.ts';

let at: Exporter;

const PEOPLE = [
  ['ann', '+31612345678'],
  ['bob', '+31687654321'],
] as const;

beforeAll(async () => {
  at = await openExporter();
  for (const tenantId of TENANT_IDS) {
    for (const [subjectId, phone] of PEOPLE)
      await seedEveryDataset(at.prisma, {
        tenantId,
        subjectId,
        prefix: subjectId,
        phone,
        blobs: at.sources.blobs,
        fill: () => undefined,
      });
  }
  for (const subjectId of ['one', 'two']) await addPerson(at.prisma, 'cr', subjectId);
  // Rows with files are not read at once.
  const filed = datasets.filter(({ fields }) =>
    Object.values(fields).some((entry) => entry.kind === 'personal' && entry.format === 'blob'),
  );
  await at.pool.query(`TRUNCATE ${filed.map(({ model }) => sqlName(model)).join(', ')} CASCADE`);
});

afterAll(() => at[Symbol.asyncDispose]());

/** All files, the number of the database's transaction apart. */
function contents({ entries, manifest }: Unpacked): readonly (readonly [string, string])[] {
  return [...entries].map(([path, bytes]) => [
    path,
    bytes.toString('latin1').replaceAll(manifest.snapshot.id, 'SNAPSHOT'),
  ]);
}

describe('few rows that are read at once', () => {
  test.each(TENANT_IDS.flatMap((tenantId) => SCOPES.map((scope) => [tenantId, scope] as const)))(
    'of %s make the files of %s that they make where they flow',
    async (tenantId, scope) => {
      const built = await buildFew(at.sources, { tenantId, subjectId: 'ann', scope, format: 'ZIP' }, {});
      const bytes = Buffer.concat(built?.chunks ?? []);
      const flowed = await at.export(tenantId, 'ann', scope);
      const found = await unpack(bytes, 'ZIP');
      expect(contents(found)).toEqual(contents(flowed));
      if (found.manifest.snapshot.id === flowed.manifest.snapshot.id) expect(bytes.equals(flowed.bytes)).toBe(true);
    },
  );

  test.each([
    ['one that the witness knows as another’s', `"t"."subject_id", 'acc_two'`],
    ['one whose owner is another', `'bob', "t"."id"`],
  ])('fail the build with %s among them, and leave nothing', async (_, instead) => {
    const pool = lyingPool(at.pool, `"t"."subject_id", "t"."id"`, instead);
    try {
      const exporting = exportBundle({ ...at.sources, pool }, requestOf('cr', 'one'), join(at.folder, 'foreign.zip'));
      await expect(exporting).rejects.toMatchObject({ code: 'FOREIGN_ROW' });
    } finally {
      await pool.end();
    }
    expect(await filesBelow(at.folder)).not.toContainEqual(expect.stringContaining('foreign'));
    expect(await filesBelow(at.sources.workFolder)).toEqual([]);
  });

  test('fail the build where one is missing against the count', async () => {
    const pool = lyingPool(
      at.pool,
      /(SELECT "t"\."subject_id", "t"\."id".*FROM "call_record" t WHERE )/s,
      '$1 false AND ',
    );
    try {
      const building = buildFew({ ...at.sources, pool }, requestOf('cp', 'ann'), {});
      await expect(building).rejects.toMatchObject({ code: 'BUNDLE_FAILED' });
    } finally {
      await pool.end();
    }
  });
});

describe('rows that are not few flow', () => {
  test.each<[string, (subjectId: string) => Promise<unknown>]>([
    ['where there are many', (subjectId) => addCalls(subjectId, 1001, 'short')],
    ['where some are large', (subjectId) => addCalls(subjectId, 1, 'x'.repeat(300_000))],
    ['where a file belongs to one', (subjectId) => addDocument(subjectId)],
  ])('%s', async (how, add) => {
    const subjectId = how.replaceAll(' ', '-');
    await addPerson(at.prisma, 'cr', subjectId);
    expect(await buildFew(at.sources, requestOf('cr', subjectId), {})).not.toBeNull();
    await add(subjectId);
    expect(await buildFew(at.sources, requestOf('cr', subjectId), {})).toBeNull();
    const path = join(at.folder, `${subjectId}.zip`);
    await exportBundle(at.sources, requestOf('cr', subjectId), path);
    expect((await verifyBundle(path)).faults.filter(({ path: of }) => of !== 'manifest.jws')).toEqual([]);
  });
});

function requestOf(tenantId: TenantId, subjectId: string) {
  return { tenantId, subjectId, scope: 'ACCESS', format: 'ZIP' } as const;
}

async function addCalls(subjectId: string, count: number, said: string): Promise<void> {
  await at.prisma.callRecord.createMany({
    data: Array.from({ length: count }, (_, index) => ({
      ...owned('cr', subjectId, `${subjectId}-${index}`),
      calledNumber: '+33612345678',
      startedAt: new Date('2026-11-01T00:00:00Z'),
      realtimeSessionId: said,
    })),
  });
}

async function addDocument(subjectId: string): Promise<void> {
  const { key, ...stored } = await at.sources.blobs.put('cr', Readable.from([Buffer.from('one')]));
  await at.prisma.legalDocument.create({
    data: {
      ...owned('cr', subjectId, `doc-${subjectId}`),
      kind: 'OTHER',
      contentType: 'application/pdf',
      submittedAt: new Date('2026-01-01T00:00:00Z'),
      fileName: 'one.pdf',
      blobKey: key,
      ...stored,
    },
  });
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return found.flatMap((entry) => (entry.isFile() ? [entry.name] : []));
}
