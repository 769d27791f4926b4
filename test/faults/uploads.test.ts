import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { storeBundle } from '../../src/bundle/store-bundle.ts';
import { verifyBundle } from '../../src/bundle/verify.ts';
import { isCarryallError } from '../../src/errors.ts';
import { newId } from '../../src/ids.ts';
import { isWell } from '../bundle/breakdowns.ts';
import { FORMATS } from '../bundle/exporter.ts';
import { openS3Place } from '../storage/places.ts';
import type { Trouble } from '../storage/s3/server.ts';
import { everyTime, openSmallExport, type SmallExport } from './small-export.ts';

let small: SmallExport;
beforeAll(async () => {
  small = await openSmallExport();
});
afterAll(() => small[Symbol.asyncDispose]());

/** So small that there are several, and many calls to fail. */
const PART = 16_384;
const REQUEST = { tenantId: 'cr', subjectId: 'ann', scope: 'ACCESS' } as const;
const soon = (): Date => new Date(Date.now() + 60_000);

const FAULTS: readonly (readonly [name: string, trouble: Trouble, lasting: boolean])[] = [
  ['is refused', { kind: 'STATUS', status: 403, code: 'AccessDenied' }, false],
  ['and all that follow are refused', { kind: 'STATUS', status: 403, code: 'AccessDenied' }, true],
  ['and all that follow break off', { kind: 'DROP', done: false }, true],
  ['and all that follow are done and not answered', { kind: 'DROP', done: true }, true],
];

describe.each(FORMATS)('U-21: a %s on its way to S3, of which the nth call', (format) => {
  test.each(FAULTS)('%s, is there whole or not at all, for every n', async (_, trouble, lasting) => {
    let failed = 0;
    const times = await everyTime(60, async (time) => {
      await using place = await openS3Place({}, PART);
      const { server, storage } = place;
      let isReached = false;
      server.trouble = ({ number }) => {
        if (number < time || (number > time && !lasting)) return null;
        isReached = true;
        return trouble;
      };
      const before = await noted();
      const name = { id: newId('bundle'), attempt: 'attempt_1' };
      const outcome = await storeBundle(small.at.sources, storage, { ...REQUEST, format }, { name }).catch(
        (error: unknown) => error,
      );
      server.trouble = () => null;
      expect(await small.everything()).toEqual([]);
      if (outcome instanceof Error) {
        failed += 1;
        if (!isCarryallError(outcome)) throw outcome;
        expect(['OUTPUT_FAILED', 'BUNDLE_FAILED']).toContain(outcome.code);
        expect(outcome.message).not.toBe('');
        // A bundle of which the store knows nothing is handed to nobody, and what S3 was never told to let go of is swept.
        expect(await noted()).toBe(before);
        await storage.sweep(soon());
        await storage.remove(`cr/${name.id}/${name.attempt}.${format.toLowerCase()}`);
        expect(await place.everything()).toEqual([]);
      } else {
        expect(await noted()).toBe(before + 1);
        const path = join(small.at.folder, 'stored');
        await writeFile(path, await buffer(await storage.read((outcome as { readonly key: string }).key)));
        expect((await verifyBundle(path)).faults).toEqual([]);
        expect(server.bucket.uploads.size).toBe(0);
      }
      return isReached ? 'FAILED' : 'NOT_REACHED';
    });
    expect(times).toBeGreaterThan(5);
    expect(failed).toBeGreaterThan(4);
    await isWell(small.at);
  });
});

async function noted(): Promise<number> {
  const { rows } = await small.at.pool.query<{ count: string }>('SELECT count(*) FROM portability_bundle');
  return Number(rows[0]?.count);
}
