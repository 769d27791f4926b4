import { createHash } from 'node:crypto';
import { finished, pipeline } from 'node:stream/promises';
import { crc32, createDeflateRaw } from 'node:zlib';
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
 * zlib as Node builds it makes at 5 less of a bundle than `gzip -6` does, in two thirds of the time that it takes at 6; the
 * figures are in docs/decisions/0011-packed-members.md. The same bytes give the same packed bytes, however they are cut.
 */
export const PACKING = { level: 5, chunkSize: 128 * 1024 } as const;

/** Opens a packer whose scratch file, if it needs one, lies below `folder`. */
export async function openPacker(folder: string): Promise<Packer> {
  const spool = await openSpool(folder);
  const deflate = createDeflateRaw(PACKING);
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
