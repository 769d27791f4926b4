import { Transform, type TransformCallback } from 'node:stream';
import { CarryallError } from '../errors.ts';
import { itemIn } from '../holdings/row-retention.ts';
import { parseExactly } from './json-exact.ts';
import { isSuspicious, redactValue, treatmentOf, type RedactionCounts, type Treatment } from './redact.ts';
import type { Policy } from '../policy/schema.ts';
import type { Selection } from './select.ts';

const NEWLINE = 10;
const OPEN = '{"subjectId":';
const TYPED = { treatment: 'TYPED', people: false } as const;

/** What must be known to let rows pass. */
export interface GateRules {
  readonly subjectId: string;
  readonly treatments: ReadonlyMap<string, { readonly treatment: Treatment; readonly people: boolean }>;
}

/** The rules for a selection: which properties are free text, which are JSON, and where other people are blanked. */
export function gateRules(policy: Policy, subjectId: string, { properties }: Selection): GateRules {
  const treatments = new Map(
    properties.flatMap(({ name, column }) => {
      if (column === null) return [];
      const people = column.cases.some(({ words }) => itemIn(policy, column.entry, words)?.redact !== undefined);
      return [[name, { treatment: people ? 'FREE_TEXT' : treatmentOf(column.entry.format), people }] as const];
    }),
  );
  return { subjectId, treatments };
}

/**
 * The gate that every row passes last: lines of JSON in, the same lines out. Each line must begin with its owner, and that
 * owner must be the subject, or the stream fails with FOREIGN_ROW and nothing of it is kept (invariant: one owner).
 * Lines with something suspicious in them are parsed and blanked; all others pass as the bytes they came as.
 */
export class RowGate extends Transform {
  readonly #rules: GateRules;
  readonly #prefix: Buffer;
  readonly #people: boolean;
  readonly #onRows: (rows: number) => void;
  #rest: Buffer = Buffer.alloc(0);
  /** Rows passed so far. */
  rows = 0;
  readonly redactions: RedactionCounts = {};

  constructor(rules: GateRules, onRows: (rows: number) => void = () => {}) {
    super();
    this.#rules = rules;
    this.#onRows = onRows;
    this.#prefix = Buffer.from(`${OPEN}${JSON.stringify(rules.subjectId)}`);
    this.#people = [...rules.treatments.values()].some(({ people }) => people);
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    try {
      const end = chunk.lastIndexOf(NEWLINE) + 1;
      if (end === 0) {
        this.#rest = Buffer.concat([this.#rest, chunk]);
        return callback();
      }
      const lines = this.#rest.length === 0 ? chunk.subarray(0, end) : Buffer.concat([this.#rest, chunk.subarray(0, end)]);
      this.#rest = Buffer.from(chunk.subarray(end));
      const passed = this.#pass(lines);
      this.#onRows(this.rows);
      callback(null, passed);
    } catch (error) {
      callback(error as Error);
    }
  }

  override _flush(callback: TransformCallback): void {
    callback(this.#rest.length === 0 ? null : new CarryallError('BUNDLE_FAILED', 'The rows ended in the middle of a line.'));
  }

  #pass(lines: Buffer): Buffer {
    for (let start = 0; start < lines.length; start = lines.indexOf(NEWLINE, start) + 1) {
      if (lines.compare(this.#prefix, 0, this.#prefix.length, start, start + this.#prefix.length) !== 0) {
        throw new CarryallError('FOREIGN_ROW', 'A row that belongs to somebody else came out of the database. The bundle was given up; raise an incident.');
      }
      this.rows += 1;
    }
    // latin1 reads each byte as a character: quick, and enough to find what is made of ASCII.
    if (!this.#people && !isSuspicious(lines.toString('latin1'))) return lines;
    const clean = lines.toString('utf8', 0, lines.length - 1).split('\n').map((line) => (this.#people || isSuspicious(line) ? this.#redact(line) : line));
    return Buffer.from(`${clean.join('\n')}\n`);
  }

  #redact(line: string): string {
    const row = parseExactly(line);
    for (const [name, value] of Object.entries(row)) {
      const { treatment, people } = this.#rules.treatments.get(name) ?? TYPED;
      row[name] = redactValue(value, treatment, this.redactions, people);
    }
    return JSON.stringify(row);
  }
}
