import type { RowColumn } from '../gateway/row-sources.ts';
import type { Row } from '../gateway/use-rows.ts';
import { showValue } from '../language/show-value.ts';
import type { Speech } from '../language/speech.ts';

export interface RowOrder {
  readonly column: string;
  readonly isDown: boolean;
}

/** What is searched for: small and without space around it. */
export function needleOf({ language }: Speech, search: string): string {
  return search.trim().toLocaleLowerCase(language);
}

/** The rows that have it, in the order that is wanted. */
export function searched(
  speech: Speech,
  columns: readonly RowColumn[],
  rows: readonly Row[],
  { needle, order }: { readonly needle: string; readonly order: RowOrder | null },
): readonly Row[] {
  const found = needle === '' ? rows : rows.filter((row) => textOfRow(speech, columns, row).includes(needle));
  if (order === null) return found;
  const { column, isDown } = order;
  const sorted = found.toSorted((one, other) => compare(one.values[column], other.values[column]));
  return isDown ? sorted.toReversed() : sorted;
}

/** Thousands of rows are written out once, not with every letter that is typed. */
const written = new WeakMap<Speech, WeakMap<Row, string>>();

/** What is searched is what is read, and the value itself, so that +31 finds what is written otherwise. */
function textOfRow(speech: Speech, columns: readonly RowColumn[], row: Row): string {
  const known = written.get(speech) ?? new WeakMap<Row, string>();
  written.set(speech, known);
  let text = known.get(row);
  if (text === undefined) {
    const { id, values } = row;
    const parts = columns.flatMap(({ name, type }) => [showValue(speech, type, values[name]), rawText(values[name])]);
    text = [id, ...parts].join('\n').toLocaleLowerCase(speech.language);
    known.set(row, text);
  }
  return text;
}

function rawText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

const inWords = new Intl.Collator(undefined, { numeric: true });

function compare(one: unknown, other: unknown): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  return inWords.compare(textOf(one), textOf(other));
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
