import { withTransaction } from '../store/session.ts';
import { sql } from '../store/sql.ts';
import type { DeliveryDesk } from './desk.ts';

/** What was forgotten. */
export interface Forgotten {
  /** Downloads of bundles that have ended, and the links to these. */
  readonly downloads: number;
  readonly links: number;
  /** Requests of controllers that were closed. */
  readonly processorRequests: number;
}

/**
 * Forgets who fetched bundles that have ended, and requests of controllers that were closed, a year after (Art. 5(1)(e)): until
 * then a recall tells who had a bundle, and a controller asks how its request ended. The audit log, which is pruned by itself,
 * keeps the counts. Throws DATABASE_FAILED.
 */
export async function forgetOld({ pool, clock, audit }: DeliveryDesk, tenantId: string): Promise<Forgotten> {
  return withTransaction(pool, tenantId, async (writer) => {
    // Downloads and links have the database's own time.
    const isOver = sql`tenant_id = ${tenantId} AND bundle_id IN (
      SELECT id FROM portability_bundle WHERE tenant_id = ${tenantId} AND status <> 'READY')`;
    const downloads = await writer.execute(
      sql`DELETE FROM download WHERE ${isOver} AND started_at < clock_timestamp() - interval '1 year'`,
    );
    const links = await writer.execute(sql`DELETE FROM download_link l
      WHERE ${isOver} AND created_at < clock_timestamp() - interval '1 year'
        AND NOT EXISTS (SELECT FROM download d WHERE d.tenant_id = l.tenant_id AND d.link_id = l.id)`);
    const processorRequests = await writer.execute(sql`DELETE FROM processor_request
      WHERE tenant_id = ${tenantId} AND closed_at < ${clock.now()}::timestamptz - interval '1 year'`);
    const forgotten = { downloads, links, processorRequests };
    if (downloads + links + processorRequests > 0)
      await audit.append(writer, {
        actor: { kind: 'GATEWAY', tenant: tenantId },
        action: 'SWEEP',
        outcome: 'ALLOWED',
        detail: { step: 'RECORDS_FORGOTTEN', ...forgotten },
      });
    return forgotten;
  });
}
