import { hkdfSync } from 'node:crypto';
import { bundleKey, storeBundle } from '../../bundle/store-bundle.ts';
import { CarryallError, isCarryallError, type ErrorCode } from '../../errors.ts';
import { newId } from '../../ids.ts';
import { withTransaction } from '../../store/session.ts';
import { sql } from '../../store/sql.ts';
import { MOST_TRIES } from '../tries.ts';
import { closeTransmission, postpone } from './close.ts';
import type { SendDesk } from './desk.ts';
import { recipientOf, transmissionColumns, type SendingRow } from './transmissions.ts';
import { announceTo, endAt, readReceipt, sendPiece, WireFault, type Sending } from './wire.ts';

const AT_A_TIME = 100;
/** How long it is kept should nobody be left to remove it. */
const KEPT_FOR = 'P14D';

/** No second attempt would end otherwise. */
const HOPELESS: ReadonlySet<string> = new Set<ErrorCode | 'ADDRESS_REFUSED' | 'ANSWERED_413'>([
  'NOT_FOUND',
  'BUNDLE_TOO_LARGE',
  'FOREIGN_ROW',
  'ADDRESS_REFUSED',
  'ANSWERED_413',
]);

/**
 * Goes on with the transmissions of a tenant whose time has come: builds what is to be sent, sends it from where the other
 * side says that it is, and notes the receipt. A large one is left after its turn, and the next call goes on with it; so it
 * does with what a killed process has left. One process does this at a time. What fails is told to `onFault` and tried again later. Throws DATABASE_FAILED.
 */
export async function workTransmissions(desk: SendDesk, tenantId: string, signal: AbortSignal): Promise<void> {
  const due = await withTransaction(desk.pool, tenantId, (reader) =>
    reader.query<SendingRow & { readonly isStopped: boolean }>(sql`SELECT ${transmissionColumns},
      r.status IN ('CANCELLED', 'REFUSED') OR EXISTS (SELECT FROM portability_bundle b WHERE b.tenant_id = t.tenant_id
        AND (b.id = t.bundle_id OR b.request_id = t.request_id) AND b.recalled_at >= t.created_at) AS "isStopped"
      FROM transmission t JOIN data_subject_request r ON r.tenant_id = t.tenant_id AND r.id = t.request_id
      WHERE t.tenant_id = ${tenantId} AND t.status IN ('BUILDING', 'SENDING')
        AND (t.not_before IS NULL OR t.not_before <= ${desk.clock.now()}::timestamptz)
      ORDER BY t.created_at, t.id LIMIT ${AT_A_TIME}`),
  );
  for (const { isStopped, ...row } of due) {
    if (signal.aborted) return;
    try {
      // What was taken back, or should not have gone out, is sent to nobody.
      if (isStopped) await stop(desk, row);
      else await work(desk, row, signal);
    } catch (error) {
      if (signal.aborted) return;
      await settleFailure(desk, row, error);
    }
  }
}

async function stop(desk: SendDesk, row: SendingRow): Promise<void> {
  await removeUnfinished(desk, row);
  await closeTransmission(desk, row, { status: 'FAILED', receipt: null, failureCode: 'TAKEN_BACK' });
}

/** What an attempt that was killed has left: it was built and never noted. */
async function removeUnfinished({ storage }: SendDesk, { status, storageKey }: SendingRow): Promise<void> {
  if (status === 'BUILDING' && storageKey !== null) await storage.remove(storageKey);
}

async function work(desk: SendDesk, row: SendingRow, signal: AbortSignal): Promise<void> {
  const recipient = recipientOf(desk, row.tenantId, row.recipient);
  const ready = row.status === 'BUILDING' ? await build(desk, row, signal) : row;
  const { sha256, bytes, storageKey } = ready;
  if (sha256 === null || bytes === null || storageKey === null)
    throw new TypeError('A transmission that is sent has something to send');
  const sending: Sending = { row: { ...ready, sha256, bytes }, recipient, signal };
  let progress = await announceTo(desk, sending);
  const turnEnds = performance.now() + desk.turnMs;
  while (progress.status === 'RECEIVING' && progress.offset < bytes) {
    const { id, offset } = progress;
    const piece = await readPiece(desk, storageKey, offset, Math.min(desk.pieceBytes, bytes - offset));
    progress = await sendPiece(desk, sending, id, offset, piece);
    // A recipient that goes back without end would have us send for ever: this attempt is over then.
    if (progress.status === 'RECEIVING' && progress.offset <= offset) throw new WireFault('NO_PROGRESS');
    await noteSent(desk, row, progress.offset);
    if (progress.status === 'RECEIVING' && performance.now() >= turnEnds) return;
  }
  if (progress.status === 'RECEIVING') progress = await endAt(desk, sending, progress.id);
  if (progress.status === 'RECEIVING' || progress.receipt === null) throw new WireFault('ANSWER_INVALID');
  const receipt = await readReceipt(desk, sending, progress.receipt);
  await closeTransmission(desk, ready, {
    status: receipt.status === 'TAKEN' ? 'RECEIVED' : 'REFUSED',
    receipt: progress.receipt,
    failureCode: receipt.status === 'TAKEN' ? null : 'REFUSED_BY_RECIPIENT',
  });
}

/** Builds what is to be sent: a bundle of its own, in which nobody else is named. */
async function build(desk: SendDesk, row: SendingRow, signal: AbortSignal): Promise<SendingRow> {
  const { tenantId, subjectId, id: transmission, recipient, requestId } = row;
  const name = { id: newId('bundle'), attempt: newId('attempt') };
  const request = { tenantId, subjectId, scope: 'PORTABILITY', format: 'ZIP' } as const;
  const storageKey = bundleKey(request, name, false);
  // Derived, so that an attempt that is gone on with calls everybody as the one before did.
  const key = Buffer.from(hkdfSync('sha256', desk.secret, '', `carryall.other-parties.v1/${transmission}`, 32));
  const actor = { kind: 'GATEWAY', tenant: tenantId } as const;
  await removeUnfinished(desk, row);
  // Noted first, so that what a killed attempt leaves is known.
  await withTransaction(desk.pool, tenantId, (writer) =>
    writer.execute(sql`UPDATE transmission SET storage_key = ${storageKey}
      WHERE tenant_id = ${tenantId} AND id = ${transmission} AND status = 'BUILDING'`),
  );
  const { sha256, bytes } = await storeBundle(
    { ...desk.sources, audit: { log: desk.audit, actor } },
    desk.storage,
    { ...request, otherParties: { key } },
    {
      name,
      signal,
      publication: {
        // It answers nobody: whoever asks for the bundle of the request gets the one that names what is theirs.
        requestId: null,
        sealed: false,
        keptFor: KEPT_FOR,
        async publish(writer, bundle) {
          const changed = await writer.execute(sql`UPDATE transmission SET status = 'SENDING', bundle_id = ${bundle.id},
            sha256 = ${bundle.sha256}, bytes = ${bundle.bytes}, attempts = 0
            WHERE tenant_id = ${tenantId} AND id = ${transmission} AND status = 'BUILDING'`);
          if (changed === 0) throw new CarryallError('WRONG_STATE', 'The transmission is not wanted any more.');
          const detail = { transmission, recipient, request: requestId, bundle: bundle.id };
          return { actor, action: 'DOWNLOAD', outcome: 'ALLOWED', subjectId, detail: { step: 'SENDING', ...detail } };
        },
      },
    },
  );
  return { ...row, status: 'SENDING', bundleId: name.id, storageKey, sha256, bytes, attempts: 0 };
}

async function readPiece({ storage }: SendDesk, key: string, offset: number, bytes: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of await storage.read(key, { start: offset, end: offset + bytes - 1 }))
    chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function noteSent({ pool }: SendDesk, { tenantId, id }: SendingRow, bytes: number): Promise<void> {
  // What goes forward is no failure, however often the line breaks.
  await withTransaction(pool, tenantId, (writer) =>
    writer.execute(sql`UPDATE transmission SET sent_bytes = ${bytes}, attempts = CASE WHEN ${bytes} > sent_bytes THEN 0 ELSE attempts END
      WHERE tenant_id = ${tenantId} AND id = ${id}`),
  );
}

async function settleFailure(desk: SendDesk, row: SendingRow, error: unknown): Promise<void> {
  const code = error instanceof WireFault || isCarryallError(error) ? error.code : 'INTERNAL';
  desk.onFault(error);
  const isHopeless = HOPELESS.has(code);
  await postpone(desk, row, code, isHopeless ? 0 : MOST_TRIES);
}
