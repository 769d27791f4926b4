import { pipeline, Readable, Transform } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BlobStore } from '../../src/store/blobs.ts';
import { isWell } from '../bundle/breakdowns.ts';
import { stopTime } from '../support/virtual-time.ts';
import { everyTime, openSmallExport, type SmallExport } from './small-export.ts';

let small: SmallExport;
beforeAll(async () => {
  small = await openSmallExport();
});
afterAll(() => small[Symbol.asyncDispose]());

/** The stored files, of which `act` may replace the stream each time one is opened. */
function blobsWith(act: (source: Readable) => Readable): BlobStore {
  const { blobs } = small.at.sources;
  return { ...blobs, open: async (key) => act(await blobs.open(key)) };
}

describe('Z-09: a stored file', () => {
  test.each([
    ['that cannot be opened', 'open'],
    ['that fails at its nth chunk', 'chunk'],
    ['that fails after its last byte', 'end'],
  ] as const)('%s fails the bundle soon, for every n', async (_, what) => {
    const times = await everyTime(50, async (time) => {
      const broken = Promise.withResolvers<void>();
      let count = 0;
      const failure = (): Error | null => {
        count += 1;
        if (count !== time) return null;
        broken.resolve();
        return Object.assign(new Error('EIO: i/o error'), { code: 'EIO' });
      };
      const blobs = blobsWith((source) => {
        const error = what === 'open' ? failure() : null;
        if (error !== null) {
          source.destroy();
          throw error;
        }
        const faulty = new Transform({
          transform: (chunk, _encoding, callback) => callback(what === 'chunk' ? failure() : null, chunk),
          flush: (callback) => callback(what === 'end' ? failure() : null),
        });
        return pipeline(source, faulty, () => {});
      });
      const error = await small.failure({ sources: { blobs }, broken: broken.promise });
      if (count < time) return 'NOT_REACHED';
      expect(error).toMatchObject({ code: 'BUNDLE_FAILED', message: expect.stringContaining('EIO') as string });
      return 'FAILED';
    });
    expect(times).toBeGreaterThanOrEqual(2);
    await isWell(small.at);
  });
});

describe('U-29: a stored file that never ends', () => {
  test('is given up half a minute after its last byte, and the bundle with it', async () => {
    const silent = Promise.withResolvers<void>();
    let isBegun = false;
    const endless = (): Readable => {
      let reads = 0;
      return new Readable({
        read() {
          reads += 1;
          if (reads > 1) silent.resolve();
          else this.push('the beginning');
        },
      });
    };
    // Before the first row, stored files may be looked at for the room that they take.
    const blobs = blobsWith((source) => (isBegun ? endless().once('close', () => source.destroy()) : source));
    const options = { onProgress: () => void (isBegun = true) };
    using time = stopTime();
    const failing = small.failure({ sources: { blobs }, options });
    await silent.promise;
    // What is left to do then takes real time, in which the virtual one goes on.
    expect(await time.passUntil(failing)).toBeGreaterThanOrEqual(30);
    expect(await failing).toMatchObject({
      code: 'BUNDLE_FAILED',
      message: expect.stringMatching(/legal-documents.*said nothing/) as string,
    });
    time[Symbol.dispose]();
    await isWell(small.at);
  });
});
