import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isWell } from '../bundle/breakdowns.ts';
import { FORMATS } from '../bundle/exporter.ts';
import { openBreakablePool } from './broken-pool.ts';
import { everyTime, openSmallExport, type SmallExport } from './small-export.ts';

let small: SmallExport;
beforeAll(async () => {
  small = await openSmallExport();
});
afterAll(() => small[Symbol.asyncDispose]());

describe.each(FORMATS)('Z-09: the database', (format) => {
  test.each([
    ['as the nth statement is sent', 'QUERY', 10],
    ['after the nth packet of what it says', 'DATA', 15],
  ] as const)(`of a ${format} that breaks off %s fails it soon, by its code, for every n`, async (_, kind, atLeast) => {
    const times = await everyTime(400, async (time) => {
      const broken = Promise.withResolvers<void>();
      let count = 0;
      const pool = openBreakablePool(small.url, (what, breakOff) => {
        if (what !== kind) return;
        count += 1;
        if (count !== time) return;
        breakOff();
        broken.resolve();
      });
      try {
        const error = await small.failure({ format, sources: { pool }, broken: broken.promise });
        if (count < time) {
          expect(error).toBeNull();
          return 'NOT_REACHED';
        }
        // The last word of all is that a lock was given back: by then the bundle is there.
        if (error !== null) expect(error.code).toBe('DATABASE_FAILED');
        expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
        return 'FAILED';
      } finally {
        await pool.end();
      }
    });
    expect(times).toBeGreaterThan(atLeast);
    await isWell(small.at);
  });
});
