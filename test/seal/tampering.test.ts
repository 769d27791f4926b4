import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isSealed } from '../../src/bundle/seal/seal-mark.ts';
import { unseal } from '../../src/bundle/seal/unseal.ts';
import { newPair, outcomeOf, seal, slowPieces, uneven } from './streams.ts';

const CHUNK = 64 * 1024;
const SEALED_CHUNK = CHUNK + 16;
const { sealing, key } = await newPair();
const plain = uneven(2 * CHUNK + 5000);
const sealed = await seal(plain, sealing);
const headerBytes = sealed.indexOf('\n', sealed.indexOf('\n---') + 1) + 1;
const firstChunk = headerBytes + 16;

/** What comes of a broken file: an error, and before it nothing but whole chunks of what was sealed. */
async function expectBroken(bytes: Buffer): Promise<void> {
  const outcome = await outcomeOf(unseal(slowPieces(bytes, CHUNK), key));
  expect(outcome.error).toMatchObject({ code: 'BAD_INPUT' });
  expect(outcome.bytes.length % CHUNK).toBe(0);
  expect(plain.subarray(0, outcome.bytes.length).equals(outcome.bytes)).toBe(true);
}

function flipped(at: number): Buffer {
  const copy = Buffer.from(sealed);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

test('Z-19: what these tests break is whole before', async () => {
  const { bytes, error } = await outcomeOf(unseal(slowPieces(sealed, CHUNK), key));
  expect(error).toBeNull();
  expect(bytes.equals(plain)).toBe(true);
});

describe('Z-19: a bit that is changed', () => {
  test('anywhere in the header or the nonce opens nothing', async () => {
    for (let at = 0; at < firstChunk; at += 1) {
      const { bytes, error } = await outcomeOf(unseal(slowPieces(flipped(at), CHUNK), key));
      expect(error).toMatchObject({ code: 'BAD_INPUT' });
      expect(bytes).toHaveLength(0);
    }
  });

  test.each([0, 1, 2])('anywhere in chunk %d ends the reading before that chunk', async (chunk) => {
    const start = firstChunk + chunk * SEALED_CHUNK;
    const length = Math.min(SEALED_CHUNK, sealed.length - start);
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.nat(length - 1), fc.integer({ min: length - 16, max: length - 1 })),
        async (offset) => {
          const outcome = await outcomeOf(unseal(slowPieces(flipped(start + offset), CHUNK), key));
          expect(outcome.error).toMatchObject({ code: 'BAD_INPUT' });
          expect(outcome.bytes.length).toBeLessThanOrEqual(chunk * CHUNK);
          expect(plain.subarray(0, outcome.bytes.length).equals(outcome.bytes)).toBe(true);
        },
      ),
      { numRuns: 25 },
    );
  });
});

describe('Z-19: a file that is cut off', () => {
  const edges = [0, 1, 2].map((chunk) => firstChunk + chunk * SEALED_CHUNK);
  const cuts = [0, 1, headerBytes - 1, headerBytes, ...edges.flatMap((edge) => [edge - 1, edge, edge + 1, edge + 16])];
  test.each([...cuts, sealed.length - 1])('after %d bytes does not end well', (length) =>
    expectBroken(sealed.subarray(0, length)),
  );

  test('anywhere does not end well', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(sealed.length - 1), (length) => expectBroken(sealed.subarray(0, length))),
      { numRuns: 40 },
    );
  });
});

describe('Z-19: a file that is added to', () => {
  test.each([1, 16, 17, SEALED_CHUNK, 3 * SEALED_CHUNK])('by %d bytes does not end well', (length) =>
    expectBroken(Buffer.concat([sealed, uneven(length)])),
  );

  test('by its own last chunk, or by all of itself, does not end well', async () => {
    await expectBroken(Buffer.concat([sealed, sealed.subarray(firstChunk + 2 * SEALED_CHUNK)]));
    await expectBroken(Buffer.concat([sealed, sealed]));
  });
});

test('Z-19: chunks in another order, left out or twice do not open', async () => {
  const [one, two, three] = [0, 1, 2].map((chunk) => {
    const start = firstChunk + chunk * SEALED_CHUNK;
    return sealed.subarray(start, Math.min(start + SEALED_CHUNK, sealed.length));
  }) as [Buffer, Buffer, Buffer];
  const start = sealed.subarray(0, firstChunk);
  for (const order of [[two, one, three], [one, three], [two, three], [one, one, two, three], [three]])
    await expectBroken(Buffer.concat([start, ...order]));
});

test('Z-19: a header without an end is refused before it fills the memory', async () => {
  let taken = 0;
  async function* endlessly(): AsyncGenerator<Buffer> {
    yield Buffer.from('age-encryption.org/v1\n-> X25519 ');
    for (; taken < 16 * 1024 * 1024; taken += CHUNK) yield Buffer.alloc(CHUNK, 'a');
  }
  const { error } = await outcomeOf(unseal(endlessly(), key));
  expect(error).toMatchObject({ code: 'BAD_INPUT', message: expect.stringContaining('too large') });
  expect(taken).toBeLessThan(2 * 1024 * 1024);
});

test('what breaks the source of a sealed file is told as it is', async () => {
  const broken = Object.assign(new Error('the disk failed'), { code: 'EIO' });
  async function* source(): AsyncGenerator<Buffer> {
    yield sealed.subarray(0, CHUNK);
    throw broken;
  }
  expect((await outcomeOf(unseal(source(), key))).error).toBe(broken);
});

test('a sealed file is known by how it begins', () => {
  expect(isSealed(sealed)).toBe(true);
  expect(isSealed(sealed.subarray(0, 19))).toBe(true);
  for (const start of ['', 'age-encryption.org', 'PK', '{\n', '-----BEGIN AGE ENCRYPTED FILE-----'])
    expect(isSealed(Buffer.from(start))).toBe(false);
});
