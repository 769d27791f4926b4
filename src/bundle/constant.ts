import { createHash } from 'node:crypto';
import { constants, crc32, deflateRawSync } from 'node:zlib';
import { packingOf, type Packed } from './packer.ts';

/** Text that stands in many bundles, and the bytes that it packs to: that is done once. */
export interface Constant {
  readonly text: string;
  readonly bytes: Buffer;
  readonly packed: Buffer;
}

/** A piece of a file: text of its own, or a constant. */
export type Piece = string | Constant;

/** Packs a text that is to stand in many files. */
export function constant(text: string): Constant {
  const bytes = Buffer.from(text);
  return { text, bytes, packed: packPiece(bytes) };
}

/** What pieces say. */
export function textOfPieces(pieces: readonly Piece[]): string {
  return pieces.map((piece) => (typeof piece === 'string' ? piece : piece.text)).join('');
}

/** Packs a file of pieces: each is packed by itself, so that what is packed already need not be packed again. */
export function packPieces(pieces: readonly Piece[]): Packed {
  const digest = createHash('sha256');
  const found = { bytes: 0, crc32: 0 };
  const packed: Buffer[] = [];
  for (const piece of pieces) {
    const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece.bytes;
    digest.update(bytes);
    found.bytes += bytes.length;
    found.crc32 = crc32(bytes, found.crc32);
    packed.push(typeof piece === 'string' ? packPiece(bytes) : piece.packed);
  }
  packed.push(END);
  return {
    ...found,
    packedBytes: packed.reduce((sum, { length }) => sum + length, 0),
    sha256: digest.digest('hex'),
    pieces: async function* () {
      yield* packed;
    },
  };
}

/** Blocks that end with a whole byte and are not the last: any others may follow. */
function packPiece(bytes: Buffer): Buffer {
  const chunkSize = Math.max(1024, bytes.length);
  return deflateRawSync(bytes, { ...packingOf(bytes.length), chunkSize, finishFlush: constants.Z_SYNC_FLUSH });
}

/** The last block, which is empty. */
const END = deflateRawSync('');
