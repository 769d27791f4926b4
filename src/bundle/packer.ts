import { createHash, hash } from 'node:crypto';
import { finished, pipeline } from 'node:stream/promises';
import { crc32, createDeflateRaw, deflateRawSync, type ZlibOptions } from 'node:zlib';
import { openSpool } from './spool.ts';

/** What one file of an archive holds, packed; its bytes are there until the packer is closed. */
export interface Packed {
  readonly bytes: number;
  readonly packedBytes: number;
  readonly crc32: number;
  /** Of the bytes before packing; lower-case hex. */
  readonly sha256: string;
  /** The packed bytes. */
  readonly pieces: () => AsyncIterable<Buffer>;
}

/** Packs one file, beside others: each has a thread of its own while it compresses. */
export interface Packer extends AsyncDisposable {
  /** Settles when the bytes are packed, and are the caller's again. Fails when the scratch file does. */
  write(chunk: Buffer): Promise<void>;
  end(): Promise<Packed>;
}

/**
 * How hard to pack. Levels are those of zlib as Node builds it, chosen by measuring: rows as JSON repeat their keys, and at 3
 * come out as small as at 4 in half of the time; tables at 4 are a hundredth larger than at 5, in less; with everything else at 5 a bundle is smaller than `gzip -6` makes it. The
 * figures are in docs/decisions/0011-packed-members.md. The same bytes give the same packed bytes, however they are cut.
 */
export const PACKING = { level: 5, chunkSize: 128 * 1024 } as const;
export const PACKING_LINES = { ...PACKING, level: 3 } as const;
export const PACKING_TABLE = { ...PACKING, level: 4 } as const;

type Packing = typeof PACKING | typeof PACKING_LINES | typeof PACKING_TABLE;

/** Up to here a file is kept and packed in one go: a thread and buffers of its own would cost more than it is. */
export const SMALL = 64 * 1024;

/** Packs what is whole in memory. */
export function packWhole(content: Buffer, packing: Packing = PACKING): Packed {
  const packed = deflateRawSync(content, {
    ...packingOf(content.length, packing),
    chunkSize: Math.max(1024, content.length),
  });
  return {
    bytes: content.length,
    packedBytes: packed.length,
    crc32: crc32(content),
    sha256: hash('sha256', content),
    pieces: async function* () {
      yield packed;
    },
  };
}

/** What is short can refer no further back than it is long, and zlib clears all the memory that it is allowed. */
export function packingOf(bytes: number, packing: Packing = PACKING): ZlibOptions {
  const windowBits = [10, 11, 12, 13, 14].find((bits) => bytes <= 1 << bits);
  return windowBits === undefined ? packing : { ...packing, windowBits, memLevel: windowBits - 7 };
}

/** Opens a packer whose scratch file, if it needs one, lies below `folder`. */
export function openPacker(folder: string, packing: Packing = PACKING): Packer {
  let kept: Buffer[] = [];
  let bytes = 0;
  let large: Packer | null = null;
  return {
    async write(chunk) {
      bytes += chunk.length;
      // Whoever wrote may use its bytes again.
      if (bytes <= SMALL) return void kept.push(Buffer.from(chunk));
      if (large === null) {
        large = await openThread(folder, packing);
        for (const each of kept) await large.write(each);
        kept = [];
      }
      await large.write(chunk);
    },
    end: async () => large?.end() ?? packWhole(Buffer.concat(kept), packing),
    [Symbol.asyncDispose]: async () => large?.[Symbol.asyncDispose](),
  };
}

/** A packer with a thread of its own, from the first byte. */
async function openThread(folder: string, packing: Packing): Promise<Packer> {
  const spool = await openSpool(folder);
  const deflate = createDeflateRaw(packing);
  const hash = createHash('sha256');
  let bytes = 0;
  let packedBytes = 0;
  let crc = 0;
  deflate.on('data', (chunk: Buffer) => (packedBytes += chunk.length));
  const stored = pipeline(deflate, spool.writer());
  // Told by whoever writes or ends next.
  stored.catch(() => {});
  return {
    async write(chunk) {
      if (deflate.destroyed) await stored;
      hash.update(chunk);
      crc = crc32(chunk, crc);
      bytes += chunk.length;
      const taken = new Promise<void>((resolve, reject) =>
        deflate.write(chunk, (error) => (error ? reject(error) : resolve())),
      );
      // What broke the scratch file is the cause; that nothing can be written any more is the consequence.
      await taken.catch(() => stored);
    },
    async end() {
      deflate.end();
      await stored;
      return {
        bytes,
        packedBytes,
        crc32: crc,
        sha256: hash.digest('hex'),
        pieces: () => spool.pieces(),
      };
    },
    async [Symbol.asyncDispose]() {
      deflate.destroy();
      await finished(deflate).catch(() => {});
      await stored.catch(() => {});
      await spool[Symbol.asyncDispose]();
    },
  };
}
