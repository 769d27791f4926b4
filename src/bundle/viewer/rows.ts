import { once } from 'node:events';
import { Readable, Writable } from 'node:stream';
import type { Spool } from '../spool.ts';
import { scriptText } from './escape.ts';

/** The most rows of a file that the page holds; the rest is in the file itself, as the page says. */
export const SHOWN_ROWS = 100_000;
/** Rows in a script file. */
export const CHUNK_ROWS = 5_000;
/** Up to this size the rows stand in the page itself, so that it is whole even when it is opened alone. */
const INLINE_BYTES = 48 * 1024;

/** Which rows come. */
export interface ViewerRowsOptions {
  /** Their number, known before the first comes. */
  readonly rows: number;
  /** The key of an instant by whose months all rows are counted. */
  readonly months?: string | undefined;
  readonly openSpool: () => Promise<Spool>;
}

/**
 * Takes the lines of JSON of one file, as RowGate emits them, and keeps the last `SHOWN_ROWS` of them for the page: few of
 * them in memory, many in a spool. Memory does not grow with the rows. Close it when its files are written.
 */
export class ViewerRows extends Writable {
  readonly rows: number;
  readonly #skip: number;
  readonly #openSpool: () => Promise<Spool>;
  readonly #monthKey: Buffer | null;
  readonly #months = new Map<string, number>();
  #skipped = 0;
  #small: Buffer[] = [];
  #bytes = 0;
  #spool: Spool | null = null;
  #out: Writable | null = null;

  constructor({ rows, months, openSpool }: ViewerRowsOptions) {
    super();
    this.rows = rows;
    this.#skip = Math.max(0, rows - SHOWN_ROWS);
    this.#openSpool = openSpool;
    this.#monthKey = months === undefined ? null : Buffer.from(`${JSON.stringify(months)}:"`);
  }

  get shown(): number {
    return this.rows - this.#skip;
  }

  /** Rows by month; null where none was asked for. */
  get months(): Readonly<Record<string, number>> | null {
    if (this.#monthKey === null) return null;
    return Object.fromEntries([...this.#months].toSorted(([one], [other]) => (one < other ? -1 : 1)));
  }

  /** The rows as a list in JSON, where they are few enough to stand in the page; else null. */
  get inline(): string | null {
    if (this.#spool !== null) return null;
    const text = Buffer.concat(this.#small).toString('utf8');
    return `[${text.trimEnd().replaceAll('\n', ',')}]`;
  }

  /** How many script files there are. */
  get chunks(): number {
    return this.#spool === null ? 0 : Math.ceil(this.shown / CHUNK_ROWS);
  }

  /** The script files of the section `id`, one at a time and in order; none where the rows stand in the page. */
  async *files(id: string): AsyncGenerator<{ readonly path: string; readonly content: Readable }> {
    if (this.#spool === null) return;
    const source = this.#spool.reader();
    const cutter = new LineCutter(source[Symbol.asyncIterator]() as AsyncIterator<Buffer>);
    try {
      for (let chunk = 1; chunk <= this.chunks; chunk += 1) {
        yield { path: chunkPath(id, chunk), content: Readable.from(chunkScript(id, chunk, cutter)) };
      }
    } finally {
      source.destroy();
    }
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    if (this.#monthKey !== null) this.#countMonths(chunk, this.#monthKey);
    const rest = this.#skipped < this.#skip ? this.#withoutSkipped(chunk) : chunk;
    if (rest.length === 0) return callback();
    if (this.#out === null && this.#bytes + rest.length <= INLINE_BYTES) {
      this.#bytes += rest.length;
      // Whoever wrote may use its bytes again.
      this.#small.push(Buffer.from(rest));
      return callback();
    }
    this.#toSpool(rest).then(() => callback(), callback);
  }

  override _final(callback: (error?: Error | null) => void): void {
    if (this.#out === null) return callback();
    this.#out.end(callback);
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    if (error !== null) this.#out?.destroy(error);
    callback(error);
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    this.destroy();
    await this.#spool?.[Symbol.asyncDispose]();
  }

  async #toSpool(chunk: Buffer): Promise<void> {
    if (this.#out === null) {
      this.#spool = await this.#openSpool();
      this.#out = this.#spool.writer();
      this.#out.on('error', (error) => this.destroy(error));
      const kept = Buffer.concat(this.#small);
      this.#small = [];
      if (kept.length > 0 && !this.#out.write(kept)) await once(this.#out, 'drain');
    }
    if (!this.#out.write(chunk)) await once(this.#out, 'drain');
  }

  #withoutSkipped(chunk: Buffer): Buffer {
    let at = 0;
    while (this.#skipped < this.#skip && at < chunk.length) {
      const end = chunk.indexOf(LINE_END, at);
      if (end < 0) return chunk.subarray(chunk.length);
      this.#skipped += 1;
      at = end + 1;
    }
    return chunk.subarray(at);
  }

  /** The key with its quotes and colon stands nowhere inside a text, where quotes are escaped. */
  #countMonths(chunk: Buffer, key: Buffer): void {
    for (let at = chunk.indexOf(key); at >= 0; at = chunk.indexOf(key, at + key.length)) {
      const month = chunk.toString('latin1', at + key.length, at + key.length + 7);
      this.#months.set(month, (this.#months.get(month) ?? 0) + 1);
    }
  }
}

/** Where a script file lies in the archive. */
function chunkPath(id: string, chunk: number): string {
  return `viewer/data/${id}-${String(chunk).padStart(4, '0')}.js`;
}

const LINE_END = 10;

async function* chunkScript(id: string, chunk: number, cutter: LineCutter): AsyncGenerator<Buffer | string> {
  yield `carryallRows(${JSON.stringify(id)},${chunk},String.raw\``;
  for await (const text of cutter.take(CHUNK_ROWS)) yield scriptText(text);
  yield '`);\n';
}

/** Hands out a stream of lines in portions of whole lines. */
class LineCutter {
  readonly #source: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);
  #ended = false;

  constructor(source: AsyncIterator<Buffer>) {
    this.#source = source;
  }

  /** The next `lines` lines, in pieces that end with a line. */
  async *take(lines: number): AsyncGenerator<string> {
    for (let left = lines; left > 0;) {
      let end = 0;
      while (left > 0) {
        const next = this.#rest.indexOf(LINE_END, end);
        if (next < 0) break;
        end = next + 1;
        left -= 1;
      }
      if (end > 0) {
        yield this.#rest.subarray(0, end).toString('utf8');
        this.#rest = this.#rest.subarray(end);
      }
      if (left === 0 || this.#ended) return;
      const { value, done } = await this.#source.next();
      if (done === true) this.#ended = true;
      else this.#rest = Buffer.concat([this.#rest, value]);
    }
  }
}
