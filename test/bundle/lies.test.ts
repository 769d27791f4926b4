import { mkdtemp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exportBundle } from '../../src/bundle/export-file.ts';
import { isWell } from './breakdowns.ts';
import { addPerson, FORMATS, openExporter, owned, type Exporter } from './exporter.ts';
import { lyingPool } from './lying-pool.ts';

/** More than are read at once. */
const CALLS = 1200;
let at: Exporter;

beforeAll(async () => {
  at = await openExporter();
  for (const id of ['ann', 'bob']) {
    await addPerson(at.prisma, 'cr', id, { firstName: id });
    await at.prisma.callRecord.createMany({
      data: Array.from({ length: CALLS }, (_, index) => ({
        ...owned('cr', id, `${id}-${String(index).padStart(4, '0')}`),
        calledNumber: '+33612345678',
        startedAt: new Date(Date.UTC(2026, 0, 1, 0, index)),
      })),
    });
    for (const index of [1, 2, 3]) {
      const { key, bytes, sha256 } = await at.sources.blobs.put('cr', Readable.from([Buffer.from(`${id} ${index}`)]));
      const stored = { blobKey: key, bytes, sha256, fileName: 'a.pdf', contentType: 'application/pdf' };
      const document = { kind: 'OTHER', submittedAt: new Date('2026-01-01T00:00:00Z') } as const;
      await at.prisma.legalDocument.create({
        data: { ...owned('cr', id, `${id}-doc-${index}`), ...document, ...stored },
      });
    }
  }
});

afterAll(() => at[Symbol.asyncDispose]());

/** Exports Ann while the server is asked something else than this; says how that failed, and that nothing is left. */
async function failureWith(format: 'ZIP' | 'JSON', asked: string | RegExp, instead: string): Promise<unknown> {
  const pool = lyingPool(at.pool, asked, instead);
  const request = { tenantId: 'cr', subjectId: 'ann', scope: 'ACCESS', format } as const;
  const folder = await mkdtemp(join(at.folder, 'out-'));
  try {
    const error = await exportBundle({ ...at.sources, pool }, request, join(folder, 'ann.zip')).catch(
      (failure: unknown) => failure,
    );
    expect(await readdir(folder)).toEqual([]);
    await isWell(at);
    return error;
  } finally {
    await pool.end();
  }
}

const COPY_CALLS = /(COPY \(SELECT "t"\."subject_id", "t"\."id".*FROM "call_record" t WHERE )/s;

describe.each(FORMATS)('rows that flow into a %s', (format) => {
  test.each([
    ['one is missing', `$1 "t"."id" <> 'ann-0700' AND `],
    ['the last one is missing', `$1 "t"."id" <> 'ann-1199' AND `],
    ['all are missing', `$1 false AND `],
  ])('fail it by their dataset and both counts where %s against the count', async (_, instead) => {
    expect(await failureWith(format, COPY_CALLS, instead)).toMatchObject({
      code: 'BUNDLE_FAILED',
      message: expect.stringMatching(/^call-records: 1200 rows were counted and (?:1199|0) came/) as string,
    });
  });

  test('fail it where those of others come along', async () => {
    expect(await failureWith(format, COPY_CALLS, '$1 true OR ')).toMatchObject({ code: 'FOREIGN_ROW' });
  });

  test.each([
    ['whose owner is another', `COPY (SELECT 'bob', "t"."id"`],
    ['that the witness knows as another’s', `COPY (SELECT "t"."subject_id", replace("t"."id", 'ann-0700', 'bob-0700')`],
  ])('fail it where one comes %s', async (_, instead) => {
    const asked = `COPY (SELECT "t"."subject_id", "t"."id"`;
    expect(await failureWith(format, asked, instead)).toMatchObject({ code: 'FOREIGN_ROW' });
  });
});

describe('the stored files of an archive', () => {
  const NAMED = /(SELECT t\.id, t\.blob_key AS key.*FROM "legal_document" t\s+WHERE )/s;

  test('fail it where fewer are named than were counted', async () => {
    expect(await failureWith('ZIP', NAMED, `$1 t.id <> 'ann-doc-2' AND `)).toMatchObject({
      code: 'BUNDLE_FAILED',
      message: expect.stringContaining('legal-documents: 3 rows with a file were counted and 2 came') as string,
    });
  });

  test('fail it where one is another’s', async () => {
    const asked = 'SELECT t.id, t.blob_key AS key';
    const instead = `SELECT replace(t.id, 'ann-doc-2', 'bob-doc-2') AS id, t.blob_key AS key`;
    expect(await failureWith('ZIP', asked, instead)).toMatchObject({ code: 'FOREIGN_ROW' });
  });
});
