import { Transform, type TransformCallback } from 'node:stream';
import { stringify } from 'csv-stringify/sync';
import { exactNumber, parseExactly } from './json-exact.ts';

/**
 * The CSV twin of lines of JSON: RFC 4180, a header, CRLF, UTF-8. Text that a spreadsheet would run as a formula
 * (`= + - @`, tab, return, and their full-width forms at the start), and text that begins with an apostrophe, gets an
 * apostrophe in front; numbers and flags stay as they are. README.txt tells how to undo it.
 */
export class CsvEncoder extends Transform {
  readonly #names: readonly string[];
  #rest = '';
  #started = false;

  constructor(names: readonly string[]) {
    super();
    this.#names = names;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    // RowGate hands over whole lines, so a chunk never cuts a character.
    const lines = (this.#rest + chunk.toString('utf8')).split('\n');
    this.#rest = lines.pop() ?? '';
    callback(null, this.#encode(lines.map(parseExactly)));
  }

  override _flush(callback: TransformCallback): void {
    callback(null, this.#encode([]));
  }

  #encode(rows: readonly Record<string, unknown>[]): string {
    const records: unknown[][] = rows.map((row) => this.#names.map((name) => cell(row[name])));
    if (!this.#started) records.unshift([...this.#names]);
    this.#started = true;
    return records.length === 0 ? '' : stringify(records, { record_delimiter: 'windows', cast: { boolean: String } });
  }
}

const DANGEROUS = /^['=+\-@\t\r\n＝＋－＠]/;

function cell(value: unknown): unknown {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return DANGEROUS.test(value) ? `'${value}` : value;
  if (typeof value === 'object') return exactNumber(value) ?? JSON.stringify(value);
  return value;
}

/** The text that a cell stands for: the apostrophe in front taken away again. */
export function undoFormulaGuard(text: string): string {
  return /^'['=+\-@\t\r\n＝＋－＠]/.test(text) ? text.slice(1) : text;
}
