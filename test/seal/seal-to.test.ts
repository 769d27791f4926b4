import { Writable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sealTo } from '../../src/bundle/seal/seal-to.ts';
import { unseal } from '../../src/bundle/seal/unseal.ts';
import { newPair, openMemory, outcomeOf, pieces, seal, slowPieces, uneven, untilStill } from './streams.ts';

const CHUNK = 64 * 1024;
const MIB = 1024 * 1024;
const { sealing, key } = await newPair();

const aroundEdges = fc.oneof(
  fc.tuple(fc.nat(3), fc.integer({ min: -2, max: 2 })).map(([chunks, beside]) => Math.max(0, chunks * CHUNK + beside)),
  fc.nat(4 * CHUNK),
);

test('what is sealed comes out the same, at every edge of a chunk and in pieces of every size', async () => {
  await fc.assert(
    fc.asyncProperty(aroundEdges, fc.integer({ min: 100, max: 3 * CHUNK }), async (length, size) => {
      const plain = uneven(length);
      const sealed = await seal(plain, sealing, size);
      const { bytes, error } = await outcomeOf(unseal(slowPieces(sealed, size), key));
      expect(error).toBeNull();
      expect(bytes.equals(plain)).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test('the same content is never sealed to the same bytes', async () => {
  const [one, two] = [await seal(uneven(100), sealing), await seal(uneven(100), sealing)];
  expect(one.equals(two)).toBe(false);
});

test('one seal serves several files', async () => {
  const both = [openMemory(), openMemory()];
  const sealed = sealTo(sealing);
  await Promise.all(both.map(({ destination }) => pipeline(pieces(uneven(CHUNK), 1000), sealed(destination))));
  for (const { bytes } of both)
    expect((await outcomeOf(unseal(slowPieces(bytes(), CHUNK), key))).bytes.equals(uneven(CHUNK))).toBe(true);
});

test('a destination that takes nothing stops the source: little is held, whatever is to come', async () => {
  const plain = Buffer.alloc(64 * MIB);
  let taken = 0;
  function* source(): Generator<Buffer> {
    for (const piece of pieces(plain, CHUNK)) {
      taken += piece.length;
      yield piece;
    }
  }
  const gate = Promise.withResolvers<void>();
  let sealedBytes = 0;
  const slow = new Writable({
    write(chunk: Buffer, _encoding, callback) {
      sealedBytes += chunk.length;
      gate.promise.then(() => callback(), callback);
    },
  });
  const flowing = pipeline(source(), sealTo(sealing)(slow));
  await untilStill(() => taken);
  expect(taken).toBeLessThan(MIB);
  gate.resolve();
  await flowing;
  expect(taken).toBe(plain.length);
  expect(sealedBytes).toBeGreaterThan(plain.length);
});

test('a reader that takes nothing stops the reading of a sealed file', async () => {
  const sealed = await seal(Buffer.alloc(16 * MIB), sealing);
  let taken = 0;
  async function* source(): AsyncGenerator<Buffer> {
    for (const piece of pieces(sealed, CHUNK)) {
      taken += piece.length;
      yield piece;
    }
  }
  const plain = unseal(source(), key);
  await new Promise((resolve) => plain.once('readable', resolve));
  await untilStill(() => taken);
  expect(taken).toBeLessThan(2 * MIB);
  plain.destroy();
});

test('a reader that goes away lets go of the source', async () => {
  const sealed = await seal(uneven(4 * CHUNK), sealing);
  const gone = Promise.withResolvers<void>();
  async function* source(): AsyncGenerator<Buffer> {
    try {
      yield* pieces(sealed, 1000);
    } finally {
      gone.resolve();
    }
  }
  for await (const chunk of unseal(source(), key)) {
    expect((chunk as Buffer).length).toBeGreaterThan(0);
    break;
  }
  await gone.promise;
});

test('it has finished only when its destination has', async () => {
  const closing = Promise.withResolvers<void>();
  const destination = new Writable({
    write: (_chunk, _encoding, callback) => callback(),
    final: (callback) => void closing.promise.then(() => callback(), callback),
  });
  const entry = sealTo(sealing)(destination);
  let done = false;
  const finish = finished(entry.end('all of it')).then(() => (done = true));
  await expect.poll(() => destination.writableEnded).toBe(true);
  expect([destination.writableEnded, done]).toEqual([true, false]);
  closing.resolve();
  await finish;
});

test.each([0, 1, 100_000, 400_000])(
  'a destination that breaks after %d bytes breaks the pipeline and lets go of the source',
  async (after) => {
    const full = Object.assign(new Error('no room'), { code: 'ENOSPC' });
    let written = 0;
    const destination = new Writable({
      write(chunk: Buffer, _encoding, callback) {
        written += chunk.length;
        callback(written > after ? full : null);
      },
    });
    let letGo = false;
    async function* source(): AsyncGenerator<Buffer> {
      try {
        yield* pieces(uneven(16 * CHUNK), 5000);
      } finally {
        letGo = true;
      }
    }
    await expect(pipeline(source(), sealTo(sealing)(destination))).rejects.toBe(full);
    expect([destination.destroyed, letGo]).toEqual([true, true]);
  },
);

test('a destination that cannot be ended breaks the pipeline', async () => {
  const broken = new Error('the upload was refused');
  const destination = new Writable({
    write: (_chunk, _encoding, callback) => callback(),
    final: (callback) => callback(broken),
  });
  await expect(pipeline(pieces(uneven(1000), 100), sealTo(sealing)(destination))).rejects.toBe(broken);
});

test('a destination that breaks before anybody writes is no uncaught error', async () => {
  const { destination } = openMemory();
  const entry = sealTo(sealing)(destination);
  destination.destroy(new Error('no room'));
  await expect.poll(() => entry.closed).toBe(true);
  expect(entry.errored).toMatchObject({ message: 'no room' });
});

test('a destination that was destroyed before anything came breaks the pipeline', async () => {
  const { destination } = openMemory();
  const entry = sealTo(sealing)(destination);
  destination.destroy();
  await expect(pipeline(pieces(uneven(1000), 100), entry)).rejects.toThrow();
});

test.each([0, 1000, CHUNK, 3 * CHUNK])(
  'a source that breaks after %d bytes breaks the destination, and what is there does not open',
  async (after) => {
    const broken = new Error('the connection was lost');
    const kept: Buffer[] = [];
    const destination = new Writable({
      write(chunk: Buffer, _encoding, callback) {
        kept.push(chunk);
        callback();
      },
    });
    async function* source(): AsyncGenerator<Buffer> {
      yield* pieces(uneven(after), 1000);
      await setImmediate();
      throw broken;
    }
    const closed = finished(destination);
    await expect(pipeline(source, sealTo(sealing)(destination))).rejects.toBe(broken);
    await expect(closed).rejects.toBe(broken);
    expect((await outcomeOf(unseal(slowPieces(Buffer.concat(kept), CHUNK), key))).error).toMatchObject({
      code: 'BAD_INPUT',
    });
  },
);

test('a sealed file that was given up does not open as a shorter one', async () => {
  const memory = openMemory();
  const entry = sealTo(sealing)(memory.destination);
  entry.write(uneven(3 * CHUNK));
  await expect.poll(() => memory.bytes().length).toBeGreaterThan(CHUNK);
  const closed = finished(memory.destination).catch((error: Error) => error);
  entry.destroy();
  expect(await closed).toMatchObject({ code: 'CANCELLED' });
  expect(memory.bytes().length).toBeGreaterThan(CHUNK);
  const { error } = await outcomeOf(unseal(slowPieces(memory.bytes(), CHUNK), key));
  expect(error).toMatchObject({ code: 'BAD_INPUT' });
});
