import { createHash } from 'node:crypto';
import { Writable, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import type { Sealing } from '../../src/bundle/seal/recipients.ts';
import { sealTo } from '../../src/bundle/seal/seal-to.ts';
import type { UnsealKey } from '../../src/bundle/seal/seal-mark.ts';

/** Bytes in pieces of a size, as fast as they are taken. */
export function* pieces(bytes: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** The same, each only when all that could come of those before it has come: an error drops what streams still hold. */
export async function* slowPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (const piece of pieces(bytes, size)) {
    yield piece;
    await setImmediate();
  }
}

/** All that came out of a stream, and the error in which it ended. */
export async function outcomeOf(stream: Readable): Promise<{ readonly bytes: Buffer; readonly error: Error | null }> {
  const memory = openMemory();
  const error = await pipeline(stream, memory.destination).then(
    () => null,
    (failure: Error) => failure,
  );
  return { bytes: memory.bytes(), error };
}

/** A destination that keeps what it gets. */
export function openMemory(): { readonly destination: Writable; readonly bytes: () => Buffer } {
  const kept: Buffer[] = [];
  const destination = new Writable({
    write(chunk: Buffer, _encoding, callback) {
      kept.push(chunk);
      callback();
    },
  });
  return { destination, bytes: () => Buffer.concat(kept) };
}

/** All of it, sealed. */
export async function seal(plain: Buffer, sealing: Sealing, pieceSize = 64 * 1024): Promise<Buffer> {
  const memory = openMemory();
  await pipeline(pieces(plain, pieceSize), sealTo(sealing, LOW_WORK_FACTOR)(memory.destination));
  return memory.bytes();
}

/** Passphrases of tests are worked on for milliseconds, not for a second. */
const LOW_WORK_FACTOR = 4;

/** Bytes of which no two stretches are alike. */
export function uneven(length: number): Buffer {
  return createHash('shake256', { outputLength: Math.max(length, 1) })
    .update('uneven')
    .digest()
    .subarray(0, length);
}

/** A pair of keys: what is sealed for `sealing` opens with `key`. */
export async function newPair(make: () => Promise<string> = generateX25519Identity): Promise<{
  readonly recipient: string;
  readonly sealing: Sealing;
  readonly identity: string;
  readonly key: UnsealKey;
}> {
  const identity = await make();
  const recipient = await identityToRecipient(identity);
  return {
    recipient,
    sealing: { kind: 'RECIPIENTS', recipients: [recipient] },
    identity,
    key: { kind: 'IDENTITIES', identities: [identity] },
  };
}

/** Waits until nothing moves any more: what `moved` tells stays the same for long. */
export async function untilStill(moved: () => number): Promise<void> {
  for (let still = 0, before = moved(); still < 200; still += 1) {
    await sleep(1);
    if (moved() !== before) still = 0;
    before = moved();
  }
}
