import type { AuditEntry } from '../audit/entry.ts';
import type { Writer } from '../store/session.ts';
import { sql } from '../store/sql.ts';
import { stepFor } from './decide.ts';
import { readRouting, storeDecisions } from './route.ts';
import { lockRequest, take, type RequestDesk, type StepDesk } from './write.ts';

/**
 * Lets the copies go on that waited for an instruction and have one at this moment: of one organisation's people, or of all of
 * the tenant's. Returns what the audit log is to say as the last thing of the transaction.
 */
export async function resumeInstructed(
  desk: StepDesk & Pick<RequestDesk, 'policies'>,
  writer: Writer,
  tenantId: string,
  organisationId: string | null = null,
): Promise<readonly AuditEntry[]> {
  const waiting = await writer.query<{ id: string }>(sql`
    SELECT r.id FROM data_subject_request r WHERE r.tenant_id = ${tenantId} AND r.status = 'INSTRUCTION_REQUIRED'
      AND r."right" IN ('ACCESS', 'PORTABILITY') AND (${organisationId}::text IS NULL OR r.subject_id IN (
        SELECT subject_id FROM membership WHERE tenant_id = ${tenantId} AND organisation_id = ${organisationId}
        UNION ALL SELECT subject_id FROM end_user WHERE tenant_id = ${tenantId} AND organisation_id = ${organisationId}))
    ORDER BY r.id`);
  const entries: AuditEntry[] = [];
  for (const { id } of waiting) {
    const row = await lockRequest(writer, { tenantId, requestId: id });
    if (row.status !== 'INSTRUCTION_REQUIRED') continue;
    const routing = await readRouting(desk, writer, row);
    if (stepFor(row.right, routing.decisions) !== 'ROUTE_BUILD') continue;
    await storeDecisions(desk, writer, row, routing);
    const by = { kind: 'GATEWAY', tenant: tenantId } as const;
    entries.push((await take(desk, writer, { tenantId, requestId: id, step: 'APPROVE', by })).entry);
  }
  return entries;
}
