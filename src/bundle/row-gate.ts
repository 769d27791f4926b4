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
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  /** Rows passed so far. */
  rows = 0;
  readonly redactions: RedactionCounts = {};

  constructor({ subjectId, cells }: GateRules, onRows: (rows: number) => void = () => {}) {
    super({ highWaterMark: 2 * BATCH_BYTES });
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
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.length;
    if (this.#waitingBytes < BATCH_BYTES || !chunk.includes(NEWLINE)) return callback();
    const bytes = Buffer.concat(this.#waiting);
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    this.#waiting = [Buffer.from(bytes.subarray(end))];
    this.#waitingBytes = bytes.length - end;
    this.#emit(bytes.subarray(0, end), callback);
  }

  override _flush(callback: TransformCallback): void {
    const bytes = Buffer.concat(this.#waiting);
    if (bytes.length > 0 && bytes.at(-1) !== NEWLINE)
      return callback(new CarryallError('BUNDLE_FAILED', 'The rows ended in the middle of a line.'));
    this.#emit(bytes, callback);
  }

  #emit(rows: Buffer, callback: TransformCallback): void {
    try {
      const lines = this.#pass(rows);
      this.#onRows(this.rows);
      callback(null, lines);
    } catch (error) {
      callback(error as Error);
    }
  }

  #pass(bytes: Buffer): Buffer {
    let out: Buffer = Buffer.allocUnsafeSlow(bytes.length + count(bytes) * this.#overhead);
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
