import type pg from 'pg';
import { CarryallError } from '../errors.ts';
import { sqlState, toDatabaseError } from './failure.ts';
import { APP_ROLE, OPERATOR_ROLE, bindRole } from './tenancy.ts';

/**
 * Checks that row-level security holds (A-31): that this connection may lower itself to the role of the gateway, that the
 * role is bound by policies and owns no table, and that every table with a tenant has its policy. Throws TENANTS_NOT_APART
 * with the way out, and DATABASE_FAILED.
 */
export async function assertTenantsApart(pool: pg.Pool): Promise<void> {
  const client = await pool.connect().catch((error: unknown) => {
    throw toDatabaseError(error);
  });
  try {
    await client.query(`BEGIN READ ONLY; ${bindRole(OPERATOR_ROLE).text}; ${bindRole(APP_ROLE).text}`);
    const { rows } = await client.query<{ roles: string[]; tables: string[] }>(FAULTS);
    const { roles = [], tables = [] } = rows[0] ?? {};
    if (roles.length > 0) throw notBound(roles);
    if (tables.length > 0) throw notProtected(tables);
  } catch (error) {
    // No such role, or one that this connection was not given.
    if (['22023', '42501'].includes(sqlState(error) ?? '')) throw notGiven(error);
    throw toDatabaseError(error);
  } finally {
    client.release(true);
  }
}

const FAULTS = `
  SELECT
    ARRAY(SELECT rolname::text FROM pg_roles
      WHERE rolname IN ('${APP_ROLE}', '${OPERATOR_ROLE}') AND (rolsuper OR rolbypassrls) ORDER BY 1) AS roles,
    ARRAY(SELECT c.relname::text FROM pg_class c
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
      WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace
        AND NOT (c.relrowsecurity AND c.relforcerowsecurity AND c.relowner <> to_regrole('${APP_ROLE}')
          AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polcmd = '*' AND p.polroles = '{0}'
            AND p.polqual IS NOT NULL AND p.polwithcheck IS NOT NULL))
      ORDER BY 1) AS tables`;

function notGiven(cause: unknown): CarryallError {
  return new CarryallError(
    'TENANTS_NOT_APART',
    `The database role that DATABASE_URL names must be able to act as ${APP_ROLE} and ${OPERATOR_ROLE}, and cannot. ` +
      `Let a superuser run: GRANT ${APP_ROLE}, ${OPERATOR_ROLE} TO the role of DATABASE_URL.`,
    { cause },
  );
}

function notBound(roles: readonly string[]): CarryallError {
  return new CarryallError(
    'TENANTS_NOT_APART',
    `Row-level security does not bind the role ${roles.join(' and ')}, so tenants would not be kept apart. ` +
      `Let a superuser run: ${roles.map((role) => `ALTER ROLE ${role} NOSUPERUSER NOBYPASSRLS;`).join(' ')}`,
  );
}

function notProtected(tables: readonly string[]): CarryallError {
  return new CarryallError(
    'TENANTS_NOT_APART',
    `Row-level security does not hold for ${tables.join(', ')}. ` +
      `Let the owner run: ${tables.map((name) => `SELECT carryall_protect('${name}');`).join(' ')}`,
  );
}
