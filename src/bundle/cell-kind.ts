import type { AnyDataset } from '../catalogue/look-up.ts';
import { columnType } from '../catalogue/look-up.ts';

/** How a cell of PostgreSQL's text format becomes a value of JSON. */
export type CellKind = 'TEXT' | 'NUMBER' | 'BOOLEAN' | 'INSTANT' | 'JSON';

/** The kind of a column's cells. */
export function cellKind({ model }: AnyDataset, field: string): CellKind {
  const { type, list } = columnType(model, field);
  if (list) return 'JSON';
  switch (type) {
    case 'DateTime':
      return 'INSTANT';
    case 'Int':
    case 'BigInt':
    case 'Float':
      return 'NUMBER';
    case 'Boolean':
      return 'BOOLEAN';
    case 'Json':
      return 'JSON';
    default:
      return 'TEXT';
  }
}
