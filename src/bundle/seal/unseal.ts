import { Readable } from 'node:stream';
import { ReadableStream as WebStream } from 'node:stream/web';
import { Decrypter, type Identity } from 'age-encryption';
import { CarryallError } from '../../errors.ts';
import type { UnsealKey } from './seal-mark.ts';

/** Far more than a hundred post-quantum recipients take; the library itself would read a header of any size. */
const LARGEST_HEADER = 1024 * 1024;
const PIECE = 64 * 1024;

/**
 * The content of a sealed file. Nothing is handed out that was not authenticated, but the end is known only at the end: a
 * file that was changed, cut off or added to breaks after its last good chunk, so only what ended without an error is
 * whole. Throws BAD_INPUT, and what breaks the source as it is. Threat Z-19.
 */
export function unseal(source: AsyncIterable<Uint8Array>, key: UnsealKey): Readable {
  return Readable.from(opened(source, key), { objectMode: false });
}

/** How far the reading of a sealed file is. */
interface Progress {
  phase: 'HEADER' | 'CONTENT';
  headerBytes: number;
  /** What the header says that it can be opened with; null until it was understood. */
  kinds: readonly string[] | null;
  /** What broke before the library saw it. */
  broken: { readonly error: unknown } | null;
}

async function* opened(source: AsyncIterable<Uint8Array>, key: UnsealKey): AsyncGenerator<Uint8Array> {
  const progress: Progress = { phase: 'HEADER', headerBytes: 0, kinds: null, broken: null };
  const decrypter = decrypterFor(key, progress);
  try {
    // Node's and the browser's types of one and the same stream.
    const sealed = WebStream.from(watched(source, progress)) as ReadableStream<Uint8Array>;
    const plain = await decrypter.decrypt(sealed);
    progress.phase = 'CONTENT';
    for await (const chunk of plain) if (chunk.length > 0) yield chunk;
  } catch (cause) {
    if (progress.broken !== null) throw progress.broken.error;
    throw new CarryallError('BAD_INPUT', reasonFor(progress, key), { cause });
  }
}

function decrypterFor(key: UnsealKey, progress: Progress): Decrypter {
  const decrypter = new Decrypter();
  // Asked first, it opens nothing: it only sees that the header could be read, and what would open it.
  const witness: Identity = {
    unwrapFileKey(stanzas) {
      progress.kinds = stanzas.map(({ args }) => args[0] ?? '');
      return null;
    },
  };
  decrypter.addIdentity(witness);
  try {
    switch (key.kind) {
      case 'IDENTITIES':
        for (const identity of key.identities) decrypter.addIdentity(identity);
        return decrypter;
      case 'PASSPHRASE':
        decrypter.addPassphrase(key.passphrase);
        return decrypter;
      default:
        return key satisfies never;
    }
  } catch {
    // What the library says is dropped: it may quote the identity.
    throw new CarryallError('BAD_INPUT', 'An identity is not one of age: AGE-SECRET-KEY-1… or AGE-SECRET-KEY-PQ-1…');
  }
}

async function* watched(source: AsyncIterable<Uint8Array>, progress: Progress): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of source) {
      for (let at = 0; at < chunk.length; at += PIECE) {
        if (progress.phase === 'HEADER' && progress.headerBytes > LARGEST_HEADER)
          throw new CarryallError('BAD_INPUT', 'The sealed file has a header that is too large.');
        const piece = chunk.subarray(at, at + PIECE);
        progress.headerBytes += piece.length;
        yield piece;
      }
    }
  } catch (error) {
    progress.broken = { error };
    throw error;
  }
}

function reasonFor({ phase, kinds }: Progress, key: UnsealKey): string {
  if (phase === 'CONTENT') return 'The sealed file was changed or cut off: it does not open to its end.';
  if (kinds === null) return 'The sealed file begins in a way that age does not know: it was changed or cut off.';
  const byPassphrase = kinds.includes('scrypt');
  switch (key.kind) {
    case 'IDENTITIES':
      return byPassphrase
        ? 'The file is sealed with a passphrase, and an identity was given.'
        : 'The file is sealed for others than the identities given, or was changed.';
    case 'PASSPHRASE':
      return byPassphrase
        ? 'The file is sealed with another passphrase than the one given, or was changed.'
        : 'The file is sealed for recipients, and a passphrase was given: give the identity of one of them.';
    default:
      return key satisfies never;
  }
}
