import { Readable, Writable } from 'node:stream';
import type { Spool } from '../spool.ts';
import { scriptText } from './escape.ts';
import { Months } from './months.ts';

/** The most rows of a file that the page holds; the rest is in the file itself, as the page says. */
export const SHOWN_ROWS = 100_000;
/** Rows in a script file. */
export const CHUNK_ROWS = 5_000;
/** Up to this size the rows stand in the page itself, so that it is whole even when it is opened alone. */
export const INLINE_BYTES = 48 * 1024;

/** What the page is told of the rows of one file. */
export interface ShownRows {
  readonly rows: number;
  readonly shown: number;
  /** Rows by month; null where none was asked for. */
  readonly months: Readonly<Record<string, number>> | null;
  /** The rows as a list in JSON, where they are few enough to stand in the page; else null. */
  readonly inline: string | null;
  /** How many script files there are. */
  readonly chunks: number;
}

/** Rows that are all there, and few enough to stand in the page. */
export function inlineRows(lines: Buffer, rows: number, monthsBy: string | undefined): ShownRows {
  const months = new Months(monthsBy);
  months.count(lines);
  return { rows, shown: rows, months: months.counts, inline: listOf(lines), chunks: 0 };
}

function listOf(lines: Buffer): string {
  return `[${lines.toString('utf8').trimEnd().replaceAll('\n', ',')}]`;
}

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
export class ViewerRows extends Writable implements ShownRows {
  readonly rows: number;
  readonly #skip: number;
  readonly #openSpool: () => Promise<Spool>;
  readonly #months: Months;
  #skipped = 0;
  #small: Buffer[] = [];
  #bytes = 0;
  #spool: Spool | null = null;
  #spooling: Promise<void> = Promise.resolve();

  constructor({ rows, months, openSpool }: ViewerRowsOptions) {
    super();
    this.rows = rows;
    this.#skip = Math.max(0, rows - SHOWN_ROWS);
    this.#openSpool = openSpool;
    this.#months = new Months(months);
  }

  get shown(): number {
    return this.rows - this.#skip;
  }

  get months(): Readonly<Record<string, number>> | null {
    return this.#months.counts;
  }

  get inline(): string | null {
    return this.#spool === null ? listOf(Buffer.concat(this.#small)) : null;
  }

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
    this.#months.count(chunk);
    const rest = this.#skipped < this.#skip ? this.#withoutSkipped(chunk) : chunk;
    if (rest.length === 0) return callback();
    if (this.#spool === null && this.#bytes + rest.length <= INLINE_BYTES) {
      this.#bytes += rest.length;
      // Whoever wrote may use its bytes again.
      this.#small.push(Buffer.from(rest));
      return callback();
    }
    this.#spooling = this.#toSpool(rest);
    this.#spooling.then(() => callback(), callback);
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    this.destroy();
    // It may be opening the spool, which nobody would close.
    await this.#spooling.catch(() => {});
    await this.#spool?.[Symbol.asyncDispose]();
  }

  /** Not done before the bytes are on their way to the disk: whoever wrote them uses them again then. */
  async #toSpool(chunk: Buffer): Promise<void> {
    if (this.#spool === null) {
      this.#spool = await this.#openSpool();
      for (const kept of this.#small) await this.#spool.write(kept);
      this.#small = [];
    }
    await this.#spool.write(chunk);
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
}

/** Where a script file lies in the archive. */
function chunkPath(id: string, chunk: number): string {
  return `viewer/data/${id}-${String(chunk).padStart(4, '0')}.js`;
}

const LINE_END = 10;

async function* chunkScript(id: string, chunk: number, cutter: LineCutter): AsyncGenerator<Buffer> {
  yield Buffer.from(`carryallRows(${JSON.stringify(id)},${chunk},String.raw\``);
  for await (const lines of cutter.take(CHUNK_ROWS)) yield scriptBytes(lines);
  yield Buffer.from('`);\n');
}

/** What `scriptText` changes. */
const CHANGED = ['<', '`', '${', '\u2028', '\u2029'].map((text) => Buffer.from(text));

/** Lines as they may stand in a script; nearly all may as they are. */
function scriptBytes(lines: Buffer): Buffer {
  return CHANGED.some((text) => lines.includes(text)) ? Buffer.from(scriptText(lines.toString('utf8'))) : lines;
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
  async *take(lines: number): AsyncGenerator<Buffer> {
    for (let left = lines; left > 0;) {
      let end = 0;
      while (left > 0) {
        const next = this.#rest.indexOf(LINE_END, end);
        if (next < 0) break;
        end = next + 1;
        left -= 1;
      }
      if (end > 0) {
        yield this.#rest.subarray(0, end);
        this.#rest = this.#rest.subarray(end);
      }
      if (left === 0 || this.#ended) return;
      const { value, done } = await this.#source.next();
      if (done === true) this.#ended = true;
      else this.#rest = Buffer.concat([this.#rest, value]);
    }
  }
}
