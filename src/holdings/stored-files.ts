import { datasets } from '../catalogue/look-up.ts';
import type { Reader } from '../store/session.ts';
import { sql } from '../store/sql.ts';
import { column, table } from './subject-path.ts';

/** The columns that hold keys of stored files. */
const HOLDERS = datasets.flatMap((dataset) =>
  Object.entries(dataset.fields).flatMap(([name, entry]) =>
    'format' in entry && entry.format === 'blob' ? [{ dataset, name }] : [],
  ),
);

/** Which of these keys of stored files some row of the tenant names. */
export async function namedFiles(reader: Reader, tenantId: string, keys: readonly string[]): Promise<Set<string>> {
  const named = HOLDERS.map(({ dataset, name }) => {
    const key = column('t', name);
    return sql`SELECT ${key} AS key FROM ${table(dataset)} t
      WHERE ${column('t', 'tenantId')} = ${tenantId} AND ${key} = ANY(${keys}::text[])`;
  });
  const rows = await reader.query<{ key: string }>(sql.join(named, sql` UNION `));
  return new Set(rows.map(({ key }) => key));
}
