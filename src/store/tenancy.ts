import { CarryallError } from '../errors.ts';
import { toCopyText } from './literal.ts';
import { sql, type Sql } from './sql.ts';

/** The role as which everything is done for a tenant: no superuser, owner of nothing, bound by every policy. */
export const APP_ROLE = 'carryall_app';
/** The role as which it is asked which tenants there are; it may read nothing else. */
export const OPERATOR_ROLE = 'carryall_operator';

/** The SQL that binds the transaction it runs in, and no later one, to a tenant. Throws BAD_INPUT when none is named. */
export function bindTenant(tenantId: string): string {
  return toCopyText(sql`${bindRole(APP_ROLE)}; SET LOCAL app.tenant = ${namedTenant(tenantId)}`);
}

/** The SQL that lowers the transaction it runs in to a role. */
export function bindRole(role: typeof APP_ROLE | typeof OPERATOR_ROLE): Sql {
  return sql`SET LOCAL ROLE ${sql.identifier(role)}`;
}

/** The tenant, when there is one. Throws BAD_INPUT. */
export function namedTenant(tenantId: string): string {
  // A caller may have got it from somewhere that the compiler does not see; the policies are not to be the only judge.
  if (typeof tenantId === 'string' && tenantId !== '') return tenantId;
  throw new CarryallError('BAD_INPUT', 'The store is read and written for one tenant, and none was named.');
}
