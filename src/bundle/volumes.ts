import type { Readable } from 'node:stream';
import { deflateRawSync } from 'node:zlib';
import { CarryallError } from '../errors.ts';
import { Archive, overheadOf, type StoredEntry, type WrittenFile } from './archive.ts';
import type { Outlet } from './outlet.ts';
import { PACKING, type Packed } from './packer.ts';

/** Takes the files of a bundle, one at a time, in one archive or in several. */
export interface FileSink {
  /** Aborts when nobody takes files any more. */
  readonly signal: AbortSignal;
  /** Writes one file from a stream of at most `bytes`, or from a text. Fails when the stream does. */
  write(path: string, content: Readable | string, bytes?: number): Promise<WrittenFile>;
  /** Writes one file that is already packed. */
  add(path: string, packed: Packed): Promise<WrittenFile>;
  /**
   * Sees to it that the file that ends the bundle fits with its signature, in one volume, and tells the volumes before, on
   * which depends what it packs to; null where there is but one archive.
   */
  reserve(packedBytes: (volumes: readonly FinishedVolume[]) => number): Promise<readonly FinishedVolume[] | null>;
  /** Writes the directory of the last archive, and settles when everything is out. */
  finish(): Promise<void>;
}

/** A volume that is whole. */
export interface FinishedVolume {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Where volumes go. */
export interface VolumePlace {
  /** Opens the outlet of the volume `number`, from 1. */
  open(number: number): Promise<Outlet>;
  /** What a volume that is whole is called and holds. */
  finished(number: number): Promise<FinishedVolume>;
  /** Hears of each file once it is whole. */
  stored(number: number, entry: StoredEntry): Promise<void>;
}

/** A volume as an earlier attempt left it. */
export interface OpenVolume {
  readonly number: number;
  readonly outlet: Outlet;
  readonly entries: readonly StoredEntry[];
}

/** deflate makes what it cannot pack larger by a little. */
const GROWTH = 1.001;
const GROWTH_BYTES = 64;
/** A signature is a line of a few hundred bytes. */
const ROOM_FOR_SIGNATURE = 4096;

/**
 * Writes a ZIP in volumes of at most `largest` bytes, each an archive of its own; without a limit, in one. A file is never
 * cut: one that no volume can hold is refused with BUNDLE_TOO_LARGE.
 */
export class Volumes implements FileSink {
  readonly #place: VolumePlace;
  readonly #largest: number;
  #number: number;
  #outlet: Outlet;
  #archive: Archive;
  readonly #finished: FinishedVolume[] = [];

  constructor(place: VolumePlace, largest: number, { number, outlet, entries }: OpenVolume) {
    this.#place = place;
    this.#largest = largest;
    this.#number = number;
    this.#outlet = outlet;
    this.#archive = new Archive(outlet, entries);
  }

  get signal(): AbortSignal {
    return this.#outlet.signal;
  }

  async add(path: string, packed: Packed): Promise<WrittenFile> {
    await this.#makeRoom(path, packed.packedBytes);
    return this.#stored(await this.#archive.add(path, packed));
  }

  async write(path: string, content: Readable | string, bytes?: number): Promise<WrittenFile> {
    const most = typeof content === 'string' ? this.#packedBytes(content) : bytes;
    try {
      await this.#makeRoom(path, most === undefined ? 0 : Math.ceil(most * GROWTH) + GROWTH_BYTES);
      return await this.#stored(await this.#archive.write(path, content, bytes));
    } catch (error) {
      // Nobody may have begun to read it: its file would stay open.
      if (typeof content !== 'string') content.destroy();
      throw error;
    }
  }

  async reserve(
    packedBytes: (volumes: readonly FinishedVolume[]) => number,
  ): Promise<readonly FinishedVolume[] | null> {
    if (!Number.isFinite(this.#largest)) return null;
    for (;;) {
      const before = this.#number;
      while (this.#finished.length < before - 1)
        this.#finished.push(await this.#place.finished(this.#finished.length + 1));
      await this.#makeRoom('manifest.json', packedBytes(this.#finished) + ROOM_FOR_SIGNATURE);
      if (this.#number === before) return this.#finished;
    }
  }

  /** How many there are. */
  get count(): number {
    return this.#number;
  }

  /** Gives the current volume up. */
  async destroy(): Promise<void> {
    await this.#outlet.destroy();
    this.#outlet[Symbol.dispose]();
  }

  async finish(): Promise<void> {
    await this.#archive.finish();
    this.#outlet[Symbol.dispose]();
  }

  /** What a text comes to, packed; where it does not matter, nothing. */
  #packedBytes(text: string): number {
    return Number.isFinite(this.#largest) ? deflateRawSync(text, PACKING).length : 0;
  }

  async #makeRoom(path: string, packedBytes: number): Promise<void> {
    const needed = packedBytes + overheadOf(path);
    if (this.#archive.size + needed <= this.#largest) return;
    if (this.#archive.isEmpty)
      throw new CarryallError(
        'BUNDLE_TOO_LARGE',
        `${path} needs up to ${needed + this.#archive.size} bytes and a volume may have ${this.#largest}: allow larger volumes.`,
      );
    await this.finish();
    this.#number += 1;
    this.#outlet = await this.#place.open(this.#number);
    this.#archive = new Archive(this.#outlet);
    await this.#makeRoom(path, packedBytes);
  }

  async #stored(entry: StoredEntry): Promise<WrittenFile> {
    await this.#place.stored(this.#number, entry);
    const { path, bytes, sha256 } = entry;
    return { path, bytes, sha256, ...(Number.isFinite(this.#largest) ? { volume: this.#number } : {}) };
  }
}

/** A sink that writes one archive to an outlet. */
export function singleArchive(outlet: Outlet): FileSink {
  const nowhere = (): never => {
    throw new TypeError('a single archive has no other volume');
  };
  const place = { open: nowhere, finished: nowhere, stored: async () => {} };
  return new Volumes(place, Infinity, { number: 1, outlet, entries: [] });
}
