import type { FileHandle } from 'node:fs/promises';

const PAGE = 256 * 1024;

/** Reads short pieces of a file that mostly follow one another: one read of the disk serves many of them. */
export class PagedFile {
  readonly #file: FileHandle;
  #page = Buffer.alloc(0);
  #pageAt = 0;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** As many of the bytes as there are; good until the next call. */
  async read(at: number, length: number): Promise<Buffer> {
    if (at < this.#pageAt || at + length > this.#pageAt + this.#page.length) {
      const { buffer, bytesRead } = await this.#file.read(Buffer.alloc(Math.max(PAGE, length)), 0, null, at);
      this.#page = buffer.subarray(0, bytesRead);
      this.#pageAt = at;
    }
    return this.#page.subarray(at - this.#pageAt, at - this.#pageAt + length);
  }

  async holds(expected: Buffer, at: number): Promise<boolean> {
    return (await this.read(at, expected.length)).equals(expected);
  }
}
