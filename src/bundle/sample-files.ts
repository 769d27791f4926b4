import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createDeflateRaw } from 'node:zlib';
import type { BlobStore } from '../store/blobs.ts';
import { overheadOf } from './archive.ts';
import type { StoredFile } from './blob-files.ts';
import { PACKING } from './packer.ts';
import type { Size } from './size.ts';

const SAMPLE_FILES = 16;
const SAMPLE_BYTES = 256 * 1024;

/** What stored files come to in an archive, if all pack as well as the first bytes of some do that stand at equal distances. */
export async function sizeOfFiles(
  files: readonly StoredFile[],
  blobs: BlobStore,
  signal: AbortSignal | undefined,
): Promise<Size> {
  const step = Math.max(1, Math.floor(files.length / SAMPLE_FILES));
  let bytes = 0;
  let packedBytes = 0;
  for (let at = 0; at < files.length; at += step) {
    await pipeline(
      Readable.from(firstBytes(await blobs.open(files[at]?.key ?? ''), (count) => (bytes += count))),
      createDeflateRaw(PACKING),
      async (packed: AsyncIterable<Buffer>) => {
        for await (const chunk of packed) packedBytes += chunk.length;
      },
      signal === undefined ? {} : { signal },
    );
  }
  const all = files.reduce((sum, file) => sum + file.bytes, 0);
  const headers = files.reduce((sum, { path }) => sum + overheadOf(path), 0);
  return { bytes: all, packedBytes: (bytes === 0 ? 0 : (all * packedBytes) / bytes) + headers };
}

async function* firstBytes(content: Readable, onBytes: (count: number) => void): AsyncGenerator<Buffer> {
  let left = SAMPLE_BYTES;
  for await (const chunk of content as AsyncIterable<Buffer>) {
    const part = chunk.subarray(0, left);
    onBytes(part.length);
    left -= part.length;
    yield part;
    if (left === 0) return;
  }
}
