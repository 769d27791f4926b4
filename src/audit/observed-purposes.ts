import type { Reader } from '../store/session.ts';
import { sql } from '../store/sql.ts';

/** The purposes that were declared for looks that were allowed, and how often, in a tenant's whole log. */
export async function observedPurposes(reader: Reader, tenantId: string): Promise<ReadonlyMap<string, number>> {
  const rows = await reader.query<{ purpose: string; looks: string }>(sql`
    SELECT purpose, count(*) AS looks FROM audit_event
    WHERE tenant_id = ${tenantId} AND purpose IS NOT NULL AND outcome = 'ALLOWED' GROUP BY purpose ORDER BY purpose`);
  return new Map(rows.map(({ purpose, looks }) => [purpose, Number(looks)]));
}
