import type { Actor } from '../access/actor.ts';
import { isCarryallError } from '../errors.ts';
import type { PrismaClient } from '../generated/prisma/client.ts';
import type { TenantRow } from '../graphql/context.ts';
import type { PolicyBook } from '../policy/book.ts';
import type { Policy } from '../policy/schema.ts';
import { unauthenticated, verifyToken, type TokenKey } from './token.ts';

/** Who calls, at which operator, under which policy. */
export interface Caller {
  readonly actor: Actor;
  readonly tenant: TenantRow;
  readonly policy: Policy;
}

export interface AuthenticateOptions {
  readonly key: TokenKey;
  readonly prisma: PrismaClient;
  readonly book: PolicyBook;
}

/** The caller of a request, from its headers alone: nothing of the body is read before. Throws UNAUTHENTICATED. */
export async function authenticate(
  { key, prisma, book }: AuthenticateOptions,
  headers: Headers,
  now: Date,
): Promise<Caller> {
  const token = /^Bearer ([\w.~+/=-]{1,4096})$/i.exec(headers.get('authorization') ?? '')?.[1];
  if (token === undefined) throw unauthenticated();
  const actor = await verifyToken(key, token, now);
  const tenant = await prisma.tenant.findUnique({
    where: { tenantId: actor.tenant },
    select: { tenantId: true, policyCode: true, name: true, country: true, contact: true },
  });
  if (tenant === null) throw unauthenticated();
  const policy = policyOf(book, tenant.policyCode);
  if (policy === null) throw unauthenticated();
  return { actor, tenant, policy };
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
