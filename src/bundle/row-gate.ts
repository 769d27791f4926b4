import { Transform, type TransformCallback } from 'node:stream';
import { CarryallError } from '../errors.ts';
import { itemIn } from '../holdings/row-retention.ts';
import type { Policy } from '../policy/schema.ts';
import { bytesFor, putCell } from './cell-json.ts';
import type { CellKind } from './cell-kind.ts';
import { parseExactly } from './json-exact.ts';
import { redactValue, treatmentOf, type RedactionCounts, type Treatment } from './redact.ts';
import { isSuspicious } from './scan.ts';
import type { Selection } from './select.ts';

const TAB = 9;
const NEWLINE = 10;
const BRACE = 125;
/** Rows are handled so many bytes at a time: a step costs the same whether it carries little or much. */
const BATCH_BYTES = 128 * 1024;
const MOST_SPARE = 32;

/** A column as the gate sees it. */
export interface GateCell {
  readonly name: string;
  readonly kind: CellKind;
  readonly treatment: Treatment;
  /** Whether addresses and numbers of other people are blanked in it. */
  readonly people: boolean;
}

/** What must be known to let rows pass; the first cell of a row is its owner. */
export interface GateRules {
  readonly subjectId: string;
  readonly cells: readonly GateCell[];
}

/** The rules for a selection: which properties are free text, which are JSON, and where other people are blanked. */
export function gateRules(policy: Policy, subjectId: string, { properties }: Selection): GateRules {
  const cells = properties.map(({ name, kind, column }): GateCell => {
    if (column === null) return { name, kind, treatment: 'TYPED', people: false };
    const people = column.cases.some(({ words }) => itemIn(policy, column.entry, words)?.redact !== undefined);
    return { name, kind, treatment: people ? 'FREE_TEXT' : treatmentOf(column.entry.format), people };
  });
  return { subjectId, cells };
}

/**
 * The gate that every row passes last: cells as PostgreSQL's COPY writes them in, lines of JSON out, byte for byte what
 * `row_to_json` would write. The first cell of each row is its owner, and that owner must be the subject, or the stream
 * fails with FOREIGN_ROW and nothing of it is kept (invariant: one owner). Rows with something suspicious in them are
 * parsed and blanked. Cells are read instead of JSON because PostgreSQL needs three times as long to write JSON.
 */
export class RowGate extends Transform {
  readonly #cells: readonly (GateCell & { readonly key: Buffer; readonly watched: boolean })[];
  readonly #owner: Buffer;
  readonly #every: boolean;
  readonly #overhead: number;
  readonly #onRows: (rows: number) => void;
  #input: Buffer = Buffer.allocUnsafeSlow(2 * BATCH_BYTES);
  #filled = 0;
  readonly #spare: Buffer[] = [];
  /** Rows passed so far. */
  rows = 0;
  readonly redactions: RedactionCounts = {};

  constructor({ subjectId, cells }: GateRules, onRows: (rows: number) => void = () => {}) {
    // As objects: a stream of bytes would join the lines of several steps into new ones.
    super({ writableHighWaterMark: BATCH_BYTES, readableObjectMode: true, readableHighWaterMark: 1 });
    this.#onRows = onRows;
    this.#owner = Buffer.from(subjectId);
    this.#cells = cells.map((cell, index) => ({
      ...cell,
      key: Buffer.from(`${index === 0 ? '{' : ','}${JSON.stringify(cell.name)}:`),
      // No number, flag or instant spells a credential.
      watched: cell.kind === 'TEXT' || cell.kind === 'JSON',
    }));
    // Keys that never leave may stand in any JSON value, and people in any text that names them: no byte gives these away.
    this.#every = cells.some(({ treatment, people }) => people || treatment === 'JSON');
    this.#overhead = this.#cells.reduce((sum, { key }) => sum + key.length + bytesFor(0), 2);
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    this.#keep(chunk);
    if (this.#filled < BATCH_BYTES || !chunk.includes(NEWLINE)) return callback();
    const end = this.#input.lastIndexOf(NEWLINE, this.#filled - 1) + 1;
    this.#emit(this.#input.subarray(0, end), (error) => {
      this.#input.copyWithin(0, end, this.#filled);
      this.#filled -= end;
      callback(error);
    });
  }

  override _flush(callback: TransformCallback): void {
    const bytes = this.#input.subarray(0, this.#filled);
    if (bytes.length > 0 && bytes.at(-1) !== NEWLINE)
      return callback(new CarryallError('BUNDLE_FAILED', 'The rows ended in the middle of a line.'));
    this.#emit(bytes, callback);
  }

  /**
   * Gives lines back that nobody needs any more: their bytes are written over by later ones. A million rows would otherwise
   * leave more than a gigabyte to the garbage collector, which counts it only now and then.
   */
  recycle(lines: Buffer): void {
    if (this.#spare.length < MOST_SPARE) this.#spare.push(Buffer.from(lines.buffer));
  }

  #keep(chunk: Buffer): void {
    if (this.#filled + chunk.length > this.#input.length)
      this.#input = grown(this.#input, this.#filled, this.#input.length + chunk.length);
    chunk.copy(this.#input, this.#filled);
    this.#filled += chunk.length;
  }

  #emit(rows: Buffer, callback: TransformCallback): void {
    try {
      const lines = this.#pass(rows);
      this.#onRows(this.rows);
      if (lines.length > 0) this.push(lines);
      callback();
    } catch (error) {
      callback(error as Error);
    }
  }

  #pass(bytes: Buffer): Buffer {
    const size = bytes.length + count(bytes) * this.#overhead;
    const spare = this.#spare.pop();
    let out = spare !== undefined && spare.length >= size ? spare : Buffer.allocUnsafeSlow(size + size / 8);
    let to = 0;
    for (let at = 0; at < bytes.length;) {
      const start = to;
      let suspicious = this.#every;
      this.#assertOwn(bytes, at);
      for (let index = 0; index < this.#cells.length; index += 1) {
        const { key, kind, treatment, watched } = this.#cells[index]!;
        const end = endOfCell(bytes, at, index === this.#cells.length - 1 ? NEWLINE : TAB);
        const room = key.length + bytesFor(end - at) + 2;
        if (to + room > out.length) out = grown(out, to, room + 2 * (bytes.length - at));
        for (let each = 0; each < key.length; each += 1) out[to + each] = key[each]!;
        to = putCell(bytes, at, end, kind, out, to + key.length);
        suspicious ||= watched && isSuspicious(bytes, at, end, treatment === 'TYPED' ? 'CREDENTIALS' : 'EVERYTHING');
        at = end + 1;
      }
      out[to] = BRACE;
      out[to + 1] = NEWLINE;
      to += 2;
      this.rows += 1;
      if (!suspicious) continue;
      const line = Buffer.from(`${this.#redact(out.toString('utf8', start, to))}\n`);
      if (start + line.length > out.length) out = grown(out, start, line.length + 2 * (bytes.length - at));
      line.copy(out, start);
      to = start + line.length;
    }
    return out.subarray(0, to);
  }

  #assertOwn(bytes: Buffer, at: number): void {
    const owner = this.#owner;
    let same = bytes[at + owner.length] === TAB || bytes[at + owner.length] === NEWLINE;
    for (let index = 0; same && index < owner.length; index += 1) same = bytes[at + index] === owner[index];
    if (same) return;
    throw new CarryallError(
      'FOREIGN_ROW',
      'A row that belongs to somebody else came out of the database. The bundle was given up; raise an incident.',
    );
  }

  #redact(line: string): string {
    const row = parseExactly(line);
    for (const { name, treatment, people } of this.#cells)
      row[name] = redactValue(row[name], treatment, this.redactions, people);
    return JSON.stringify(row);
  }
}

function count(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) lines += 1;
  return lines;
}

/** Where the cell ends that begins at `at`; the text format spells tabs and line ends inside a cell with backslashes. */
function endOfCell(bytes: Buffer, at: number, mark: number): number {
  let end = at;
  while (end < bytes.length && bytes[end] !== TAB && bytes[end] !== NEWLINE) end += 1;
  if (bytes[end] === mark) return end;
  throw new CarryallError('BUNDLE_FAILED', 'A row came with another number of cells than was asked for.');
}

function grown(out: Buffer, used: number, more: number): Buffer {
  const larger = Buffer.allocUnsafeSlow(used + more);
  out.copy(larger, 0, 0, used);
  return larger;
}
