import type { Actor } from '../../access/actor.ts';
import { CarryallError } from '../../errors.ts';
import { newId } from '../../ids.ts';
import { noRequest, readRequest } from '../../requests/read.ts';
import type { RequestStatus } from '../../requests/states.ts';
import type { Reader, Writer } from '../../store/session.ts';
import { sql, type Sql } from '../../store/sql.ts';
import type { SendDesk } from './desk.ts';
import type { Recipient } from './partners.ts';

export type TransmissionStatus = 'BUILDING' | 'SENDING' | 'RECEIVED' | 'REFUSED' | 'FAILED';

/** A bundle on its way to another controller, as its person is told of it. */
export interface TransmissionRow {
  readonly tenantId: string;
  readonly id: string;
  readonly requestId: string;
  readonly subjectId: string;
  readonly recipient: string;
  readonly sha256: string | null;
  readonly bytes: number | null;
  readonly sentBytes: number;
  readonly status: TransmissionStatus;
  readonly createdAt: Date;
  readonly closedAt: Date | null;
  readonly receipt: string | null;
  readonly failureCode: string | null;
}

/** What sending needs besides. */
export interface SendingRow extends TransmissionRow {
  readonly bundleId: string | null;
  readonly storageKey: string | null;
  readonly attempts: number;
}

export const transmissionColumns: Sql = sql`t.tenant_id AS "tenantId", t.id, t.request_id AS "requestId", t.subject_id AS "subjectId",
  t.recipient, t.sha256, t.bytes::float8 AS bytes, t.sent_bytes::float8 AS "sentBytes", t.status, t.created_at AS "createdAt",
  t.closed_at AS "closedAt", t.receipt, t.failure_code AS "failureCode", t.bundle_id AS "bundleId",
  t.storage_key AS "storageKey", t.attempts`;

/** While a request is here, its answer may be sent: it was found that there is something to give, and nobody took it back. */
const SENDABLE: ReadonlySet<RequestStatus> = new Set(['APPROVED', 'BUILDING', 'READY', 'DELIVERED']);

/** The recipients to whom people of a tenant may send. */
export function recipientsOf(
  { recipients }: Pick<SendDesk, 'recipients'>,
  tenantId: string,
): readonly Pick<Recipient, 'name' | 'label'>[] {
  return recipients.filter(({ tenant }) => tenant === tenantId);
}

/** A recipient of a tenant. Throws NOT_FOUND. */
export function recipientOf({ recipients }: Pick<SendDesk, 'recipients'>, tenantId: string, name: string): Recipient {
  const found = recipients.find((each) => each.tenant === tenantId && each.name === name);
  if (found !== undefined) return found;
  throw new CarryallError('NOT_FOUND', 'There is no such recipient. See transmissionRecipients.');
}

/**
 * Begins to send the answer to a person's own request under Art. 20 to another controller; it goes on by itself. Asked again
 * while that is under way, it is the same one. Throws NOT_FOUND for a request that is not theirs and for an unknown
 * recipient, and WRONG_STATE for a request whose data cannot be sent.
 */
export async function beginTransmission(
  desk: Pick<SendDesk, 'recipients' | 'clock'>,
  writer: Writer,
  actor: Actor,
  { requestId, recipient }: { readonly requestId: string; readonly recipient: string },
): Promise<TransmissionRow> {
  const { tenant: tenantId } = actor;
  const request = await readRequest(writer, tenantId, requestId);
  if (actor.kind !== 'SUBJECT' || request.subjectId !== actor.subjectId) throw noRequest();
  const { name } = recipientOf(desk, tenantId, recipient);
  const now = desk.clock.now();
  const isHeld = request.heldUntil !== null && request.heldUntil > now;
  if (request.right !== 'PORTABILITY' || !SENDABLE.has(request.status) || isHeld)
    throw new CarryallError(
      'WRONG_STATE',
      `Sent is what a PORTABILITY request asks for, once it is ${[...SENDABLE].join(', ')} and not held; this one is ${request.right}, ${request.status}${isHeld ? ', held' : ''}.`,
    );
  await writer.execute(sql`
    INSERT INTO transmission (tenant_id, id, request_id, subject_id, recipient, status, created_at)
    VALUES (${tenantId}, ${newId('trm')}, ${requestId}, ${actor.subjectId}, ${name}, 'BUILDING', ${now}::timestamptz)
    ON CONFLICT (tenant_id, request_id, recipient) WHERE status IN ('BUILDING', 'SENDING') DO NOTHING`);
  const [row] = await writer.query<TransmissionRow>(sql`SELECT ${transmissionColumns} FROM transmission t
    WHERE t.tenant_id = ${tenantId} AND t.request_id = ${requestId} AND t.recipient = ${name}
      AND t.status IN ('BUILDING', 'SENDING')`);
  if (row === undefined) throw new CarryallError('WRONG_STATE', 'The transmission has just ended: look at it again.');
  return row;
}

/** What was sent of a request, the newest first. */
export function transmissionsOf(reader: Reader, tenantId: string, requestId: string): Promise<TransmissionRow[]> {
  return reader.query<TransmissionRow>(sql`SELECT ${transmissionColumns} FROM transmission t
    WHERE t.tenant_id = ${tenantId} AND t.request_id = ${requestId} ORDER BY t.created_at DESC, t.id LIMIT 100`);
}
