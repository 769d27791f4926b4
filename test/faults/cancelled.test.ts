import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isWell } from '../bundle/breakdowns.ts';
import { FORMATS } from '../bundle/exporter.ts';
import { watchFileCalls } from '../support/file-calls.ts';
import { openBreakablePool } from './broken-pool.ts';
import { openSmallExport, type SmallExport } from './small-export.ts';

let small: SmallExport;
beforeAll(async () => {
  small = await openSmallExport(1500);
});
afterAll(() => small[Symbol.asyncDispose]());

const POINTS = 10;

describe.each(FORMATS)('Z-13: an export of a %s', (format) => {
  test(`that is cancelled at ${POINTS} random points says so soon and leaves nothing`, async () => {
    const points = await cancelAt(format, Infinity);
    expect(points.passed).toBeGreaterThan(POINTS);
    for (let round = 0; round < POINTS; round += 1) {
      const half = Math.floor(points.passed / 2);
      const early = 1 + randomInt(half);
      const { code } = await cancelAt(format, early);
      expect({ early, of: points.passed, code }).toEqual({ early, of: points.passed, code: 'CANCELLED' });
      // Later it may be too late: what is noted and gets its name is done, and whole.
      const late = half + randomInt(half);
      expect(['CANCELLED', null], `${late} of ${points.passed}`).toContain((await cancelAt(format, late)).code);
    }
    await isWell(small.at);
  });
});

/** Cancels an export at the `point`-th time that it calls the file system or hears from the database. */
async function cancelAt(
  format: 'ZIP' | 'JSON',
  point: number,
): Promise<{ readonly passed: number; readonly code: string | null }> {
  const stop = new AbortController();
  const broken = Promise.withResolvers<void>();
  let passed = 0;
  const pass = (): void => {
    passed += 1;
    if (passed !== point) return;
    stop.abort();
    broken.resolve();
  };
  const pool = openBreakablePool(small.url, pass);
  const watching = await watchFileCalls(pass);
  try {
    const options = { signal: stop.signal };
    const error = await small.failure({ format, sources: { pool }, options, broken: broken.promise });
    return { passed, code: error?.code ?? null };
  } finally {
    watching[Symbol.dispose]();
    await pool.end();
  }
}
