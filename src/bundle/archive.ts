import { createHash } from 'node:crypto';
import { addAbortSignal, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32, createDeflateRaw } from 'node:zlib';
import { CarryallError } from '../errors.ts';
import { centralHeader, descriptor, endRecords, localHeader, type ArchiveEntry } from './archive-headers.ts';
import type { Outlet } from './outlet.ts';
import { PACKING, packWhole, SMALL, type Packed } from './packer.ts';
import { isSafePath } from './safe-path.ts';

/** What one file of an archive came to. */
export interface WrittenFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  /** In which volume it lies, from 1, where there are several. */
  readonly volume?: number;
}

/** A file of an archive as it lies in it. */
export interface StoredEntry extends ArchiveEntry {
  readonly sha256: string;
}

/** Up to here a text, which is in memory anyway, is packed in one go: longer ones would keep others waiting. */
const SHORT = 1024 * 1024;

/** The directory is written so many entries at a time. */
const ENTRIES_AT_ONCE = 500;

/**
 * One ZIP archive, written to an outlet file by file. The headers are those of `archive-headers.ts`, which `carryall verify`
 * holds every archive against; why no library writes them is in docs/decisions/0011-packed-members.md.
 */
export class Archive {
  readonly #outlet: Outlet;
  readonly #entries: ArchiveEntry[];
  readonly #paths: Set<string>;
  #directoryBytes: number;

  /** `entries` are those that the outlet's file already holds. */
  constructor(outlet: Outlet, entries: readonly ArchiveEntry[] = []) {
    this.#outlet = outlet;
    this.#entries = [...entries];
    this.#paths = new Set(entries.map(({ path }) => path));
    this.#directoryBytes = entries.reduce((sum, { path }) => sum + directoryBytes(path), 0);
  }

  /** How large it would at most be if it ended here. */
  get size(): number {
    return this.#outlet.position + this.#directoryBytes + END_BYTES;
  }

  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  /** Writes one file that is already packed. */
  async add(path: string, { bytes, packedBytes, crc32, sha256, pieces }: Packed): Promise<StoredEntry> {
    this.#claim(path);
    const at = this.#outlet.position;
    const entry = { path, bytes, packedBytes, crc32, at, sha256 };
    // One by one, writing headers would take longer than packing what is small.
    let before = localHeader(path);
    for await (const piece of pieces()) {
      if (before.length + piece.length > SMALL) {
        await this.#outlet.write(before);
        before = piece;
      } else before = Buffer.concat([before, piece]);
    }
    await this.#outlet.write(Buffer.concat([before, descriptor(entry)]));
    return this.#enter(entry);
  }

  /** Writes one file from a stream that is said to have `bytes`, or from a text. Fails when the stream does. */
  async write(path: string, content: Readable | string, bytes = Infinity): Promise<StoredEntry> {
    if (typeof content === 'string' && content.length <= SHORT) return this.add(path, packWhole(Buffer.from(content)));
    if (typeof content !== 'string' && bytes <= SMALL) return this.#writeSmall(path, content);
    this.#claim(path);
    const at = this.#outlet.position;
    await this.#outlet.write(localHeader(path));
    const digest = createHash('sha256');
    const found = { bytes: 0, packedBytes: 0, crc32: 0 };
    await pipeline(
      typeof content === 'string' ? Readable.from([Buffer.from(content)]) : content,
      async function* (source: AsyncIterable<Buffer>) {
        for await (const chunk of source) {
          digest.update(chunk);
          found.crc32 = crc32(chunk, found.crc32);
          found.bytes += chunk.length;
          yield chunk;
        }
      },
      createDeflateRaw(PACKING),
      async (packed: AsyncIterable<Buffer>) => {
        for await (const chunk of packed) {
          found.packedBytes += chunk.length;
          await this.#outlet.write(chunk);
        }
      },
      { signal: this.#outlet.signal },
    );
    const entry = { path, ...found, at, sha256: digest.digest('hex') };
    await this.#outlet.write(descriptor(entry));
    return this.#enter(entry);
  }

  /** Writes the directory and ends the outlet. */
  async finish(): Promise<void> {
    const at = this.#outlet.position;
    for (let from = 0; from < this.#entries.length; from += ENTRIES_AT_ONCE)
      await this.#outlet.write(
        Buffer.concat(this.#entries.slice(from, from + ENTRIES_AT_ONCE).map((entry) => centralHeader(entry))),
      );
    await this.#outlet.write(endRecords(this.#entries.length, at, this.#outlet.position - at));
    await this.#outlet.end();
  }

  /** Packs in one go what a thread and buffers of its own would cost more than it is: there may be any number of such files. */
  async #writeSmall(path: string, content: Readable): Promise<StoredEntry> {
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of addAbortSignal(this.#outlet.signal, content) as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > 2 * SMALL) throw new CarryallError('BUNDLE_FAILED', `${path} grew while it was read.`);
    }
    return this.add(path, packWhole(Buffer.concat(chunks)));
  }

  #claim(path: string): void {
    if (!isSafePath(path))
      throw new CarryallError('BUNDLE_FAILED', 'A file of the bundle has a path that not every system can store.');
    if (this.#paths.has(path))
      throw new CarryallError('BUNDLE_FAILED', `Two files of the bundle have the path ${path}.`);
    this.#paths.add(path);
  }

  #enter(entry: StoredEntry): StoredEntry {
    this.#entries.push(entry);
    this.#directoryBytes += directoryBytes(entry.path);
    return entry;
  }
}

/** The most bytes that the end records take. */
const END_BYTES = 98;

/** The most bytes that a file takes beside its packed bytes: both headers, the descriptor, the fields of ZIP64. */
export function overheadOf(path: string): number {
  return 30 + path.length + 24 + directoryBytes(path);
}

function directoryBytes(path: string): number {
  return 46 + path.length + 28;
}
