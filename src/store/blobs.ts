import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, opendir, rename, rm, stat } from 'node:fs/promises';
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
  /** The keys of a tenant's blobs that were last put before `olderThan`. */
  keys(tenantId: string, olderThan: Date): AsyncIterable<string>;
  /** Removes a blob, but for one that was put again since `olderThan`; whether it did. */
  remove(key: string, olderThan: Date): Promise<boolean>;
  /** Removes what a process that ended in the middle of `put` before `olderThan` has left; how many files. */
  removeUnfinished(tenantId: string, olderThan: Date): Promise<number>;
}

const LARGEST_READ = 64 * 1024;
const KEY = /^[A-Za-z0-9_-]{1,64}\/[0-9a-f]{64}$/;
const UNFINISHED = '.partial';

/** Blobs as files below `folder`; a file appears under its name only when it is whole and on disk. */
export function openBlobFolder(folder: string): BlobStore {
  return {
    async put(tenantId, content) {
      const partial = join(folder, tenantId, `${newId('part')}${UNFINISHED}`);
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
    async *keys(tenantId, olderThan) {
      for await (const name of filesIn(join(folder, tenantId))) {
        const key = `${tenantId}/${name}`;
        if (KEY.test(key) && (await isOlder(join(folder, key), olderThan))) yield key;
      }
    },
    remove: (key, olderThan) => removeOlder(pathOf(folder, key), olderThan),
    async removeUnfinished(tenantId, olderThan) {
      let removed = 0;
      for await (const name of filesIn(join(folder, tenantId)))
        if (name.endsWith(UNFINISHED) && (await removeOlder(join(folder, tenantId, name), olderThan))) removed += 1;
      return removed;
    },
  };
}

// No link counts as a file here: nothing is removed outside of the folder.
async function* filesIn(folder: string): AsyncGenerator<string> {
  const entries = await opendir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  for await (const entry of entries) if (entry.isFile()) yield entry.name;
}

async function isOlder(path: string, olderThan: Date): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found !== null && found.mtime < olderThan;
}

async function removeOlder(path: string, olderThan: Date): Promise<boolean> {
  if (!(await isOlder(path, olderThan))) return false;
  await rm(path, { force: true });
  return true;
}

function pathOf(folder: string, key: string): string {
  if (!KEY.test(key)) throw new CarryallError('NOT_FOUND', 'A stored file that a row names has no valid key.');
  return join(folder, key);
}
