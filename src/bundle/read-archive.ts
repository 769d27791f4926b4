import type { Readable } from 'node:stream';
import { type Entry, type ZipFile, open as openZip } from 'yauzl';
import { CarryallError } from '../errors.ts';
import type { BundleFile, BundleReader } from './verify.ts';

const LARGEST_PART = 64 * 1024 * 1024;

/** Opens an archive for reading; nothing is ever extracted to disk. Throws BAD_INPUT for a broken one. */
export async function bundleArchive(path: string): Promise<BundleReader> {
  const zip = await new Promise<ZipFile>((resolve, reject) => {
    openZip(
      path,
      { lazyEntries: true, autoClose: false, strictFileNames: true, validateEntrySizes: true },
      (error, file) => (error === null ? resolve(file) : reject(broken(path, error))),
    );
  });
  const entries = await readEntries(zip, path);
  return {
    async *files() {
      for (const entry of entries)
        yield { path: entry.fileName, bytes: await streamOf(zip, entry) } satisfies BundleFile;
    },
    async part(name) {
      const entry = entries.find(({ fileName }) => fileName === name);
      if (entry === undefined || entry.uncompressedSize > LARGEST_PART)
        throw new CarryallError('BAD_INPUT', `${path} has no ${name}: it is not a bundle of Carryall.`);
      const chunks: Buffer[] = [];
      for await (const chunk of await streamOf(zip, entry)) chunks.push(chunk as Buffer);
      return parse(path, name, Buffer.concat(chunks));
    },
    async [Symbol.asyncDispose]() {
      zip.close();
    },
  };
}

/** Parses a part. Throws BAD_INPUT. */
function parse(path: string, name: string, bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new CarryallError('BAD_INPUT', `${path}: ${name} is not JSON.`, { cause });
  }
}

function readEntries(zip: ZipFile, path: string): Promise<Entry[]> {
  return new Promise((resolve, reject) => {
    const entries: Entry[] = [];
    zip.on('entry', (entry: Entry) => {
      entries.push(entry);
      zip.readEntry();
    });
    zip.once('end', () => resolve(entries));
    zip.once('error', (error: Error) => reject(broken(path, error)));
    zip.readEntry();
  });
}

function streamOf(zip: ZipFile, entry: Entry): Promise<Readable> {
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) =>
      error === null ? resolve(stream) : reject(broken(entry.fileName, error)),
    );
  });
}

function broken(path: string, cause: Error): CarryallError {
  return new CarryallError('BAD_INPUT', `${path} is broken: ${cause.message}`, { cause });
}
