import type pg from 'pg';
import { identifier } from '../../sources/values/identifiers.ts';
import { withSnapshot } from '../../store/session.ts';
import { sql } from '../../store/sql.ts';
import type { MappedClaims } from './claims.ts';
import { refused } from './refusal.ts';

/**
 * The subject of the tenant whom an identifier names, whole and exactly, in the normal form in which imports keep it. Throws
 * UNAUTHENTICATED when there is none: to the gateway a stranger is nobody.
 */
export async function subjectOf(
  pool: pg.Pool,
  tenant: string,
  { kind, value }: NonNullable<MappedClaims['subject']>,
): Promise<string> {
  // A number without its country code would be read as one of some country, which is a guess.
  const found = identifier(kind, value, null);
  if (found === null) throw refused('NOT_MAPPED');
  const [row] = await withSnapshot(pool, tenant, (reader) =>
    reader.query<{ id: string }>(sql`SELECT subject_id AS id FROM subject_identifier
      WHERE tenant_id = ${tenant} AND kind = ${found.kind}::identifier_kind AND value = ${found.value}`),
  );
  if (row === undefined) throw refused('NOT_MAPPED');
  return row.id;
}
