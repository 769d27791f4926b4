import type { Actor } from '../access/actor.ts';
import { isCarryallError } from '../errors.ts';
import type { TenantRow } from '../graphql/context.ts';
import type { PolicyBook } from '../policy/book.ts';
import type { Policy } from '../policy/schema.ts';
import type { TenantClients } from '../store/tenant-clients.ts';
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
  readonly clients: TenantClients;
  readonly book: PolicyBook;
}

/** Finds the operator and the policy of whoever identity says is calling. */
export function authenticator({ identity, clients, book }: AuthenticateOptions): Authenticate {
  return async (headers) => {
    const principal = await identity.authenticate(headers);
    const { actor } = principal;
    const tenant = await clients.of(actor.tenant).tenant.findUnique({
      where: { tenantId: actor.tenant },
      select: { tenantId: true, policyCode: true, name: true, country: true, contact: true },
    });
    if (tenant === null) throw unauthenticated();
    const policy = policyOf(book, tenant.policyCode);
    if (policy === null) throw unauthenticated();
    return { actor, principal, tenant, policy };
  };
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
