import { Transform, type TransformCallback } from 'node:stream';
import { CarryallError } from '../errors.ts';
import { itemIn } from '../holdings/row-retention.ts';
import { parseExactly } from './json-exact.ts';
import { redactValue, treatmentOf, type RedactionCounts, type Treatment } from './redact.ts';
import { findSuspicious, type Wanted } from './scan.ts';
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
  readonly #every: boolean;
  readonly #wanted: Wanted;
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
    const treatments = [...rules.treatments.values()];
    // Keys that never leave may stand in any JSON value, and people in any text that names them: no byte gives these away.
    this.#every = treatments.some(({ treatment, people }) => people || treatment === 'JSON');
    this.#wanted = treatments.some(({ treatment }) => treatment !== 'TYPED') ? 'EVERYTHING' : 'CREDENTIALS';
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    try {
      const end = chunk.lastIndexOf(NEWLINE) + 1;
      if (end === 0) {
        this.#rest = Buffer.concat([this.#rest, chunk]);
        return callback();
      }
      const lines =
        this.#rest.length === 0 ? chunk.subarray(0, end) : Buffer.concat([this.#rest, chunk.subarray(0, end)]);
      this.#rest = Buffer.from(chunk.subarray(end));
      const passed = this.#pass(lines);
      this.#onRows(this.rows);
      callback(null, passed);
    } catch (error) {
      callback(error as Error);
    }
  }

  override _flush(callback: TransformCallback): void {
    callback(
      this.#rest.length === 0 ? null : new CarryallError('BUNDLE_FAILED', 'The rows ended in the middle of a line.'),
    );
  }

  #pass(lines: Buffer): Buffer {
    for (let start = 0; start < lines.length; start = lines.indexOf(NEWLINE, start) + 1) {
      if (!lines.subarray(start, start + this.#prefix.length).equals(this.#prefix)) {
        throw new CarryallError(
          'FOREIGN_ROW',
          'A row that belongs to somebody else came out of the database. The bundle was given up; raise an incident.',
        );
      }
      this.rows += 1;
    }
    return this.#lookCloser(lines);
  }

  /** Replaces the lines that need it; lines without a suspicion are not even decoded. */
  #lookCloser(lines: Buffer): Buffer {
    const next = (from: number): number => (this.#every ? from : findSuspicious(lines, from, this.#wanted));
    const pieces: Buffer[] = [];
    let clean = 0;
    for (let at = next(0); at >= 0 && at < lines.length;) {
      const start = lines.lastIndexOf(NEWLINE, at) + 1;
      const end = lines.indexOf(NEWLINE, at);
      pieces.push(
        lines.subarray(clean, start),
        Buffer.from(this.#redact(lines.toString('utf8', start, end))),
        lines.subarray(end, end + 1),
      );
      clean = end + 1;
      at = next(clean);
    }
    return pieces.length === 0 ? lines : Buffer.concat([...pieces, lines.subarray(clean)]);
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
