import { Readable } from 'node:stream';
import type { CellKind } from '../../src/bundle/cell-kind.ts';
import type { RedactionCounts, Treatment } from '../../src/bundle/redact.ts';
import { RowGate, type GateCell, type GateRules } from '../../src/bundle/row-gate.ts';

/** Whose rows these are. */
export const SUBJECT = 'sub_qwertyuiopasdfgh';

/** What each column of these tests is; others are plain. */
const COLUMNS: Readonly<Record<string, { readonly kind: CellKind; readonly treatment: Treatment }>> = {
  body: { kind: 'TEXT', treatment: 'FREE_TEXT' },
  tree: { kind: 'JSON', treatment: 'JSON' },
  scopes: { kind: 'JSON', treatment: 'TYPED' },
  amount: { kind: 'NUMBER', treatment: 'TYPED' },
  at: { kind: 'INSTANT', treatment: 'TYPED' },
  flag: { kind: 'BOOLEAN', treatment: 'TYPED' },
};

function rulesFor(columns: readonly string[]): GateRules {
  const cells = ['subjectId', ...columns].map((name): GateCell => {
    return { name, people: false, ...(COLUMNS[name] ?? { kind: 'TEXT', treatment: 'TYPED' }) };
  });
  return { subjectId: SUBJECT, cells };
}

export interface Passed {
  readonly text: string;
  readonly rows: number;
  readonly redactions: RedactionCounts;
}

/** What comes out of a gate, the bytes handed in as these chunks. */
export async function pass(chunks: readonly Buffer[], columns: readonly string[]): Promise<Passed> {
  const gate = new RowGate(rulesFor(columns));
  const out: Buffer[] = [];
  for await (const chunk of gate.pass(Readable.from(chunks))) out.push(chunk);
  return { text: Buffer.concat(out).toString('utf8'), rows: gate.rows, redactions: gate.redactions };
}

/** A cell that PostgreSQL's COPY writes for a text. */
export function cellOf(text: string): string {
  return text.replaceAll(/[\\\b\f\n\r\t\v]/g, (each) => ESCAPES[each] ?? each);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': String.raw`\\`,
  '\b': String.raw`\b`,
  '\f': String.raw`\f`,
  '\n': String.raw`\n`,
  '\r': String.raw`\r`,
  '\t': String.raw`\t`,
  '\v': String.raw`\v`,
};

/** A row as the database hands it over: its columns in their order, after its owner. */
export function line(row: Readonly<Record<string, unknown>>, subjectId: string | null = SUBJECT): string {
  const cells = Object.entries(row).map(([name, value]) => {
    if (value === null) return String.raw`\N`;
    if (COLUMNS[name]?.kind === 'JSON') return cellOf(JSON.stringify(value));
    return typeof value === 'boolean'
      ? value
        ? 't'
        : 'f'
      : cellOf(typeof value === 'string' ? value : JSON.stringify(value));
  });
  return `${[subjectId ?? String.raw`\N`, ...cells].join('\t')}\n`;
}

/** The line of JSON that a row without anything suspicious becomes. */
export function lineOut(row: Readonly<Record<string, unknown>>): string {
  return `${JSON.stringify({ subjectId: SUBJECT, ...row })}\n`;
}

/** What comes out of a gate for one row. */
export const passText = (row: Readonly<Record<string, unknown>>): Promise<Passed> =>
  pass([Buffer.from(line(row))], Object.keys(row));

/** The digits that are left, with nothing between them. */
export const digitsOf = (text: string): string => text.replace(SUBJECT, '').replaceAll(/\D/g, '');
