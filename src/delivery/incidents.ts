import type { Actor } from '../access/actor.ts';
import type { AuditEntry } from '../audit/entry.ts';
import { rebuild } from '../requests/rebuild.ts';
import { withTransaction } from '../store/session.ts';
import { sql } from '../store/sql.ts';
import type { DeliveryDesk } from './desk.ts';
import { endDownloads } from './links.ts';

/**
 * What is wrong with a stored bundle.
 *
 * MISMATCH    its bytes are not those that were noted when it was made (D-30, X-16): nobody gets it any more
 * LOST        there is nothing under its key (U-31)
 * UNREADABLE  the place refuses to read it: a link lies there (D-29), or the place is down; it may be good again
 */
export type Damage = 'MISMATCH' | 'LOST' | 'UNREADABLE';

export interface DamagedBundle {
  readonly tenantId: string;
  readonly bundleId: string;
  readonly subjectId: string;
  readonly requestId: string | null;
}

/**
 * Puts a damaged bundle out of reach, ends its downloads, records it, tells the operator and has the request built again. For
 * whom it was read, or nobody, is `actor`. Throws DATABASE_FAILED.
 */
export async function reportDamage(
  desk: DeliveryDesk,
  damage: Damage,
  { tenantId, bundleId, subjectId, requestId }: DamagedBundle,
  actor: Actor | null,
): Promise<void> {
  const { pool, audit, outbox } = desk;
  await withTransaction(pool, tenantId, async (writer) => {
    const entries: AuditEntry[] = [];
    if (damage !== 'UNREADABLE') {
      const status = damage === 'LOST' ? 'LOST' : 'QUARANTINED';
      const changed = await writer.execute(sql`UPDATE portability_bundle SET status = ${status}
        WHERE tenant_id = ${tenantId} AND id = ${bundleId} AND status = 'READY'`);
      // Another connection was faster, and has told it.
      if (changed === 0) return;
      await endDownloads(writer, sql`tenant_id = ${tenantId} AND bundle_id = ${bundleId}`, damage);
      const rebuilt = requestId === null ? null : await rebuild(desk, writer, { tenantId, requestId });
      if (rebuilt !== null) entries.push(rebuilt.entry);
    }
    await outbox.put(writer, {
      tenantId,
      kind: 'INCIDENT',
      event: `${damage}:${bundleId}`,
      requestId,
      bundleId,
      subjectId,
    });
    entries.push({
      actor: actor ?? { kind: 'GATEWAY', tenant: tenantId },
      action: 'DOWNLOAD',
      outcome: 'FAILED',
      subjectId,
      detail: { step: 'DAMAGED', damage, bundle: bundleId },
    });
    await audit.append(writer, ...entries);
  });
}
