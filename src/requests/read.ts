import { CarryallError } from '../errors.ts';
import { readPage, type Page, type PageRequest } from '../store/keyset.ts';
import type { Reader } from '../store/session.ts';
import { sql, type Sql } from '../store/sql.ts';
import { OPEN_STATUSES, type RequestRight, type RequestStatus } from './states.ts';

/** Which request. */
export interface RequestKey {
  readonly tenantId: string;
  readonly requestId: string;
}

/** A request as it stands. What seals its bundle is read only where that is made: `sealing.ts`. */
export interface RequestRow {
  readonly tenantId: string;
  readonly id: string;
  readonly subjectId: string | null;
  readonly right: RequestRight;
  readonly relation: string;
  readonly status: RequestStatus;
  readonly channel: string;
  readonly receivedAt: Date;
  readonly acknowledgedAt: Date | null;
  readonly dueAt: Date;
  readonly extendedAt: Date | null;
  readonly extensionReason: string | null;
  readonly heldUntil: Date | null;
  readonly refusalGround: string | null;
  readonly answer: string | null;
  readonly details: string | null;
  readonly format: string | null;
  readonly language: string | null;
  readonly closedAt: Date | null;
  readonly attempt: number;
  readonly failureCode: string | null;
}

/** The columns of a RequestRow over alias `r`, for SELECT and RETURNING. */
export const requestColumns: Sql = sql`r.tenant_id AS "tenantId", r.id, r.subject_id AS "subjectId", r."right", r.relation, r.status,
  r.channel, r.received_at AS "receivedAt", r.acknowledged_at AS "acknowledgedAt", r.due_at AS "dueAt", r.extended_at AS "extendedAt",
  r.extension_reason AS "extensionReason", r.held_until AS "heldUntil", r.refusal_ground AS "refusalGround", r.answer, r.details,
  r.format, r.language, r.closed_at AS "closedAt", r.attempt, r.failure_code AS "failureCode"`;

/** Reads a request. Throws NOT_FOUND, alike for another tenant's. */
export async function readRequest(reader: Reader, tenantId: string, requestId: string): Promise<RequestRow> {
  const [row] = await reader.query<RequestRow>(
    sql`SELECT ${requestColumns} FROM data_subject_request r WHERE r.tenant_id = ${tenantId} AND r.id = ${requestId}`,
  );
  if (row === undefined) throw noRequest();
  return row;
}

export function noRequest(): CarryallError {
  return new CarryallError('NOT_FOUND', 'There is no such request.');
}

/** Which requests are listed. */
export interface RequestFilter {
  readonly statuses?: readonly RequestStatus[] | undefined;
  /** Only those that are open after their time. */
  readonly overdueAt?: Date | undefined;
}

/** One page of the requests of a tenant's known people, the first due first. Throws BAD_INPUT for a bad size or cursor. */
export function listRequests(
  reader: Reader,
  tenantId: string,
  filter: RequestFilter,
  page: PageRequest,
): Promise<Page<RequestRow>> {
  return readPage<RequestRow>(
    reader,
    {
      select: requestColumns,
      from: sql`data_subject_request r`,
      where: isListed(tenantId, filter),
      order: { column: sql`r.due_at`, type: 'timestamptz', id: sql`r.id`, direction: 'ascending' },
    },
    page,
  );
}

/** How many requests a list has in all. */
export async function countListed(reader: Reader, tenantId: string, filter: RequestFilter): Promise<number> {
  const [row] = await reader.query<{ count: number }>(
    sql`SELECT count(*)::int AS count FROM data_subject_request r WHERE ${isListed(tenantId, filter)}`,
  );
  return row?.count ?? 0;
}

function isListed(tenantId: string, { statuses, overdueAt }: RequestFilter): Sql {
  const conditions = [sql`r.tenant_id = ${tenantId} AND r.subject_id IS NOT NULL`];
  if (statuses !== undefined) conditions.push(sql`r.status = ANY(${statuses}::text[])`);
  if (overdueAt !== undefined) conditions.push(isOverdue(overdueAt));
  return sql.join(conditions, sql` AND `);
}

/** The condition under which a request (alias `r`) should have been answered before `now`. */
function isOverdue(now: Date): Sql {
  return sql`r.due_at < ${now.toISOString()}::timestamptz AND r.status = ANY(${[...OPEN_STATUSES]}::text[])`;
}
