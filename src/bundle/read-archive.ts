import { pipeline } from 'node:stream/promises';
import { crc32, createInflateRaw, inflateRawSync } from 'node:zlib';
import { CarryallError } from '../errors.ts';
import { dataAt, type ArchiveEntry } from './archive-headers.ts';
import { readLayout } from './archive-layout.ts';
import { PagedFile } from './paged-file.ts';
import { readRange, type RandomAccess } from './random-access.ts';
import { collect, type BundleReader } from './bundle-reader.ts';

/** Up to here a file is unpacked in one go, which for many small files is several times faster than by streams. */
const SMALL = 64 * 1024;

/** Opens an archive for reading; `path` is for messages. Nothing is ever extracted to disk. Throws BAD_INPUT for what is none. */
export async function bundleArchive(path: string, file: RandomAccess): Promise<BundleReader> {
  const { entries, faults } = await readLayout(path, file);
  const source = { file, pages: new PagedFile(file) };
  return {
    container: 'ZIP',
    faults,
    *files() {
      for (const entry of entries) yield { path: entry.path, size: entry.bytes, bytes: unpack(source, entry) };
    },
    async part(name) {
      const entry = entries.find((each) => each.path === name);
      return entry === undefined ? null : collect(entry.bytes, unpack(source, entry));
    },
    [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
  };
}

/** The bytes of a file: as many as the directory says, with its checksum, from all of the packed ones. Throws BAD_INPUT. */
async function* unpack(source: Source, entry: ArchiveEntry): AsyncGenerator<Buffer> {
  const inflated = { packedBytes: 0 };
  const small = Math.max(entry.bytes, entry.packedBytes) <= SMALL;
  let bytes = 0;
  let sum = 0;
  try {
    for await (const chunk of small ? inflateSmall(source, entry, inflated) : inflate(source, entry, inflated)) {
      bytes += chunk.length;
      if (bytes > entry.bytes) break;
      sum = crc32(chunk, sum);
      yield chunk;
    }
  } catch (cause) {
    throw new CarryallError('BAD_INPUT', 'is broken: it cannot be decompressed', { cause });
  }
  if (bytes !== entry.bytes) throw new CarryallError('BAD_INPUT', 'holds more or less than the archive says');
  if (sum !== entry.crc32) throw new CarryallError('BAD_INPUT', 'has another checksum than the archive says');
  if (inflated.packedBytes !== entry.packedBytes) throw new CarryallError('BAD_INPUT', 'hides bytes behind its end');
}

/** An open archive; its small files are read through pages. */
interface Source {
  readonly file: RandomAccess;
  readonly pages: PagedFile;
}

/** How many of the packed bytes were needed, once all came out. */
interface Inflated {
  packedBytes: number;
}

async function* inflateSmall({ pages }: Source, entry: ArchiveEntry, inflated: Inflated): AsyncGenerator<Buffer> {
  const packed = await pages.read(dataAt(entry), entry.packedBytes);
  // With `info` it also returns its engine, which the types do not know.
  const options = { info: true, maxOutputLength: entry.bytes + 1 };
  const { buffer, engine } = inflateRawSync(packed, options) as unknown as {
    readonly buffer: Buffer;
    readonly engine: { readonly bytesWritten: number };
  };
  inflated.packedBytes = engine.bytesWritten;
  yield buffer;
}

async function* inflate({ file }: Source, entry: ArchiveEntry, inflated: Inflated): AsyncGenerator<Buffer> {
  const start = dataAt(entry);
  const inflater = createInflateRaw();
  pipeline(readRange(file, start, start + entry.packedBytes), inflater).catch(() => {});
  yield* inflater as AsyncIterable<Buffer>;
  inflated.packedBytes = inflater.bytesWritten;
}
