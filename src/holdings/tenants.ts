import { CarryallError } from '../errors.ts';
import type { Reader } from '../store/session.ts';
import { sql } from '../store/sql.ts';

/** One operator of a calling platform, as the store has it. */
export interface Tenant {
  readonly tenantId: string;
  readonly policyCode: string;
  readonly name: string;
  readonly country: string | null;
  /** Where requests go, if the policy does not say (trap X05). */
  readonly contact: string | null;
}

/** Reads a tenant. Throws NOT_FOUND. */
export async function readTenant(reader: Reader, tenantId: string): Promise<Tenant> {
  const [row] =
    await reader.query<Tenant>(sql`SELECT tenant_id AS "tenantId", policy_code AS "policyCode", name, country, contact
    FROM tenant WHERE tenant_id = ${tenantId}`);
  if (row === undefined)
    throw new CarryallError('NOT_FOUND', 'There is no such tenant. List them with: carryall tenant list');
  return row;
}
