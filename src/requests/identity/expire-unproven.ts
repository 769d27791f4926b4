import { withTransaction } from '../../store/session.ts';
import { sql } from '../../store/sql.ts';
import { advance, type RequestDesk, type StepDesk } from '../write.ts';

/** What came in without a proof waits for so long. */
const PROVEN_WITHIN_MS = 24 * 3_600_000;
const MOST_AT_ONCE = 500;

/**
 * Ends requests that came in without a sign-in and were not proven within a day, so that nobody is reminded of what somebody
 * made up, and forgets challenges that are a day old. Returns how many requests ended. Throws DATABASE_FAILED.
 */
export async function expireUnproven(desk: StepDesk & Pick<RequestDesk, 'pool'>, tenantId: string): Promise<number> {
  const before = new Date(desk.clock.now().getTime() - PROVEN_WITHIN_MS);
  const rows = await withTransaction(desk.pool, tenantId, async (writer) => {
    await writer.execute(sql`DELETE FROM identity_challenge c WHERE c.tenant_id = ${tenantId} AND c.expires_at < ${before}::timestamptz
      AND NOT EXISTS (SELECT FROM data_subject_request r WHERE r.tenant_id = c.tenant_id AND r.id = c.request_id AND r.closed_at IS NULL)`);
    return writer.query<{ id: string }>(sql`SELECT id FROM data_subject_request WHERE tenant_id = ${tenantId}
      AND status = 'AWAITING_IDENTITY' AND channel = 'INTAKE' AND received_at < ${before}::timestamptz
      ORDER BY received_at LIMIT ${MOST_AT_ONCE}`);
  });
  const by = { kind: 'GATEWAY', tenant: tenantId } as const;
  for (const { id: requestId } of rows)
    await withTransaction(desk.pool, tenantId, (writer) =>
      advance(desk, writer, { tenantId, requestId, step: 'EXPIRE', by }),
    );
  return rows.length;
}
