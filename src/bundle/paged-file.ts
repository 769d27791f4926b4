import type { RandomAccess } from './random-access.ts';

const PAGE = 256 * 1024;

/** Reads short pieces of a file that mostly follow one another: one read of the disk serves many of them. */
export class PagedFile {
  readonly #file: RandomAccess;
  #page: Buffer = Buffer.alloc(0);
  #pageAt = 0;

  constructor(file: RandomAccess) {
    this.#file = file;
  }

  /** As many of the bytes as there are; good until the next call. */
  async read(at: number, length: number): Promise<Buffer> {
    if (at < this.#pageAt || at + length > this.#pageAt + this.#page.length) {
      this.#page = await this.#file.read(at, Math.max(PAGE, length));
      this.#pageAt = at;
    }
    return this.#page.subarray(at - this.#pageAt, at - this.#pageAt + length);
  }

  async holds(expected: Buffer, at: number): Promise<boolean> {
    return (await this.read(at, expected.length)).equals(expected);
  }
}
