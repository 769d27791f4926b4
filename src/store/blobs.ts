import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CarryallError } from '../errors.ts';
import { newId } from '../ids.ts';

/** A stored blob, by its content. */
export interface StoredBlob {
  readonly key: string;
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** Where recordings, documents and attachments lie: outside the database, one folder a tenant. */
export interface BlobStore {
  /** Stores a blob; the same content of the same tenant gets the same key. */
  put(tenantId: string, content: Readable): Promise<StoredBlob>;
  /** How many bytes a blob has; null when there is none. */
  size(key: string): Promise<number | null>;
  /** The bytes of a blob. Throws NOT_FOUND when there is none. */
  open(key: string): Promise<Readable>;
}

const LARGEST_READ = 64 * 1024;
const KEY = /^[A-Za-z0-9_-]{1,64}\/[0-9a-f]{64}$/;

/** Blobs as files below `folder`; a file appears under its name only when it is whole and on disk. */
export function openBlobFolder(folder: string): BlobStore {
  return {
    async put(tenantId, content) {
      const partial = join(folder, tenantId, `${newId('part')}.partial`);
      await mkdir(dirname(partial), { recursive: true, mode: 0o700 });
      const hash = createHash('sha256');
      let bytes = 0;
      const meter = new Transform({
        transform(chunk: Buffer, _encoding, callback) {
          bytes += chunk.length;
          hash.update(chunk);
          callback(null, chunk);
        },
      });
      try {
        await pipeline(content, meter, createWriteStream(partial, { mode: 0o600, flush: true }));
        const sha256 = hash.digest('hex');
        const key = `${tenantId}/${sha256}`;
        await rename(partial, pathOf(folder, key));
        return { key, bytes, sha256 };
      } catch (error) {
        await rm(partial, { force: true });
        throw error;
      }
    },
    async size(key) {
      if (!KEY.test(key)) return null;
      const found = await stat(join(folder, key)).catch(() => null);
      return found?.isFile() === true ? found.size : null;
    },
    async open(key) {
      try {
        const file = await open(pathOf(folder, key));
        const { size } = await file.stat();
        // A buffer of the usual size for each of many small files would be most of what a process uses.
        return createReadStream('', { fd: file, highWaterMark: Math.min(size + 1, LARGEST_READ) });
      } catch (cause) {
        if (cause instanceof CarryallError) throw cause;
        throw new CarryallError('NOT_FOUND', 'A stored file that a row names is not there.', { cause });
      }
    },
  };
}

function pathOf(folder: string, key: string): string {
  if (!KEY.test(key)) throw new CarryallError('NOT_FOUND', 'A stored file that a row names has no valid key.');
  return join(folder, key);
}
