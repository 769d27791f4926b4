import type { AuditActor } from '../../audit/entry.ts';
import type { Auditor } from '../../audit/auditor.ts';
import type { Clock } from '../../clock.ts';
import { CarryallError } from '../../errors.ts';
import { letsLeave } from '../../mandates/export-instruction.ts';
import type { Writer } from '../../store/session.ts';
import { sql } from '../../store/sql.ts';

export interface Closing {
  readonly tenantId: string;
  readonly id: string;
  readonly as: 'ANSWERED' | 'REFUSED';
  readonly by: AuditActor;
}

/**
 * Ends a request of a controller, whom the operator has answered by hand. Throws NOT_FOUND, and WRONG_STATE for one that is
 * over, or that is to be answered while no instruction lets anything leave (Art. 28(3)(a)).
 */
export async function closeProcessorRequest(
  { clock, audit }: { readonly clock: Clock; readonly audit: Pick<Auditor, 'append'> },
  writer: Writer,
  { tenantId, id, as, by }: Closing,
): Promise<void> {
  const now = clock.now();
  const [row] = await writer.query<{ sender: string; status: string; may: boolean }>(sql`
    SELECT p.sender, p.status, ${letsLeave(sql`p.tenant_id`, sql`p.organisation_id`, now)} AS may
    FROM processor_request p WHERE p.tenant_id = ${tenantId} AND p.id = ${id} FOR UPDATE`);
  if (row === undefined) throw new CarryallError('NOT_FOUND', 'There is no such request of a controller.');
  if (row.status === 'ANSWERED' || row.status === 'REFUSED')
    throw new CarryallError('WRONG_STATE', `This request is ${row.status} already.`);
  if (as === 'ANSWERED' && !row.may)
    throw new CarryallError('WRONG_STATE', 'No instruction of the controller lets its data leave. Ask it for one.');
  await writer.execute(sql`UPDATE processor_request SET status = ${as}, closed_at = ${now}::timestamptz, attempts = 0,
    not_before = NULL WHERE tenant_id = ${tenantId} AND id = ${id}`);
  await audit.append(writer, {
    actor: by,
    action: 'REQUEST',
    outcome: 'ALLOWED',
    detail: { step: 'PROCESSOR_CLOSE', sender: row.sender, request: id, from: row.status, to: as },
  });
}
