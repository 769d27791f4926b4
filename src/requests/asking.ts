import type { Reader } from '../store/session.ts';
import { sql } from '../store/sql.ts';
import { OPEN_STATUSES, REQUEST_RIGHTS, isBuilt } from './states.ts';

/** Not while somebody only says who they are: a stranger must not be able to keep another's data from being deleted. */
const WAITING = OPEN_STATUSES.filter((status) => status !== 'AWAITING_IDENTITY');
const COPIES = REQUEST_RIGHTS.filter(isBuilt);

/**
 * The people of an operator who have asked for a copy and do not have it yet. What is held of them when they ask is what they
 * are owed (Art. 15(1)), so a period that ends meanwhile must not make the answer smaller.
 */
export async function readAsking(reader: Reader, tenantId: string): Promise<readonly string[]> {
  const rows = await reader.query<{ id: string }>(sql`
    SELECT DISTINCT r.subject_id AS id FROM data_subject_request r
    WHERE r.tenant_id = ${tenantId} AND r.subject_id IS NOT NULL
      AND r."right" = ANY (${COPIES}) AND r.status = ANY (${WAITING}) ORDER BY 1`);
  return rows.map(({ id }) => id);
}
