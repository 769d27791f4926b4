import { mkdir, open, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { newId } from '../ids.ts';

/**
 * Bytes that are written once, then read. Few stay in memory, many go into a file without a name: when the process ends,
 * however it ends, it is gone.
 */
export interface Spool extends AsyncDisposable {
  /** Settles when the bytes are the caller's again; one piece is written at a time. */
  write(chunk: Buffer): Promise<void>;
  writer(): Writable;
  reader(): Readable;
  /** The same without a stream. */
  pieces(): AsyncIterable<Buffer>;
}

const PAGE = 256 * 1024;

/** Opens a spool; a file is made below `folder` only when it is needed. */
export async function openSpool(folder: string): Promise<Spool> {
  const kept: Buffer[] = [];
  let bytes = 0;
  let handle: FileHandle | null = null;
  let last: Promise<void> = Promise.resolve();
  const put = async (chunk: Buffer): Promise<void> => {
    if (handle === null && bytes + chunk.length <= PAGE) {
      // Whoever wrote may use its bytes again.
      kept.push(Buffer.from(chunk));
      bytes += chunk.length;
      return;
    }
    if (handle === null) {
      handle = await openNameless(folder);
      await writeAll(handle, Buffer.concat(kept), 0);
      kept.length = 0;
    }
    await writeAll(handle, chunk, bytes);
    bytes += chunk.length;
  };
  const write = (chunk: Buffer): Promise<void> => (last = put(chunk));
  return {
    write,
    writer: () =>
      new Writable({
        highWaterMark: PAGE,
        write: (chunk: Buffer, _encoding, callback) => void write(chunk).then(() => callback(), callback),
      }),
    reader: () => (handle === null ? Readable.from(kept, { objectMode: false }) : Readable.from(pages(handle))),
    pieces: () => (handle === null ? eachOf(kept) : pages(handle)),
    async [Symbol.asyncDispose]() {
      // A write under way may be opening the file, which nobody would close.
      await last.catch(() => {});
      await handle?.close();
    },
  };
}

async function openNameless(folder: string): Promise<FileHandle> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${newId('spool')}.tmp`);
  const handle = await open(path, 'wx+', 0o600);
  try {
    await rm(path);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** A disk that is nearly full takes less than it is given, and says so only by the number. */
async function writeAll(handle: FileHandle, chunk: Buffer, at: number): Promise<void> {
  for (let done = 0; done < chunk.length;)
    done += (await handle.write(chunk, done, chunk.length - done, at + done)).bytesWritten;
}

async function* eachOf(kept: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* kept;
}

async function* pages(handle: FileHandle): AsyncGenerator<Buffer> {
  for (let at = 0; ;) {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(PAGE), 0, PAGE, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
