import { CarryallError } from '../../errors.ts';
import type { ImportContext } from '../context.ts';
import type { Importer, InputFile } from '../importer.ts';
import type { KindOptions } from '../kinds.ts';
import { type CsvRow, readCsv, toRead } from '../read/csv.ts';
import type { Layout } from './call.ts';
import { columnName, LAYOUTS, recognise } from './layouts.ts';
import { readMapping } from './mapping.ts';
import { understandCall } from './understand.ts';

/** Call detail records as CSV, in a layout that a mapping tells or that the first row shows. */
export async function openCalls(context: ImportContext, options: KindOptions): Promise<Importer> {
  const mapped = options.mapping === undefined ? null : await readMapping(options.mapping);
  let layout: Layout | null = mapped;
  return {
    source: mapped?.source ?? options.source ?? 'cdr',
    async *read(file) {
      let columns: readonly string[] | null = null;
      for await (const row of readCsv(file, mapped?.delimiter ?? ',')) {
        if (columns === null) {
          const top = begin(file, row, mapped);
          layout = top.layout;
          columns = top.columns;
          if (top.isHeader) continue;
        }
        yield toRead(file, row, columns);
      }
      if (columns === null) throw refuse(file, 1, 'the file is empty');
    },
    understand(record) {
      if (layout === null) throw new TypeError('A call before its header');
      return understandCall(context, layout, record as Readonly<Record<string, string>>);
    },
  };
}

function begin(
  file: InputFile,
  row: CsvRow,
  mapped: Layout | null,
): { layout: Layout; columns: readonly string[]; isHeader: boolean } {
  if (row.kind === 'bad') throw refuse(file, row.line, row.reason);
  if (mapped === null) {
    const found = recognise(row.cells);
    if (found === null) throw refuse(file, row.line, unknownHeader(row.cells));
    return found;
  }
  if (mapped.columns) return { layout: mapped, columns: mapped.columns, isHeader: false };
  const columns = row.cells.map(columnName);
  const missing = Object.values(mapped.fields).filter((column) => !columns.includes(column));
  if (missing.length > 0)
    throw refuse(file, row.line, `the header lacks columns that the mapping names: ${missing.join(', ')}`);
  return { layout: mapped, columns, isHeader: true };
}

// The first row may be data: only such of its cells are told as are names of known columns.
function unknownHeader(cells: readonly string[]): string {
  const known = new Set(LAYOUTS.flatMap(({ wants, layout }) => [...wants, ...Object.values(layout.fields)]));
  const found = cells.map(columnName).filter((name) => known.has(name));
  const wanted = LAYOUTS.map(({ name, wants }) => `${name}: ${wants.join(', ')}`).join('; ');
  return (
    `the header is none that is known: it has ${cells.length} columns, of which ${found.length === 0 ? 'none is known' : `${found.join(', ')} are known`}. ` +
    `Wanted is one of: ${wanted}. For another, say with --mapping which column is what`
  );
}

function refuse(file: InputFile, line: number, reason: string): CarryallError {
  return new CarryallError('IMPORT_REFUSED', `${file.name} cannot be read as call detail records: ${reason}.`, {
    faults: [{ path: `${file.name}:${line}`, reason }],
  });
}
