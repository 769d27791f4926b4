import { columnType, type AnyDataset } from '../catalogue/look-up.ts';
import { column } from '../holdings/subject-path.ts';
import { sql, type Sql } from '../store/sql.ts';
import type { Row } from './field-maker.ts';

/** Columns of a dataset's rows, as they are read and as fields get them. */
export interface Columns {
  /** For SELECT over alias `t`, after the row's key. */
  readonly select: Sql;
  /** The row with its values as the types of the schema want them. */
  readonly toRow: (read: object) => Row;
}

/** The named columns of a dataset; the key is read with every row. */
export function columnsOf(dataset: AnyDataset, names: readonly string[]): Columns {
  const others = names.filter((name) => name !== 'id');
  const longs = others.filter((name) => columnType(dataset.model, name).type === 'BigInt');
  const select = sql.join(
    others.map((name) => {
      // pg knows the lists of no enum.
      const type = columnType(dataset.model, name).list ? sql`::text[]` : sql.empty;
      return sql`, ${column('t', name)}${type} AS ${sql.identifier(name)}`;
    }),
    sql.empty,
  );
  if (longs.length === 0) return { select, toRow: (read) => read as Row };
  return {
    select,
    toRow: (read) => {
      const row: Record<string, unknown> = { ...read };
      for (const name of longs) if (typeof row[name] === 'string') row[name] = BigInt(row[name]);
      return row;
    },
  };
}
