import { readPage, type KeysetOrder, type Page, type PageRequest } from '../store/keyset.ts';
import type { Reader } from '../store/session.ts';
import { sql, type Sql } from '../store/sql.ts';
import { instantText } from './chain.ts';
import { LOOKS } from './words.ts';

/**
 * One look by somebody else at a person's data, as that person is told of it: when, why and in which role, never who
 * (Art. 15(1), C-579/21). Reasons in staff's own words are left out, for they may name others; the ticket says where
 * they are on file.
 */
export interface AccessLogEntry {
  /** UTC, with microseconds. */
  readonly at: string;
  readonly role: string;
  readonly action: string;
  readonly purpose: string | null;
  readonly ticket: string | null;
  /** Names of the items that were seen. */
  readonly items: readonly string[];
}

/** Whose access log it is. */
export interface AccessLogScope {
  readonly tenantId: string;
  readonly subjectId: string;
}

const columns = sql`${instantText(sql`e.occurred_at`)} AS at, e.actor_kind AS role, e.action, e.purpose, e.ticket,
  coalesce(e.detail -> 'items', '[]') AS items`;

const order: KeysetOrder = {
  column: sql`e.occurred_at`,
  type: 'timestamptz',
  id: sql`e.id`,
  direction: 'descending',
};

/** Looks that were denied showed nothing, and a person's own are no news. */
function condition({ tenantId, subjectId }: AccessLogScope): Sql {
  return sql`e.tenant_id = ${tenantId} AND e.subject_id = ${subjectId} AND e.outcome = 'ALLOWED'
    AND e.actor_kind <> 'SUBJECT' AND e.action = ANY(${LOOKS})`;
}

/** A page of a person's access log, the newest first. Throws BAD_INPUT for a page out of bounds. */
export async function readAccessLog(
  reader: Reader,
  scope: AccessLogScope,
  request: PageRequest,
): Promise<Page<AccessLogEntry>> {
  return readPage(reader, { select: columns, from: sql`audit_event e`, where: condition(scope), order }, request);
}

/** SELECT of a person's whole access log, the oldest first: one column, each row a line of JSON, for `copyOut`. */
export function accessLogLines(scope: AccessLogScope): Sql {
  return sql`SELECT (SELECT row_to_json(l) FROM (SELECT ${columns}) l) FROM audit_event e
    WHERE ${condition(scope)} ORDER BY e.occurred_at, e.id`;
}

/** SELECT of how many lines `accessLogLines` gives, as `count`. */
export function accessLogCount(scope: AccessLogScope): Sql {
  return sql`SELECT count(*) AS count FROM audit_event e WHERE ${condition(scope)}`;
}
