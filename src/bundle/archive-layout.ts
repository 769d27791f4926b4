import { type Entry, type ZipFile, fromRandomAccessReader, RandomAccessReader } from 'yauzl';
import { CarryallError, type Fault } from '../errors.ts';

import {
  centralHeader,
  dataAt,
  descriptor,
  endOf,
  endRecords,
  localHeader,
  type ArchiveEntry,
} from './archive-headers.ts';
import { PagedFile } from './paged-file.ts';
import type { RandomAccess } from './random-access.ts';
import { isSafePath } from './safe-path.ts';

/** The files of an archive, and what is wrong with how they lie in it. Nothing is to be unpacked where there is a fault. */
export interface ArchiveLayout {
  readonly entries: readonly ArchiveEntry[];
  readonly faults: readonly Fault[];
}

const MOST_ENTRIES = 2_000_000;
const MOST_FAULTS = 50;
/** The most that deflate can pack into a byte; who claims more has something else in mind. */
const MOST_PER_BYTE = 1032;
const FILE_TYPE = 0o170_000;
const ORDINARY_FILE = 0o100_000;

/** Reads the directory of an archive and holds every byte outside the packed files against what belongs there. Throws BAD_INPUT for what is no archive. */
export async function readLayout(path: string, file: RandomAccess): Promise<ArchiveLayout> {
  const zip = await openDirectory(path, file);
  // yauzl keeps here where the directory begins; its type says otherwise.
  const directoryAt = zip.readEntryCursor as unknown as number;
  const entries: ArchiveEntry[] = [];
  const faults: Fault[] = [];
  if (zip.entryCount > MOST_ENTRIES)
    return { entries, faults: [{ path, reason: `holds more than ${MOST_ENTRIES} files` }] };
  const directory = new PagedFile(file);
  const body = new PagedFile(file);
  const seen = new Set<string>();
  let central = directoryAt;
  let end = 0;
  for await (const raw of entriesOf(path, zip)) {
    const entry = entryOf(raw);
    const reason =
      refusal(raw, entry, seen, end) ??
      (await directoryFault(directory, entry, central)) ??
      (await headerFault(body, entry)) ??
      (await endFault(body, entry, directoryAt));
    if (reason !== null && faults.length < MOST_FAULTS) faults.push({ path: printable(entry.path), reason });
    seen.add(entry.path);
    entries.push(entry);
    central += 46 + raw.fileNameLength + raw.extraFieldLength + raw.fileCommentLength;
    end = endOf(entry);
  }
  const last = entries.at(-1);
  if (faults.length > 0 || last === undefined) return { entries, faults };
  if (end !== directoryAt) return { entries, faults: [{ path: last.path, reason: 'is followed by bytes of no file' }] };
  const records = endRecords(entries.length, directoryAt, central - directoryAt);
  if (central + records.length !== zip.fileSize || !(await directory.holds(records, central)))
    faults.push({ path: last.path, reason: 'is followed by an end of the archive that Carryall does not write' });
  return { entries, faults };
}

function openDirectory(path: string, file: RandomAccess): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    // Names are judged below, where they can be named.
    const options = { lazyEntries: true, autoClose: false, decodeStrings: false };
    fromRandomAccessReader(new DirectoryReader(file), file.size, options, (error, zip) =>
      error === null ? resolve(zip) : reject(broken(path, error)),
    );
  });
}

/** Through this yauzl reads the directory, which is all that it reads here. */
class DirectoryReader extends RandomAccessReader {
  readonly #pages: PagedFile;

  constructor(file: RandomAccess) {
    super();
    this.#pages = new PagedFile(file);
  }

  override read(to: Buffer, offset: number, length: number, at: number, done: (error: Error | null) => void): void {
    this.#pages.read(at, length).then((bytes) => {
      bytes.copy(to, offset);
      done(bytes.length < length ? new Error('it ends too soon') : null);
    }, done);
  }
}

async function* entriesOf(path: string, zip: ZipFile): AsyncGenerator<Entry> {
  let last = 'its start';
  try {
    for await (const entry of zip.eachEntry()) {
      last = printable(entry.fileNameRaw.toString('latin1'));
      yield entry;
    }
  } catch (error) {
    throw broken(path, error as Error, ` after ${last}`);
  }
}

function entryOf(raw: Entry): ArchiveEntry {
  return {
    path: raw.fileNameRaw.toString('latin1'),
    bytes: raw.uncompressedSize,
    packedBytes: raw.compressedSize,
    crc32: raw.crc32,
    at: raw.relativeOffsetOfLocalHeader,
  };
}

/** Why an archive with such an entry is not even opened. */
function refusal(raw: Entry, entry: ArchiveEntry, seen: ReadonlySet<string>, end: number): string | null {
  if (!isSafePath(entry.path)) return 'has a name that is not safe to store';
  if (seen.has(entry.path)) return 'stands there twice';
  if ((raw.generalPurposeBitFlag & 1) !== 0) return 'is encrypted';
  if (((raw.externalFileAttributes >>> 16) & FILE_TYPE) !== ORDINARY_FILE) return 'is not an ordinary file';
  if (entry.bytes > (entry.packedBytes + 1) * MOST_PER_BYTE) return 'claims to hold more than its bytes can';
  if (entry.at < end) return 'overlaps the file before it';
  if (entry.at > end) return 'is preceded by bytes of no file';
  return null;
}

async function directoryFault(directory: PagedFile, entry: ArchiveEntry, at: number): Promise<string | null> {
  return (await directory.holds(centralHeader(entry), at))
    ? null
    : 'has an entry in the directory that Carryall does not write';
}

async function headerFault(body: PagedFile, entry: ArchiveEntry): Promise<string | null> {
  const local = localHeader(entry.path);
  if (await body.holds(local, entry.at)) return null;
  const nameAt = local.length - entry.path.length;
  return (await body.holds(local.subarray(nameAt), entry.at + nameAt))
    ? 'has a header that Carryall does not write'
    : 'has another name in its header than in the directory';
}

async function endFault(body: PagedFile, entry: ArchiveEntry, directoryAt: number): Promise<string | null> {
  const expected = descriptor(entry);
  const at = dataAt(entry) + entry.packedBytes;
  if (at + expected.length > directoryAt) return 'overlaps the directory';
  return (await body.holds(expected, at)) ? null : 'does not end where the directory says';
}

/** A name as it may stand on a terminal. */
function printable(name: string): string {
  return name.slice(0, 200).replaceAll(/[^ -~]/g, '?');
}

function broken(path: string, cause: Error, where = ''): CarryallError {
  return new CarryallError('BAD_INPUT', `${path} is broken${where}: ${cause.message}`, { cause });
}
