import { CarryallError } from '../errors.ts';
import { itemIn } from '../holdings/row-retention.ts';
import type { Policy } from '../policy/schema.ts';
import { bytesFor, putCell } from './cell-json.ts';
import type { CellKind } from './cell-kind.ts';
import { parseExactly } from './json-exact.ts';
import { kept } from './kept.ts';
import { LONGEST_ROW, rowTooLong } from './longest-row.ts';
import type { Format } from '../catalogue/dataset.ts';
import type { Pseudonymise } from './other-parties.ts';
import { countRedaction, redactValue, treatmentOf, type RedactionCounts, type Treatment } from './redact.ts';
import { isSuspicious } from './scan.ts';
import type { Property, Selection } from './select.ts';

const TAB = 9;
const NEWLINE = 10;
const BRACE = 125;
/** Rows are handled so many bytes at a time: a step costs the same whether it carries little or much. */
const BATCH_BYTES = 128 * 1024;
const FEW_BYTES = 8 * 1024;
const MOST_SPARE = 32;

/** A column as the gate sees it. */
export interface GateCell {
  readonly name: string;
  readonly kind: CellKind;
  readonly treatment: Treatment;
  /** Whether addresses and numbers of other people are blanked in it. */
  readonly people: boolean;
  /** How a value is written that names somebody else and gets another name; absent where it may name them. */
  readonly named?: Format;
}

/** What must be known to let rows pass; the first cell of a row is its owner. */
export interface GateRules {
  readonly subjectId: string;
  readonly cells: readonly GateCell[];
  readonly pseudonymise?: Pseudonymise;
}

/** The rules for a selection: which properties are free text, which are JSON, and where other people are blanked. */
export function gateRules(
  policy: Policy,
  subjectId: string,
  selection: Selection,
  pseudonymise?: Pseudonymise,
): GateRules {
  return { subjectId, cells: cellsOf(policy)(selection), ...(pseudonymise === undefined ? {} : { pseudonymise }) };
}

const cellsOf = kept((policy: Policy) =>
  kept(({ properties }: Selection) => properties.map((property) => cellOf(policy, property))),
);

function cellOf(policy: Policy, { name, kind, column }: Property): GateCell {
  if (column === null) return { name, kind, treatment: 'TYPED', people: false };
  const { entry, cases } = column;
  // A column is treated alike in all its rows: whether a row's words ask for it is not for the gate to guess.
  const treated = (how: 'PSEUDONYM' | 'BLANK'): boolean => cases.some(({ otherParty }) => otherParty === how);
  const people = treated('BLANK') || cases.some(({ words }) => itemIn(policy, entry, words)?.redact !== undefined);
  const treatment = people ? 'FREE_TEXT' : treatmentOf(entry.format);
  return { name, kind, treatment, people, ...(treated('PSEUDONYM') ? { named: entry.format } : {}) };
}

/**
 * The gate that every row passes last: cells as PostgreSQL's COPY writes them in, lines of JSON out, byte for byte what
 * `row_to_json` would write. The first cell of each row is its owner, and that owner must be the subject, or the stream
 * fails with FOREIGN_ROW and nothing of it is kept (invariant: one owner). Rows with something suspicious in them are
 * parsed and blanked. Cells are read instead of JSON because PostgreSQL needs three times as long to write JSON.
 */
export class RowGate {
  readonly #cells: readonly (GateCell & { readonly key: Buffer; readonly watched: boolean })[];
  readonly #owner: Buffer;
  readonly #every: boolean;
  readonly #overhead: number;
  readonly #onRows: (rows: number) => void;
  readonly #pseudonymise: Pseudonymise | undefined;
  #input: Buffer = Buffer.alloc(0);
  #filled = 0;
  readonly #spare: Buffer[] = [];
  /** Rows passed so far. */
  rows = 0;
  readonly redactions: RedactionCounts = {};

  constructor({ subjectId, cells, pseudonymise }: GateRules, onRows: (rows: number) => void = () => {}) {
    this.#onRows = onRows;
    this.#pseudonymise = pseudonymise;
    this.#owner = Buffer.from(subjectId);
    this.#cells = cells.map((cell, index) => ({
      ...cell,
      key: Buffer.from(`${index === 0 ? '{' : ','}${JSON.stringify(cell.name)}:`),
      // No number, flag or instant spells a credential.
      watched: cell.kind === 'TEXT' || cell.kind === 'JSON',
    }));
    // Keys that never leave may stand in any JSON value, and people in any value that names them: no byte gives these away.
    this.#every = cells.some(({ treatment, people, named }) => people || named !== undefined || treatment === 'JSON');
    this.#overhead = this.#cells.reduce((sum, { key }) => sum + key.length + bytesFor(0), 2);
  }

  /** Lines of JSON for the bytes of rows, however those are cut; each chunk holds whole lines. To be called once. */
  async *pass(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      this.#keep(chunk);
      if (this.#filled < BATCH_BYTES || !chunk.includes(NEWLINE)) continue;
      const end = this.#input.lastIndexOf(NEWLINE, this.#filled - 1) + 1;
      yield this.#lines(end);
      this.#input.copyWithin(0, end, this.#filled);
      this.#filled -= end;
    }
    if (this.#filled === 0) return;
    if (this.#input[this.#filled - 1] !== NEWLINE)
      throw new CarryallError('BUNDLE_FAILED', 'The rows ended in the middle of a line.');
    yield this.#lines(this.#filled);
  }

  /** Lines of JSON for the bytes of rows that are all there. */
  take(rows: Buffer): Buffer {
    if (rows.length > 0 && rows[rows.length - 1] !== NEWLINE)
      throw new CarryallError('BUNDLE_FAILED', 'The rows ended in the middle of a line.');
    return this.#pass(rows);
  }

  /**
   * Gives lines back that nobody needs any more: their bytes are written over by later ones. A million rows would otherwise
   * leave more than a gigabyte to the garbage collector, which counts it only now and then.
   */
  recycle(lines: Buffer): void {
    if (this.#spare.length < MOST_SPARE) this.#spare.push(Buffer.from(lines.buffer));
  }

  #keep(chunk: Buffer): void {
    if (this.#filled > LONGEST_ROW) throw rowTooLong();
    if (this.#filled + chunk.length > this.#input.length)
      this.#input = grown(this.#input, this.#filled, Math.max(FEW_BYTES, this.#input.length + chunk.length));
    chunk.copy(this.#input, this.#filled);
    this.#filled += chunk.length;
  }

  #lines(end: number): Buffer {
    const lines = this.#pass(this.#input.subarray(0, end));
    this.#onRows(this.rows);
    return lines;
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
      if (to - start >= LONGEST_ROW) throw rowTooLong();
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
    for (const { name, treatment, people, named } of this.#cells) {
      const pseudonym = named === undefined ? null : this.#pseudonymOf(row[name], named);
      row[name] = pseudonym ?? redactValue(row[name], treatment, this.redactions, people);
    }
    return JSON.stringify(row);
  }

  #pseudonymOf(value: unknown, format: Format): string | null {
    if (this.#pseudonymise === undefined) throw new TypeError('Nobody said how other people are called');
    const pseudonym = this.#pseudonymise(value, format);
    if (pseudonym !== null) countRedaction(this.redactions, 'OTHER_PARTY_PSEUDONYMISED');
    return pseudonym;
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
