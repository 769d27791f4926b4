import type { AuditActor, AuditEntry } from '../audit/entry.ts';
import { CarryallError } from '../errors.ts';
import { take } from '../requests/write.ts';
import type { Reader, Writer } from '../store/session.ts';
import { sql } from '../store/sql.ts';
import { lockAnswered } from './answered.ts';
import type { DeliveryDesk } from './desk.ts';
import { endDownloads } from './links.ts';

/** A download, as the person and the operator's privacy staff are told of it: not by which session. */
export interface DownloadRow {
  readonly id: string;
  readonly linkId: string;
  readonly startedAt: Date;
  readonly completedAt: Date | null;
  readonly network: string | null;
  readonly sentBytes: bigint;
  readonly outcome: string | null;
}

/** A bundle that was taken back, and who had it. */
export interface Recalled {
  readonly bundleId: string;
  readonly subjectId: string;
  readonly downloads: readonly DownloadRow[];
  /** What the audit log is to say of the request that it answered. */
  readonly also: readonly AuditEntry[];
}

/**
 * Takes a bundle back: its links are dead with the commit, and what is being sent is cut within a second. The person
 * and the operator are told, and the request waits for staff. Its object is removed afterwards, by `removeObjects`. Recalled
 * again it tells the same. Throws NOT_FOUND.
 */
export async function recall(desk: DeliveryDesk, writer: Writer, by: AuditActor, bundleId: string): Promise<Recalled> {
  const { tenant: tenantId } = by;
  const [bundle] = await writer.query<{ subjectId: string; requestId: string | null; language: string | null }>(sql`
    UPDATE portability_bundle b SET status = 'RECALLED', recalled_at = coalesce(b.recalled_at, clock_timestamp())
    WHERE b.tenant_id = ${tenantId} AND b.id = ${bundleId}
    RETURNING b.subject_id AS "subjectId", b.request_id AS "requestId",
      (SELECT r.language FROM data_subject_request r WHERE r.tenant_id = b.tenant_id AND r.id = b.request_id) AS language`);
  if (bundle === undefined) throw new CarryallError('NOT_FOUND', 'There is no such bundle.');
  const ofBundle = sql`tenant_id = ${tenantId} AND bundle_id = ${bundleId}`;
  await writer.execute(
    sql`UPDATE download_link SET revoked_at = coalesce(revoked_at, clock_timestamp()) WHERE ${ofBundle}`,
  );
  await endDownloads(writer, ofBundle, 'REVOKED');
  const about = { tenantId, bundleId, ...bundle };
  await desk.outbox.put(writer, { ...about, kind: 'BUNDLE_RECALLED', event: bundleId });
  await desk.outbox.put(writer, { ...about, kind: 'INCIDENT', event: `RECALLED:${bundleId}` });
  const { subjectId, requestId } = bundle;
  const answered = await lockAnswered(writer, { tenantId, requestId });
  const also = answered === null ? [] : [(await take(desk, writer, { ...answered, step: 'RECALL', by })).entry];
  return { bundleId, subjectId, downloads: await downloadsOf(writer, tenantId, bundleId), also };
}

/** Who fetched a bundle, or began to, the newest first. */
export async function downloadsOf(reader: Reader, tenantId: string, bundleId: string): Promise<DownloadRow[]> {
  const rows = await reader.query<DownloadRow & { readonly sentBytes: string }>(sql`
    SELECT id, link_id AS "linkId", started_at AS "startedAt", completed_at AS "completedAt", network,
      sent_bytes::text AS "sentBytes", outcome
    FROM download WHERE tenant_id = ${tenantId} AND bundle_id = ${bundleId} ORDER BY started_at DESC, id LIMIT 1000`);
  return rows.map((row) => ({ ...row, sentBytes: BigInt(row.sentBytes) }));
}
