import type pg from 'pg';
import type { Actor } from '../access/actor.ts';
import { isCarryallError } from '../errors.ts';
import type { TenantRow } from '../graphql/context.ts';
import type { PolicyBook } from '../policy/book.ts';
import type { Policy } from '../policy/schema.ts';
import { openJoinedReaders } from '../store/packet-reader.ts';
import type { Reader } from '../store/session.ts';
import { sql } from '../store/sql.ts';
import type { Identity } from './identity/identity.ts';
import type { Principal } from './identity/principal.ts';
import { unauthenticated } from './token.ts';

/** Who calls, at which operator, under which policy. */
export interface Caller {
  readonly actor: Actor;
  /** How that is known. */
  readonly principal: Principal;
  readonly tenant: TenantRow;
  readonly policy: Policy;
}

/** The caller of a request, from its headers alone: nothing of the body is read before. Throws UNAUTHENTICATED. */
export type Authenticate = (headers: Headers) => Promise<Caller>;

export interface AuthenticateOptions {
  readonly identity: Pick<Identity, 'authenticate'>;
  readonly pool: pg.Pool;
  readonly book: PolicyBook;
}

/** Finds the operator and the policy of whoever identity says is calling. */
export function authenticator({ identity, pool, book }: AuthenticateOptions): Authenticate {
  const readerOf = openJoinedReaders(pool);
  return async (headers) => {
    // Asked in one packet with what is kept of the principal, where there is a token; a session says its tenant at the end.
    const tenants = new Map<string, Promise<TenantRow | undefined>>();
    const principal = await identity.authenticate(headers, (tenantId) => {
      const reader = readerOf(tenantId);
      const asked = readTenant(reader, tenantId);
      // Whoever is refused is told so for their own reason.
      asked.catch(() => {});
      tenants.set(tenantId, asked);
      return reader;
    });
    const { actor } = principal;
    const tenant = await (tenants.get(actor.tenant) ?? readTenant(readerOf(actor.tenant), actor.tenant));
    if (tenant === undefined) throw unauthenticated();
    const policy = policyOf(book, tenant.policyCode);
    if (policy === null) throw unauthenticated();
    return { actor, principal, tenant, policy };
  };
}

async function readTenant(reader: Reader, tenantId: string): Promise<TenantRow | undefined> {
  const [tenant] = await reader.query<TenantRow>(
    sql`SELECT tenant_id AS "tenantId", policy_code AS "policyCode", name, country, contact FROM tenant
      WHERE tenant_id = ${tenantId}`,
  );
  return tenant;
}

/** A tenant whose policy is not loaded is served to nobody. */
function policyOf(book: PolicyBook, code: string): Policy | null {
  try {
    return book.policyOf(code);
  } catch (error) {
    if (isCarryallError(error, 'NOT_FOUND')) return null;
    throw error;
  }
}
