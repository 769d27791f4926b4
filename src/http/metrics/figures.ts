import type pg from 'pg';
import { OPEN_STATUSES } from '../../requests/states.ts';
import { withOperator } from '../../store/session.ts';
import { sql } from '../../store/sql.ts';

/** What the database is asked for metrics: numbers of all tenants, no row. */
export interface Figures {
  readonly requests: readonly { readonly status: string; readonly count: number; readonly oldestSeconds: number }[];
  /** Of the tenants that have most; the others are added up under OTHER. */
  readonly overdue: readonly { readonly tenant: string; readonly count: number }[];
  readonly dueSoon: number;
  readonly notices: readonly { readonly channel: string; readonly state: string; readonly count: number }[];
  readonly oldestNoticeSeconds: number;
  readonly bundles: readonly { readonly status: string; readonly count: number }[];
  readonly jobs: readonly {
    readonly queue: string;
    readonly state: string;
    readonly count: number;
    readonly oldestSeconds: number;
  }[];
}

const OPEN: readonly string[] = OPEN_STATUSES;
const MOST_TENANTS = 50;
const SOON = '3 days';

/** Reads the figures at an instant. Throws DATABASE_FAILED. */
export async function readFigures(pool: pg.Pool, now: Date): Promise<Figures> {
  const jobs = await readJobs(pool);
  return withOperator(pool, async (reader) => {
    const requests = await reader.query<Figures['requests'][number]>(sql`SELECT status, count(*)::int AS count,
        CASE WHEN status = ANY (${OPEN}) THEN GREATEST(0, extract(epoch FROM ${now}::timestamptz - min(received_at)))::float8 ELSE 0 END AS "oldestSeconds"
      FROM data_subject_request GROUP BY status`);
    const overdue = await reader.query<Figures['overdue'][number]>(sql`
      SELECT CASE WHEN place <= ${MOST_TENANTS}::int THEN tenant_id ELSE 'OTHER' END AS tenant, sum(count)::int AS count
      FROM (SELECT tenant_id, count(*) AS count, row_number() OVER (ORDER BY count(*) DESC, tenant_id) AS place
        FROM data_subject_request WHERE status = ANY (${OPEN}) AND due_at <= ${now}::timestamptz GROUP BY tenant_id) late
      GROUP BY 1`);
    const [soon] = await reader.query<{ count: number }>(sql`SELECT count(*)::int AS count FROM data_subject_request
      WHERE status = ANY (${OPEN}) AND due_at > ${now}::timestamptz AND due_at <= ${now}::timestamptz + ${SOON}::interval`);
    const notices = await reader.query<Figures['notices'][number]>(sql`
      SELECT channel, CASE WHEN dropped_at IS NULL THEN 'UNSENT' ELSE 'DROPPED' END AS state, count(*)::int AS count
      FROM notice WHERE sent_at IS NULL AND dropped_at IS NULL AND not_before <= ${now}::timestamptz
        OR dropped_at > ${now}::timestamptz - interval '1 day'
      GROUP BY 1, 2`);
    const [waiting] = await reader.query<{ seconds: number }>(sql`
      SELECT GREATEST(0, COALESCE(extract(epoch FROM ${now}::timestamptz - min(not_before)), 0))::float8 AS seconds
      FROM notice WHERE sent_at IS NULL AND dropped_at IS NULL AND not_before <= ${now}::timestamptz`);
    const bundles = await reader.query<Figures['bundles'][number]>(
      sql`SELECT status, count(*)::int AS count FROM portability_bundle GROUP BY status`,
    );
    return {
      requests,
      overdue,
      dueSoon: soon?.count ?? 0,
      notices,
      oldestNoticeSeconds: waiting?.seconds ?? 0,
      bundles,
      jobs,
    };
  });
}

/** The queue's own clock is the database's. */
async function readJobs(pool: pg.Pool): Promise<Figures['jobs']> {
  const { text, values } = sql`SELECT name AS queue, state::text, count(*)::int AS count,
      GREATEST(0, extract(epoch FROM now() - min(start_after)))::float8 AS "oldestSeconds"
    FROM pgboss.job WHERE state IN ('created', 'retry', 'active') GROUP BY 1, 2`;
  return (await pool.query<Figures['jobs'][number]>(text, [...values])).rows;
}
