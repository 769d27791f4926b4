import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import type { InputFile, Read } from '../importer.ts';
import { assertGoingOn, readText, REPLACEMENT } from './text.ts';

/** A row of a CSV file and the line it begins on, or why it is none. */
export type CsvRow =
  | { readonly kind: 'row'; readonly line: number; readonly cells: readonly string[] }
  | { readonly kind: 'bad'; readonly line: number; readonly reason: string };

const LONGEST_ROW = 1024 * 1024;

/** The rows of a CSV file, the first included; blank lines are passed over. */
export async function* readCsv(file: InputFile, delimiter: string): AsyncGenerator<CsvRow> {
  const skipped: CsvRow[] = [];
  const lines: number[] = [];
  // The line after what was parsed last; the parser runs ahead of the loop below.
  let next = 1;
  const parser = parse({
    delimiter,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: LONGEST_ROW,
    on_record: (cells, info) => {
      next = info.lines + 1;
      lines.push(info.lines - breaks(cells));
      return cells;
    },
    on_skip: (error) => {
      skipped.push({ kind: 'bad', line: next, reason: brokenReason(error?.code) });
      next = Math.max(next, Number(error?.['lines']) || next) + 1;
      return undefined;
    },
  });
  const source = Readable.from(readText(file));
  source.on('error', (error) => parser.destroy(error));
  source.pipe(parser);
  try {
    for await (const cells of parser as AsyncIterable<string[]>) {
      assertGoingOn(file.signal);
      const row = check(cells, lines.shift() ?? next);
      for (let first = skipped[0]; first !== undefined && first.line < row.line; first = skipped[0]) {
        skipped.shift();
        yield first;
      }
      yield row;
    }
    yield* skipped;
  } finally {
    source.destroy();
    parser.destroy();
  }
}

function check(cells: readonly string[], line: number): CsvRow {
  if (cells.some((cell) => cell.includes('\0')))
    return { kind: 'bad', line, reason: 'the row holds the character NUL' };
  if (cells.some((cell) => cell.includes(REPLACEMENT)))
    return { kind: 'bad', line, reason: 'the row holds bytes that are not UTF-8' };
  return { kind: 'row', line, cells };
}

function breaks(cells: readonly string[]): number {
  return cells.reduce((sum, cell) => sum + cell.split('\n').length - 1, 0);
}

function brokenReason(code: string | undefined): string {
  switch (code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return 'a quote is opened and never closed';
    case 'CSV_MAX_RECORD_SIZE':
      return `the row is longer than ${LONGEST_ROW} characters; is a quote left open?`;
    case 'INVALID_OPENING_QUOTE':
    case 'CSV_INVALID_CLOSING_QUOTE':
      return 'a quote stands inside a cell that is not quoted';
    default:
      return 'the row is not CSV';
  }
}

/** Rows as records of an import: cells by the name of their column. */
export function toRead(file: InputFile, row: CsvRow, columns: readonly string[]): Read {
  const place = `${file.name}:${row.line}`;
  if (row.kind === 'bad') return { kind: 'bad', place, reason: row.reason };
  if (row.cells.length !== columns.length)
    return { kind: 'bad', place, reason: `the row has ${row.cells.length} cells, and ${columns.length} are wanted` };
  return {
    kind: 'record',
    place,
    value: Object.fromEntries(columns.map((column, index) => [column, row.cells[index] ?? ''])),
  };
}
