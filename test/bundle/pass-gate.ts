import { finished } from 'node:stream/promises';
import type { RedactionCounts, Treatment } from '../../src/bundle/redact.ts';
import { RowGate, type GateRules } from '../../src/bundle/row-gate.ts';

/** Whose rows these are. */
export const SUBJECT = 'sub_qwertyuiopasdfgh';

/** How each column of these tests is treated. */
const TREATMENTS: Readonly<Record<string, Treatment>> = { body: 'FREE_TEXT', tree: 'JSON', phone: 'TYPED' };

/** The rules of a file with these columns: what other columns need must not hide what these do. */
function rulesFor(columns: readonly string[]): GateRules {
  const treatments = columns.flatMap((name) => {
    const treatment = TREATMENTS[name];
    return treatment === undefined ? [] : [[name, { treatment, people: false }] as const];
  });
  return { subjectId: SUBJECT, treatments: new Map(treatments) };
}

export interface Passed {
  readonly text: string;
  readonly rows: number;
  readonly redactions: RedactionCounts;
}

/** What comes out of a gate, the bytes handed in as these chunks. */
export async function pass(chunks: readonly Buffer[], columns: readonly string[] = ['body', 'phone']): Promise<Passed> {
  const gate = new RowGate(rulesFor(columns));
  const out: Buffer[] = [];
  gate.on('data', (chunk: Buffer) => out.push(chunk));
  const done = finished(gate);
  for (const chunk of chunks) gate.write(chunk);
  gate.end();
  await done;
  return { text: Buffer.concat(out).toString('utf8'), rows: gate.rows, redactions: gate.redactions };
}

/** A row as the database hands it over. */
export function line(row: Readonly<Record<string, unknown>>, subjectId: string | null = SUBJECT): string {
  return `${JSON.stringify({ subjectId, ...row })}\n`;
}

/** What comes out of a gate for one row. */
export const passText = (row: Readonly<Record<string, unknown>>): Promise<Passed> =>
  pass([Buffer.from(line(row))], Object.keys(row));

/** The digits that are left, with nothing between them. */
export const digitsOf = (text: string): string => text.replace(SUBJECT, '').replaceAll(/\D/g, '');
