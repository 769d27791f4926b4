import type { Reader } from '../../store/session.ts';
import { sql, type Sql } from '../../store/sql.ts';

/** By table, the column by which an index lays the rows of one owner side by side. */
export type Neighbours = ReadonlyMap<string, string>;

/** Reads from PostgreSQL's catalogue which tables have an index by tenant, owner, one more column, and id. */
export async function readNeighbours(reader: Reader): Promise<Neighbours> {
  const rows = await reader.query<{ name: string; columns: string[] }>(sql`
    SELECT t.relname AS name, array_agg(a.attname::text ORDER BY k.place) AS columns
    FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid
    CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(number, place)
    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
    WHERE t.relnamespace = to_regnamespace(current_schema()) AND i.indpred IS NULL AND i.indisvalid
    GROUP BY t.relname, i.indexrelid ORDER BY i.indexrelid`);
  return new Map(
    rows.flatMap(({ name, columns: [tenant, owner, by, id, ...more] }) =>
      tenant === 'tenant_id' && owner === 'subject_id' && by !== undefined && id === 'id' && more.length === 0
        ? [[name, by] as const]
        : [],
    ),
  );
}

/** How far to look for so many ids: between rows that came out may lie some that did not. */
const REACH = 4;

/**
 * The rows (their `id`) of an owner that lie between the first and the last of so many ids in such an index. Ids are spread
 * all over the key's index, so one by one they cost five times as much. Rows that lie elsewhere are missed.
 */
export function neighbours(
  { table, by }: { readonly table: string; readonly by: string },
  { tenantId, subjectId }: { readonly tenantId: string; readonly subjectId: string },
  ids: readonly string[],
): Sql {
  const from = sql.identifier(table);
  const ends = [ids[0] ?? '', ids.at(-1) ?? ''];
  const end = sql`FROM ${from} e WHERE e.tenant_id = ${tenantId} AND e.id = ANY(${ends}::text[])`;
  return sql`SELECT r.id FROM ${from} r WHERE r.tenant_id = ${tenantId} AND r.subject_id = ${subjectId}
    AND ${sql.identifier('r', by)} BETWEEN (SELECT min(${sql.identifier('e', by)}) ${end}) AND (SELECT max(${sql.identifier('e', by)}) ${end})
    LIMIT ${ids.length * REACH}`;
}
