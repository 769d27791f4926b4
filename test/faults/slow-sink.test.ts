import { createHash } from 'node:crypto';
import { Readable, Writable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildBundle } from '../../src/bundle/build.ts';
import type { BlobStore } from '../../src/store/blobs.ts';
import { stopTime } from '../support/virtual-time.ts';
import { isWell } from '../bundle/breakdowns.ts';
import { addPerson, openExporter, owned, type Exporter } from '../bundle/exporter.ts';

const MEGABYTE = 1024 * 1024;
const FILE_BYTES = 48 * MEGABYTE;

let at: Exporter;
beforeAll(async () => {
  at = await openExporter();
  await addPerson(at.prisma, 'cr', 'ann', { firstName: 'Ann' });
  await at.prisma.legalDocument.create({
    data: {
      ...owned('cr', 'ann', 'large'),
      kind: 'OTHER',
      fileName: 'large.bin',
      contentType: 'application/octet-stream',
      bytes: FILE_BYTES,
      sha256: createHash('sha256')
        .update(Buffer.concat([...pages()]))
        .digest('hex'),
      blobKey: `cr/${'0'.repeat(64)}`,
      submittedAt: new Date('2026-01-01T00:00:00Z'),
    },
  });
});
afterAll(() => at[Symbol.asyncDispose]());

/** Pages that do not compress: what goes in must come out. */
function* pages(): Generator<Buffer> {
  const page = createHash('shake256', { outputLength: MEGABYTE }).update('page').digest();
  for (let done = 0; done < FILE_BYTES; done += page.length) yield page;
}

const REQUEST = { tenantId: 'cr', subjectId: 'ann', scope: 'ACCESS', format: 'ZIP' } as const;

test('Z-14: a large stored file goes no faster than a slow destination takes it, in little memory', async () => {
  let handedOut = 0;
  const counted = function* (): Generator<Buffer> {
    for (const page of pages()) {
      handedOut += page.length;
      yield page;
    }
  };
  const blobs: BlobStore = {
    ...at.sources.blobs,
    size: async () => FILE_BYTES,
    open: async () => Readable.from(counted(), { objectMode: false }),
  };
  const before = process.memoryUsage().rss;
  let taken = 0;
  const most = { ahead: 0, rss: 0 };
  const slow = new Writable({
    highWaterMark: 16 * 1024,
    write(chunk: Buffer, _encoding, callback) {
      taken += chunk.length;
      most.ahead = Math.max(most.ahead, handedOut - taken);
      most.rss = Math.max(most.rss, process.memoryUsage().rss - before);
      // Long enough for whatever is not held back to come.
      void (async () => {
        for (let turns = 0; turns < 20; turns += 1) await turn();
        callback();
      })();
    },
  });
  await buildBundle({ ...at.sources, blobs }, REQUEST, slow);
  expect(taken).toBeGreaterThan(FILE_BYTES);
  expect(most.ahead / MEGABYTE).toBeLessThan(8);
  expect(most.rss / MEGABYTE).toBeLessThan(150);
});

test('U-34: a destination that takes nothing more does not keep the snapshot for longer than an hour', async () => {
  const stuck = Promise.withResolvers<void>();
  const destination = new Writable({ highWaterMark: 1, write: () => stuck.resolve() });
  using time = stopTime();
  const building = buildBundle(at.sources, { ...REQUEST, format: 'JSON' }, destination);
  building.catch(() => {});
  await stuck.promise;
  expect(await time.passUntil(building, 60)).toBeGreaterThanOrEqual(3600);
  await expect(building).rejects.toMatchObject({
    code: 'DATABASE_FAILED',
    message: expect.stringContaining('held for 60 min') as string,
  });
  time[Symbol.dispose]();
  await isWell(at);
});
