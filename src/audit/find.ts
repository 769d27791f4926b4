import { CarryallError } from '../errors.ts';
import { LARGEST_PAGE } from '../store/keyset.ts';
import type { Reader } from '../store/session.ts';
import { sql } from '../store/sql.ts';
import { linkColumns, type Link } from './chain.ts';
import type { AuditKeys } from './keys.ts';

/** Entries in the order of the chain. */
export interface EntryPage {
  readonly entries: readonly Link[];
  /** The seq to go on after; null at the end. */
  readonly next: number | null;
}

/** Which entries to look for. */
export interface EntrySearch {
  readonly tenantId: string;
  /**
   * The id of a subject, of staff or of an app, or an identifier of a subject as it is stored (an e-mail, a number); null for
   * all entries, from which whoever reads can check the chain.
   */
  readonly identifier: string | null;
  readonly first: number;
  readonly after?: number | undefined;
}

/**
 * The entries that concern whom an identifier names, or that tell what they did (L-11); whose keys are others finds none,
 * and nobody finds those who were forgotten. Looking is itself a look: record it first (L-19). Throws BAD_INPUT.
 */
export async function findEntries(reader: Reader, keys: AuditKeys, search: EntrySearch): Promise<EntryPage> {
  const { tenantId, identifier, first, after = 0 } = search;
  if (!Number.isInteger(first) || first < 1 || first > LARGEST_PAGE)
    throw new CarryallError('BAD_INPUT', `A page has 1 to ${LARGEST_PAGE} entries, not ${first}.`);
  const refs = identifier === null ? null : await readReferences(reader, keys, tenantId, identifier);
  if (refs?.length === 0) return { entries: [], next: null };
  const wanted = refs === null ? sql.empty : sql`AND (e.subject_ref = ANY(${refs}) OR e.actor_ref = ANY(${refs}))`;
  const rows = await reader.query<{ link: Link }>(sql`
    SELECT (SELECT row_to_json(l) FROM (SELECT ${linkColumns}) l) AS link FROM audit_event e
    WHERE e.tenant_id = ${tenantId} AND e.seq > ${after}::bigint ${wanted} ORDER BY e.seq LIMIT ${first + 1}::int`);
  const entries = rows.slice(0, first).map(({ link }) => link);
  return { entries, next: rows.length > first ? (entries.at(-1)?.seq ?? null) : null };
}

async function readReferences(
  reader: Reader,
  keys: AuditKeys,
  tenantId: string,
  identifier: string,
): Promise<readonly string[]> {
  const subjects = await reader.query<{ id: string }>(
    sql`SELECT subject_id AS id FROM subject_identifier WHERE tenant_id = ${tenantId} AND value = ${identifier}`,
  );
  const names = [identifier, ...subjects.map(({ id }) => id)];
  const handles = names.flatMap((name) => [
    keys.handle(tenantId, 'SUBJECT', name),
    keys.handle(tenantId, 'ACTOR', name),
  ]);
  const rows = await reader.query<{ ref: string }>(
    sql`SELECT ref FROM audit_pseudonym WHERE tenant_id = ${tenantId} AND id = ANY(${handles})`,
  );
  return rows.map(({ ref }) => ref);
}
