import { hash } from 'node:crypto';
import { CarryallError } from '../../errors.ts';
import { readTenant } from '../../holdings/tenants.ts';
import { newId } from '../../ids.ts';
import { letsLeave } from '../../mandates/export-instruction.ts';
import { dueAt } from '../../policy/deadline.ts';
import { holidaysAfter } from '../../requests/holidays.ts';
import { withTransaction, type Reader, type Writer } from '../../store/session.ts';
import { sql, type Sql } from '../../store/sql.ts';
import type { ReceiveDesk } from '../transmission/desk.ts';
import type { Sender } from '../transmission/partners.ts';
import { identityOf, type ProcessorStatus, type RequestFiling } from './statements.ts';

/** A request of a controller. */
export interface ProcessorRow {
  readonly tenantId: string;
  readonly id: string;
  readonly sender: string;
  readonly kind: 'ACCESS' | 'PORTABILITY';
  readonly subjectId: string | null;
  readonly status: ProcessorStatus;
  readonly createdAt: Date;
  readonly dueAt: Date;
  readonly question: string;
}

export const columns: Sql = sql`p.tenant_id AS "tenantId", p.id, p.sender, p.kind, p.subject_id AS "subjectId", p.status,
  p.created_at AS "createdAt", p.due_at AS "dueAt", p.question`;

/** How many requests of one sender may be open. */
const MOST_OPEN = 1000;

/**
 * Files a request of a controller; the same one again is the one that is there. The person is looked for among the
 * controller's own people only. Throws NOT_FOUND for a sender that is no customer, IDEMPOTENCY_MISMATCH for another question
 * under the same name, BAD_INPUT for a call-back to which nothing is sent, and WRONG_STATE where too many are open.
 */
export async function fileFor(desk: ReceiveDesk, sender: Sender, filing: RequestFiling): Promise<ProcessorRow> {
  const { callback } = filing;
  if (callback !== undefined) await desk.door.assertMaySend(callback);
  return withTransaction(desk.pool, sender.tenant, async (writer) => {
    const identity = identityOf(filing);
    const question = hash('sha256', JSON.stringify([filing.type, identity.kind, identity.digest]));
    const externalId = hash('sha256', JSON.stringify([sender.name, filing.request]));
    const row =
      (await insert(desk, writer, sender, { filing, identity, question, externalId })) ??
      (await find(writer, sender, sql`p.external_id = ${externalId}`));
    if (row === null)
      throw new CarryallError('WRONG_STATE', `${MOST_OPEN} requests of yours are open: wait for some of them.`);
    if (row.question === question) return row;
    throw new CarryallError('IDEMPOTENCY_MISMATCH', 'You asked for something else under this name before.');
  });
}

interface NewRequest {
  readonly filing: RequestFiling;
  readonly identity: ReturnType<typeof identityOf>;
  readonly question: string;
  readonly externalId: string;
}

async function insert(
  desk: ReceiveDesk,
  writer: Writer,
  { tenant, name, organisation: ours }: Sender,
  { filing, identity, question, externalId }: NewRequest,
): Promise<ProcessorRow | null> {
  const organisation = ours ?? null;
  const now = desk.clock.now();
  const { country, policyCode } = await readTenant(writer, tenant);
  const due = dueAt(desk.policies.policyOf(policyCode), now, holidaysAfter(country, now));
  const customers = await writer.query(
    sql`SELECT id FROM organisation WHERE tenant_id = ${tenant} AND id = ${organisation} FOR NO KEY UPDATE`,
  );
  if (customers.length === 0) throw new CarryallError('NOT_FOUND', 'There is no such customer.');
  const [row] = await writer.query<ProcessorRow>(sql`
    INSERT INTO processor_request AS p (tenant_id, id, sender, organisation_id, external_id, question, kind, subject_id, status,
      created_at, due_at, callback, told_status)
    SELECT o.tenant_id, ${newId('prq')}, ${name}, o.id, ${externalId}, ${question}, ${filing.type.toUpperCase()},
      (SELECT i.subject_id FROM subject_identifier i WHERE i.tenant_id = o.tenant_id
        AND i.kind = ${identity.kind}::identifier_kind AND encode(sha256(convert_to(i.value, 'UTF8')), 'hex') = ${identity.digest}
        AND i.subject_id IN (
          SELECT subject_id FROM membership WHERE tenant_id = o.tenant_id AND organisation_id = o.id
          UNION ALL SELECT subject_id FROM end_user WHERE tenant_id = o.tenant_id AND organisation_id = o.id) LIMIT 1),
      s.status, ${now}::timestamptz, ${due}::timestamptz, ${filing.callback ?? null}, s.status
    FROM organisation o, LATERAL (SELECT CASE WHEN ${letsLeave(sql`o.tenant_id`, sql`o.id`, now)} THEN 'RECEIVED'
      ELSE 'INSTRUCTION_REQUIRED' END AS status) s
    WHERE o.tenant_id = ${tenant} AND o.id = ${organisation} AND (SELECT count(*) FROM processor_request
      WHERE tenant_id = ${tenant} AND sender = ${name} AND closed_at IS NULL) < ${MOST_OPEN}
    ON CONFLICT (tenant_id, sender, external_id) DO NOTHING RETURNING ${columns}`);
  if (row === undefined) return null;
  await desk.outbox.put(writer, { tenantId: tenant, kind: 'CONTROLLER_REQUEST', event: row.id });
  // It names nobody: this is the controller's affair, and must never come up among what is recorded of a person.
  await desk.audit.append(writer, {
    actor: { kind: 'GATEWAY', tenant },
    action: 'REQUEST',
    outcome: 'ALLOWED',
    detail: { step: 'PROCESSOR_FILE', sender: name, request: row.id, to: row.status },
  });
  return row;
}

/** A request of a sender's own. Throws NOT_FOUND. */
export async function readFor(desk: ReceiveDesk, sender: Sender, id: string): Promise<ProcessorRow> {
  return withTransaction(desk.pool, sender.tenant, async (writer) => {
    const row = await find(writer, sender, sql`p.id = ${id}`);
    if (row === null) throw new CarryallError('NOT_FOUND', 'There is no such request.');
    return row;
  });
}

/** The open requests of controllers at a tenant, the first due first; at most a thousand. */
export function openProcessorRequests(reader: Reader, tenantId: string): Promise<ProcessorRow[]> {
  return reader.query<ProcessorRow>(sql`SELECT ${columns} FROM processor_request p
    WHERE p.tenant_id = ${tenantId} AND p.closed_at IS NULL ORDER BY p.due_at, p.id LIMIT 1000`);
}

async function find(reader: Reader, { tenant, name }: Sender, condition: Sql): Promise<ProcessorRow | null> {
  const [row] = await reader.query<ProcessorRow>(sql`SELECT ${columns} FROM processor_request p
    WHERE p.tenant_id = ${tenant} AND p.sender = ${name} AND ${condition}`);
  return row ?? null;
}
