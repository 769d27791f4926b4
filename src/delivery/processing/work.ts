import { letsLeave } from '../../mandates/export-instruction.ts';
import { withTransaction } from '../../store/session.ts';
import { sql } from '../../store/sql.ts';
import { MOST_TRIES, nextTry } from '../tries.ts';
import type { ReceiveDesk } from '../transmission/desk.ts';
import { signedStatus } from './document.ts';
import { columns, type ProcessorRow } from './requests.ts';

const MOST_AT_ONCE = 50;
const PATIENCE_MS = 10_000;

/**
 * Sees to the requests of controllers at a tenant: to whether they have the instruction that they need, to what is overdue, and
 * to what controllers are to be told. Throws DATABASE_FAILED.
 */
export async function workProcessorRequests(desk: ReceiveDesk, tenantId: string, signal: AbortSignal): Promise<void> {
  await followInstructions(desk, tenantId);
  await remind(desk, tenantId);
  const due = await withTransaction(desk.pool, tenantId, (writer) =>
    writer.query<ProcessorRow & { callback: string }>(sql`SELECT ${columns}, p.callback FROM processor_request p
      WHERE p.tenant_id = ${tenantId} AND p.callback IS NOT NULL AND p.told_status <> p.status AND p.attempts < ${MOST_TRIES}
        AND (p.not_before <= ${desk.clock.now()}::timestamptz) IS NOT FALSE ORDER BY p.created_at LIMIT ${MOST_AT_ONCE}`),
  );
  for (const row of due) {
    if (signal.aborted) return;
    await callBack(desk, row, signal);
  }
}

/** A request waits for an instruction, and no longer waits, by what the controller has on record at this moment. */
async function followInstructions({ pool, clock, audit }: ReceiveDesk, tenantId: string): Promise<void> {
  const wanted = sql`CASE WHEN ${letsLeave(sql`p.tenant_id`, sql`p.organisation_id`, clock.now())} THEN 'RECEIVED'
    ELSE 'INSTRUCTION_REQUIRED' END`;
  await withTransaction(pool, tenantId, async (writer) => {
    const changed =
      await writer.query<ProcessorRow>(sql`UPDATE processor_request p SET status = ${wanted}, attempts = 0,
      not_before = NULL WHERE p.tenant_id = ${tenantId} AND p.closed_at IS NULL AND p.status <> ${wanted} RETURNING ${columns}`);
    for (const { id, sender, status } of changed)
      await audit.append(writer, {
        actor: { kind: 'GATEWAY', tenant: tenantId },
        action: 'REQUEST',
        outcome: 'ALLOWED',
        detail: { step: 'PROCESSOR_INSTRUCTION', sender, request: id, to: status },
      });
  });
}

async function remind({ pool, clock, outbox }: ReceiveDesk, tenantId: string): Promise<void> {
  await withTransaction(pool, tenantId, async (writer) => {
    const overdue = await writer.query<{
      id: string;
    }>(sql`SELECT id FROM processor_request WHERE tenant_id = ${tenantId}
      AND closed_at IS NULL AND due_at < ${clock.now()}::timestamptz`);
    for (const { id } of overdue)
      await outbox.put(writer, { tenantId, kind: 'CONTROLLER_REQUEST', event: `OVERDUE:${id}` });
  });
}

/** Ids and a status, signed: who gets it can tell whose it is, and nobody learns from it whom it concerns. */
async function callBack(desk: ReceiveDesk, row: ProcessorRow & { readonly callback: string }, signal: AbortSignal) {
  const { tenantId, id, status, callback } = row;
  const body = JSON.stringify(await signedStatus(desk, row));
  const headers = { 'content-type': 'application/json', 'webhook-id': `${id}.${status}` };
  let isTold = false;
  try {
    const answer = await desk.door.send(callback, { method: 'POST', headers, body, signal, patienceMs: PATIENCE_MS });
    answer.body.destroy();
    isTold = answer.status >= 200 && answer.status < 300;
  } catch {
    // Whoever cannot be reached is tried again, and can ask.
  }
  await withTransaction(desk.pool, tenantId, async (writer) => {
    if (isTold) {
      await writer.execute(sql`UPDATE processor_request SET told_status = ${status}, attempts = 0, not_before = NULL
        WHERE tenant_id = ${tenantId} AND id = ${id}`);
      return;
    }
    const [tried] = await writer.query<{ attempts: number }>(sql`UPDATE processor_request SET attempts = attempts + 1
      WHERE tenant_id = ${tenantId} AND id = ${id} AND status = ${status} RETURNING attempts`);
    if (tried === undefined) return;
    await writer.execute(sql`UPDATE processor_request SET not_before = ${nextTry(desk.clock.now(), tried.attempts)}::timestamptz
      WHERE tenant_id = ${tenantId} AND id = ${id}`);
  });
}
