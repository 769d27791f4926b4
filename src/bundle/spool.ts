import { mkdir, open, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { newId } from '../ids.ts';

/** A file without a name: written once, then read once. When the process ends, however it ends, it is gone. */
export interface Spool extends AsyncDisposable {
  writer(): Writable;
  reader(): Readable;
}

const PAGE = 64 * 1024;

/** Opens a spool below `folder`. */
export async function openSpool(folder: string): Promise<Spool> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${newId('spool')}.tmp`);
  const handle = await open(path, 'wx+', 0o600);
  await rm(path);
  return {
    writer() {
      let at = 0;
      return new Writable({
        write(chunk: Buffer, _encoding, callback) {
          handle.write(chunk, 0, chunk.length, at).then(() => callback(), callback);
          at += chunk.length;
        },
      });
    },
    reader: () => Readable.from(pages(handle)),
    [Symbol.asyncDispose]: () => handle.close(),
  };
}

async function* pages(handle: FileHandle): AsyncGenerator<Buffer> {
  for (let at = 0; ;) {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(PAGE), 0, PAGE, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
