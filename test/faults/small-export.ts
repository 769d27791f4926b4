import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect } from 'vitest';
import type pg from 'pg';
import type { BundleSources } from '../../src/bundle/build.ts';
import { exportBundle, type ExportOptions } from '../../src/bundle/export-file.ts';
import { isCarryallError, type CarryallError } from '../../src/errors.ts';
import { addPerson, openExporter, owned, type Exporter } from '../bundle/exporter.ts';
import { openTemporaryFolder } from '../support/temporary-folder.ts';

type Format = 'ZIP' | 'JSON';

/** What one export is to meet. */
export interface Circumstances {
  readonly format?: Format;
  readonly sources?: Partial<BundleSources>;
  readonly options?: ExportOptions;
  /** When the fault happened, if it is known; from then on there are two seconds. */
  readonly broken?: Promise<unknown>;
}

/** A person whose bundle is small and has a bit of everything: rows, rows enough for scratch files, stored files. */
export interface SmallExport extends AsyncDisposable {
  readonly at: Exporter;
  readonly url: string;
  export(given?: Circumstances): Promise<void>;
  /** Exports, and says how that failed: with a code, a reason, and nothing left anywhere; null when it did not. */
  failure(given?: Circumstances): Promise<CarryallError | null>;
  /** All files of scratch and output. */
  everything(): Promise<readonly string[]>;
}

/** A fault is told by then: before a silent source is given up, and however slow the machine. */
const SOON_MS = 20_000;

export async function openSmallExport(calls = 30): Promise<SmallExport> {
  await using parts = new AsyncDisposableStack();
  const at = parts.use(await openExporter());
  const out = parts.use(openTemporaryFolder()).path;
  await addPerson(at.prisma, 'cr', 'ann', { firstName: 'Ann' });
  for (const name of ['one', 'two']) {
    const content = Buffer.from(name.repeat(40_000));
    const { key, bytes, sha256 } = await at.sources.blobs.put('cr', Readable.from([content]));
    await at.prisma.legalDocument.create({
      data: {
        ...owned('cr', 'ann', name),
        kind: 'OTHER',
        contentType: 'text/plain',
        submittedAt: new Date('2026-01-01T00:00:00Z'),
        fileName: `${name}.txt`,
        bytes,
        sha256,
        blobKey: key,
      },
    });
  }
  await at.prisma.callRecord.createMany({
    data: Array.from({ length: calls }, (_, index) => ({
      ...owned('cr', 'ann', `call-${index}`),
      calledNumber: `+336${String((index * 48271) % 99_999_989).padStart(8, '0')}`,
      startedAt: new Date(Date.UTC(2026, 0, 1) + index * 3_600_000),
    })),
  });
  const path = join(out, 'bundle');
  const everything = async (): Promise<readonly string[]> => {
    const folders = await Promise.all(
      [out, at.sources.workFolder].map((folder) =>
        readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []),
      ),
    );
    return folders.flat().flatMap((entry) => (entry.isFile() ? [entry.name] : []));
  };
  let made = 0;
  const slowest = { ms: 0, of: 0 };
  parts.defer(() => {
    if (slowest.of > 0)
      console.log(`of ${slowest.of} faults the slowest was told after ${(slowest.ms / 1000).toFixed(2)} s`);
  });
  const readyRows = async (): Promise<number> => {
    const { rows } = await at.pool.query(`SELECT 1 FROM portability_bundle WHERE status = 'READY'`);
    return rows.length;
  };
  const exportOne: SmallExport['export'] = async ({ format = 'ZIP', sources, options } = {}) => {
    const request = { tenantId: 'cr', subjectId: 'ann', scope: 'ACCESS', format } as const;
    await exportBundle({ ...at.sources, ...sources }, request, path, options);
  };
  const failure: SmallExport['failure'] = async (given = {}) => {
    const exporting = exportOne(given).then(
      () => null,
      (error: unknown) => error,
    );
    let brokenAt: number | null = null;
    const late = (given.broken ?? new Promise(() => {})).then(() => {
      brokenAt = performance.now();
      return new Promise<Error>((resolve) => setTimeout(resolve, SOON_MS, new Error('still running')).unref());
    });
    const error = await Promise.race([exporting, late]);
    if (error !== null && brokenAt !== null) {
      slowest.of += 1;
      slowest.ms = Math.max(slowest.ms, performance.now() - brokenAt);
    }
    if (error === null) {
      made += 1;
      expect(await everything()).toEqual(['bundle']);
      await rm(path);
      return null;
    }
    if (!isCarryallError(error)) throw error as Error;
    expect(error.message).not.toBe('');
    expect(await everything()).toEqual([]);
    // Whether a line that broke has noted anything, nobody knows.
    if (error.code !== 'DATABASE_FAILED') expect(await readyRows()).toBe(made);
    return error;
  };
  const later = parts.move();
  const url = (at.pool.options as pg.PoolConfig).connectionString ?? '';
  return { at, url, export: exportOne, failure, everything, [Symbol.asyncDispose]: () => later.disposeAsync() };
}

/** Lets the first, the second, … time be the one that fails, until none was left to fail. Returns how many there were. */
export async function everyTime(
  most: number,
  run: (time: number) => Promise<'FAILED' | 'NOT_REACHED'>,
): Promise<number> {
  for (let time = 1; time <= most; time += 1) if ((await run(time)) === 'NOT_REACHED') return time - 1;
  throw new Error(`more than ${most} times`);
}
