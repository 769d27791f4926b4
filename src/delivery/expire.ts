import type { AuditEntry } from '../audit/entry.ts';
import { take } from '../requests/write.ts';
import { withTransaction } from '../store/session.ts';
import { sql, type Sql } from '../store/sql.ts';
import { lockAnswered } from './answered.ts';
import type { DeliveryDesk } from './desk.ts';
import { endDownloads } from './links.ts';

/*
 * A bundle ends in three steps, each of which can be done again: the row says so, and from then on nobody is served; the
 * object is removed; the row forgets where it lay. Whoever is killed between two of them leaves what the next sweep goes on
 * with, and never a row that promises what is gone, nor an object that nobody knows of (U-30).
 */

const AT_A_TIME = 100;

/** What was done. */
export interface Expired {
  /** Bundles that ended. */
  readonly bundles: number;
  /** Objects that were removed. */
  readonly objects: number;
}

/**
 * Ends the bundles of a tenant whose time is over by the clock of the database (U-12), and removes the objects of all that have
 * ended or were recalled. What the storage refuses is told to `onFault`, and tried again the next time. Throws DATABASE_FAILED.
 */
export async function expireBundles(desk: DeliveryDesk, tenantId: string): Promise<Expired> {
  let bundles = 0;
  while (await expireOne(desk, tenantId)) bundles += 1;
  return { bundles, objects: await removeObjects(desk, tenantId) };
}

async function expireOne(desk: DeliveryDesk, tenantId: string): Promise<boolean> {
  return withTransaction(desk.pool, tenantId, async (writer) => {
    const [bundle] = await writer.query<{ id: string; subjectId: string; requestId: string | null }>(sql`
      UPDATE portability_bundle SET status = 'EXPIRED' WHERE tenant_id = ${tenantId} AND id = (
        SELECT id FROM portability_bundle WHERE tenant_id = ${tenantId} AND status IN ('READY', 'LOST', 'QUARANTINED')
          AND expires_at <= clock_timestamp() ORDER BY expires_at LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED)
      RETURNING id, subject_id AS "subjectId", request_id AS "requestId"`);
    if (bundle === undefined) return false;
    const { id, subjectId, requestId } = bundle;
    await endDownloads(writer, sql`tenant_id = ${tenantId} AND bundle_id = ${id}`, 'ABANDONED');
    const key = await lockAnswered(writer, { tenantId, requestId });
    const by = { kind: 'GATEWAY', tenant: tenantId } as const;
    const expired = key === null ? [] : [(await take(desk, writer, { ...key, step: 'EXPIRE', by })).entry];
    const entry: AuditEntry = {
      actor: by,
      action: 'SWEEP',
      outcome: 'ALLOWED',
      subjectId,
      detail: { step: 'BUNDLE_EXPIRED', bundle: id },
    };
    await desk.audit.append(writer, ...expired, entry);
    return true;
  });
}

/**
 * Removes the objects of bundles that have ended or were recalled, of one or of all; returns how many. What the storage refuses
 * is told to `onFault`. Throws DATABASE_FAILED.
 */
export async function removeObjects(
  { pool, storage, onFault }: Pick<DeliveryDesk, 'pool' | 'storage' | 'onFault'>,
  tenantId: string,
  bundleId?: string,
): Promise<number> {
  const which: Sql = bundleId === undefined ? sql.empty : sql`AND id = ${bundleId}`;
  let removed = 0;
  let after = '';
  for (;;) {
    const rows = await withTransaction(pool, tenantId, (reader) =>
      reader.query<{ id: string; key: string }>(sql`SELECT id, storage_key AS key FROM portability_bundle
        WHERE tenant_id = ${tenantId} AND status IN ('EXPIRED', 'RECALLED') AND storage_key IS NOT NULL AND id > ${after} ${which}
        ORDER BY id LIMIT ${AT_A_TIME}`),
    );
    for (const { id, key } of rows) {
      try {
        await storage.remove(key);
        await withTransaction(pool, tenantId, (writer) =>
          writer.execute(sql`UPDATE portability_bundle SET storage_key = NULL WHERE tenant_id = ${tenantId} AND id = ${id}
            AND storage_key = ${key}`),
        );
        removed += 1;
      } catch (error) {
        onFault(error);
      }
      after = id;
    }
    if (rows.length < AT_A_TIME) return removed;
  }
}
