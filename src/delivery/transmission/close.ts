import type { AuditEntry } from '../../audit/entry.ts';
import { withTransaction, type Writer } from '../../store/session.ts';
import { sql } from '../../store/sql.ts';
import { nextTry } from '../tries.ts';
import type { SendDesk } from './desk.ts';
import type { SendingRow, TransmissionStatus } from './transmissions.ts';

/** How a transmission ended. */
export interface Ending {
  readonly status: Extract<TransmissionStatus, 'RECEIVED' | 'REFUSED' | 'FAILED'>;
  readonly receipt: string | null;
  readonly failureCode: string | null;
}

const NOTICES = {
  RECEIVED: 'BUNDLE_TRANSMITTED',
  REFUSED: 'TRANSMISSION_REFUSED',
  FAILED: 'TRANSMISSION_REFUSED',
} as const satisfies Readonly<Record<Ending['status'], string>>;

/**
 * Ends a transmission, once: the person is told, the bundle is over and is removed by the next sweep. Throws
 * DATABASE_FAILED.
 */
export async function closeTransmission(desk: SendDesk, row: SendingRow, ending: Ending): Promise<void> {
  await withTransaction(desk.pool, row.tenantId, (writer) => close(desk, writer, row, ending));
}

async function close(
  desk: SendDesk,
  writer: Writer,
  { tenantId, id, subjectId, requestId, recipient }: SendingRow,
  { status, receipt, failureCode }: Ending,
): Promise<void> {
  const [closed] = await writer.query<{ bundleId: string | null; language: string | null }>(sql`
    UPDATE transmission t SET status = ${status}, receipt = ${receipt}, failure_code = ${failureCode}, storage_key = NULL,
      closed_at = ${desk.clock.now()}::timestamptz
    FROM data_subject_request r WHERE t.tenant_id = ${tenantId} AND t.id = ${id} AND t.status IN ('BUILDING', 'SENDING')
      AND r.tenant_id = t.tenant_id AND r.id = t.request_id
    RETURNING t.bundle_id AS "bundleId", r.language`);
  if (closed === undefined) return;
  const { bundleId, language } = closed;
  await writer.execute(sql`UPDATE portability_bundle SET status = 'EXPIRED', expires_at = now()
    WHERE tenant_id = ${tenantId} AND id = ${bundleId} AND status = 'READY'`);
  await desk.outbox.put(writer, { tenantId, kind: NOTICES[status], event: id, requestId, subjectId, language });
  const detail = { step: status, transmission: id, recipient, request: requestId, code: failureCode };
  const entry: AuditEntry = {
    actor: { kind: 'GATEWAY', tenant: tenantId },
    action: 'DOWNLOAD',
    outcome: status === 'RECEIVED' ? 'ALLOWED' : 'FAILED',
    subjectId,
    detail,
  };
  await desk.audit.append(writer, entry);
}

/** Has a transmission tried again later, each time after twice as long; after `most` attempts it has failed. Throws DATABASE_FAILED. */
export async function postpone(desk: SendDesk, row: SendingRow, code: string, most: number): Promise<void> {
  const { tenantId, id } = row;
  await withTransaction(desk.pool, tenantId, async (writer) => {
    const [tried] = await writer.query<{ attempts: number }>(sql`UPDATE transmission SET attempts = attempts + 1,
      failure_code = ${code} WHERE tenant_id = ${tenantId} AND id = ${id} AND status IN ('BUILDING', 'SENDING')
      RETURNING attempts`);
    if (tried === undefined) return;
    if (tried.attempts >= most) return close(desk, writer, row, { status: 'FAILED', receipt: null, failureCode: code });
    const notBefore = nextTry(desk.clock.now(), tried.attempts);
    await writer.execute(sql`UPDATE transmission SET not_before = ${notBefore}::timestamptz
      WHERE tenant_id = ${tenantId} AND id = ${id}`);
  });
}
