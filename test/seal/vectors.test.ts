import { createDecipheriv, createHash, hkdfSync } from 'node:crypto';
import { inflateSync } from 'node:zlib';
// The test vectors of the age format by its authors: https://github.com/C2SP/CCTV/tree/main/age, in the public domain.
import * as files from 'cctv-age';
import { describe, expect, test } from 'vitest';
import type { UnsealKey } from '../../src/bundle/seal/seal-mark.ts';
import { unseal } from '../../src/bundle/seal/unseal.ts';
import { outcomeOf, pieces, slowPieces } from './streams.ts';

interface Vector {
  readonly name: string;
  readonly expect: string;
  /** The digest of all that is authenticated, in a file that is broken as well; undefined where nothing is. */
  readonly payload: string | undefined;
  readonly fileKey: Buffer;
  readonly key: UnsealKey;
  readonly bytes: Buffer;
}

const WHOLE_CHUNK = 64 * 1024 + 16;

/** A vector is a header of its own (`key: value` lines), an empty line and the file, sometimes compressed. */
function parseVector(name: string, file: Uint8Array): readonly Vector[] {
  const whole = Buffer.from(file);
  const end = whole.indexOf('\n\n');
  const lines = whole.toString('utf8', 0, end).split('\n');
  const values = (key: string): string[] =>
    lines.filter((line) => line.startsWith(`${key}: `)).map((line) => line.slice(key.length + 2));
  // Age's text form is not read.
  if (values('armored').length > 0) return [];
  const [passphrase] = values('passphrase');
  const body = whole.subarray(end + 2);
  return [
    {
      name,
      expect: values('expect')[0] ?? '',
      payload: values('payload')[0],
      fileKey: Buffer.from(values('file key')[0] ?? '', 'hex'),
      key:
        passphrase === undefined
          ? { kind: 'IDENTITIES', identities: values('identity') }
          : { kind: 'PASSPHRASE', passphrase },
      bytes: values('compressed').length > 0 ? inflateSync(body) : body,
    },
  ];
}

const vectors = Object.entries(files as Record<string, Uint8Array>).flatMap(([name, file]) => parseVector(name, file));
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** The chunks of a file that are authenticated, up to one that says it is the last, by Node's own means. */
function authenticated({ fileKey, bytes }: Vector): Buffer {
  const start = bytes.indexOf('\n', bytes.indexOf('\n---') + 1) + 1;
  const nonce = bytes.subarray(start, start + 16);
  const streamKey = Buffer.from(hkdfSync('sha256', fileKey, nonce, 'payload', 32));
  const opened: Buffer[] = [];
  for (const [index, chunk] of [...pieces(bytes.subarray(start + 16), WHOLE_CHUNK)].entries()) {
    // Only the last may be short.
    const more = chunk.length < WHOLE_CHUNK ? null : openChunk(streamKey, index, 0, chunk);
    const plain = more ?? openChunk(streamKey, index, 1, chunk);
    if (plain !== null) opened.push(plain);
    if (more === null) break;
  }
  return Buffer.concat(opened);
}

function openChunk(key: Buffer, index: number, last: 0 | 1, chunk: Buffer): Buffer | null {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(index, 7);
  nonce[11] = last;
  const decipher = createDecipheriv('chacha20-poly1305', key, nonce, { authTagLength: 16 });
  try {
    decipher.setAuthTag(chunk.subarray(-16));
    return Buffer.concat([decipher.update(chunk.subarray(0, -16)), decipher.final()]);
  } catch {
    return null;
  }
}

test('Z-19: the vectors are there, of every kind', () => {
  const kinds = Object.groupBy(vectors, (vector) => vector.expect);
  expect(Object.fromEntries(Object.entries(kinds).map(([kind, some]) => [kind, some?.length]))).toEqual({
    success: 19,
    'no match': 12,
    'HMAC failure': 1,
    'header failure': 60,
    'payload failure': 18,
  });
});

describe.each(vectors.map((vector) => [vector.name, vector] as const))('Z-19: %s', (_name, vector) => {
  const sizes = vector.bytes.length < 10_000 ? [1, 50, 64 * 1024] : [4093, 64 * 1024];
  test.each(sizes)('comes out as its authors say, read in pieces of %d bytes', async (size) => {
    const { bytes, error } = await outcomeOf(unseal(slowPieces(vector.bytes, size), vector.key));
    if (vector.expect === 'success') {
      expect(error).toBeNull();
      expect(sha256(bytes)).toBe(vector.payload);
      return;
    }
    expect(error).toMatchObject({ code: 'BAD_INPUT' });
    if (vector.payload === undefined) {
      expect(bytes).toHaveLength(0);
      return;
    }
    const all = authenticated(vector);
    expect(sha256(all)).toBe(vector.payload);
    expect(all.subarray(0, bytes.length).equals(bytes)).toBe(true);
  });
});
