import { sql, type Sql } from '../store/sql.ts';

/** Whether an organisation lets anything of its data leave by an instruction that is valid at `now`, as a condition of SQL. */
export function letsLeave(tenantId: Sql, organisationId: Sql, now: Date): Sql {
  return sql`EXISTS (SELECT FROM processing_instruction i WHERE i.tenant_id = ${tenantId} AND i.organisation_id = ${organisationId}
    AND i.export_allowed AND i.revoked_at IS NULL AND i.valid_from <= ${now}::timestamptz
    AND (i.valid_to > ${now}::timestamptz) IS NOT FALSE)`;
}
