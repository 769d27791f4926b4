import { withTransaction } from '../../store/session.ts';
import { sql } from '../../store/sql.ts';
import type { ReceiveDesk } from './desk.ts';
import { heldFile, removeHeld } from './held-file.ts';

/** A sender that tries for a day and a half, and then some. */
const ABANDONED_MS = 7 * 24 * 3600 * 1000;

/**
 * Ends bundles of a tenant of which nothing came for long, removes what is held of those that have ended, also where a process
 * was killed before it did so, and forgets statements that are too old to be used again. Returns how many bundles it ended.
 * Throws DATABASE_FAILED, and what the disk refuses.
 */
export async function sweepReceptions({ pool, clock, folder }: ReceiveDesk, tenantId: string): Promise<number> {
  const now = clock.now();
  const before = new Date(now.getTime() - ABANDONED_MS);
  const { ended, closed } = await withTransaction(pool, tenantId, async (writer) => {
    await writer.execute(
      sql`DELETE FROM spent_statement WHERE tenant_id = ${tenantId} AND expires_at < ${now}::timestamptz`,
    );
    const abandoned =
      await writer.execute(sql`UPDATE reception SET status = 'REFUSED', failure_code = 'ABANDONED', closed_at = ${now}::timestamptz
        WHERE tenant_id = ${tenantId} AND status = 'RECEIVING' AND created_at < ${before}::timestamptz`);
    const rows = await writer.query<{ id: string }>(sql`SELECT id FROM reception
      WHERE tenant_id = ${tenantId} AND status <> 'RECEIVING' AND closed_at > ${before}::timestamptz`);
    return { ended: abandoned, closed: rows };
  });
  for (const { id } of closed) await removeHeld(heldFile(folder, id));
  return ended;
}
