import type { Reader } from '../store/session.ts';
import { sql } from '../store/sql.ts';
import { addPeriod } from '../policy/calendar.ts';
import { SOON } from './clock.ts';
import { OPEN_STATUSES, type RequestStatus } from './states.ts';

/** How a tenant's requests stand; those of nobody who is recognised are not counted. */
export interface RequestCounts {
  readonly byStatus: readonly { readonly status: RequestStatus; readonly count: number }[];
  readonly open: number;
  readonly dueSoon: number;
  readonly overdue: number;
}

/** Counts a tenant's requests at an instant. */
export async function countRequests(reader: Reader, tenantId: string, now: Date): Promise<RequestCounts> {
  const isOpen = sql`r.status = ANY(${[...OPEN_STATUSES]}::text[])`;
  const rows = await reader.query<{
    status: RequestStatus;
    count: number;
    open: number;
    soon: number;
    late: number;
  }>(sql`
    SELECT r.status, count(*)::int AS count, (count(*) FILTER (WHERE ${isOpen}))::int AS open,
      (count(*) FILTER (WHERE ${isOpen} AND r.due_at >= ${now}::timestamptz AND r.due_at <= ${addPeriod(now, SOON)}::timestamptz))::int AS soon,
      (count(*) FILTER (WHERE ${isOpen} AND r.due_at < ${now}::timestamptz))::int AS late
    FROM data_subject_request r WHERE r.tenant_id = ${tenantId} AND r.subject_id IS NOT NULL GROUP BY r.status ORDER BY r.status`);
  const sum = (of: 'open' | 'soon' | 'late'): number => rows.reduce((all, row) => all + row[of], 0);
  return {
    byStatus: rows.map(({ status, count }) => ({ status, count })),
    open: sum('open'),
    dueSoon: sum('soon'),
    overdue: sum('late'),
  };
}
