import { jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { actorIdOf, type Actor } from '../access/actor.ts';
import { CarryallError } from '../errors.ts';

/** The secret that signs and checks tokens; its caller keeps it, 32 random bytes or more. */
export interface TokenKey {
  readonly secret: Uint8Array;
}

const ALGORITHM = 'HS256';
const TYPE = 'carryall+jwt';
const PARTY = 'carryall';
const CLOCK_TOLERANCE_SECONDS = 60;
/** The longest that a token may live. */
const LONGEST_TOKEN_SECONDS = 7 * 24 * 3600;

const id = z.string().min(1).max(200);
const claimsSchema = z.object({
  sub: id,
  tenant: id,
  kind: z.enum([
    'SUBJECT',
    'CONTROLLER_STAFF',
    'PROCESSOR_STAFF',
    'SUPPORT_AGENT',
    'INTERNAL_APP',
    'AUDITOR',
    'ADMINISTRATOR',
  ]),
  organisation: id.optional(),
});

/** A token for an actor that lives for `seconds`. Throws BAD_INPUT for a key or a life that is out of bounds. */
export async function signToken(key: TokenKey, actor: Actor, seconds: number, now: Date): Promise<string> {
  if (key.secret.byteLength < 32) throw new CarryallError('BAD_INPUT', 'A token key has at least 32 bytes.');
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > LONGEST_TOKEN_SECONDS) {
    throw new CarryallError('BAD_INPUT', `A token lives for 1 to ${LONGEST_TOKEN_SECONDS} seconds, not ${seconds}.`);
  }
  const issuedAt = Math.floor(now.getTime() / 1000);
  const organisation =
    actor.kind === 'CONTROLLER_STAFF' && actor.organisationId !== null ? { organisation: actor.organisationId } : {};
  return new SignJWT({ tenant: actor.tenant, kind: actor.kind, ...organisation })
    .setProtectedHeader({ alg: ALGORITHM, typ: TYPE })
    .setSubject(actorIdOf(actor))
    .setIssuer(PARTY)
    .setAudience(PARTY)
    .setIssuedAt(issuedAt)
    .setNotBefore(issuedAt)
    .setExpirationTime(issuedAt + seconds)
    .sign(key.secret);
}

/** The actor whom a token names. Throws UNAUTHENTICATED, in the same words whatever is wrong with it. */
export async function verifyToken(key: TokenKey, token: string, now: Date): Promise<Actor> {
  try {
    const { payload } = await jwtVerify(token, key.secret, {
      algorithms: [ALGORITHM],
      typ: TYPE,
      issuer: PARTY,
      audience: PARTY,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: now,
      maxTokenAge: LONGEST_TOKEN_SECONDS,
      requiredClaims: ['exp', 'nbf', 'iat', 'sub'],
    });
    return actorOf(claimsSchema.parse(payload));
  } catch (cause) {
    throw unauthenticated(cause);
  }
}

/** The one answer to whoever cannot say who they are. */
export function unauthenticated(cause?: unknown): CarryallError {
  return new CarryallError('UNAUTHENTICATED', 'A valid token is needed: Authorization: Bearer TOKEN.', { cause });
}

function actorOf({ sub, tenant, kind, organisation }: z.infer<typeof claimsSchema>): Actor {
  switch (kind) {
    case 'SUBJECT':
      return { kind, tenant, subjectId: sub };
    case 'CONTROLLER_STAFF':
      return { kind, tenant, staffId: sub, organisationId: organisation ?? null };
    case 'INTERNAL_APP':
      return { kind, tenant, appId: sub };
    case 'PROCESSOR_STAFF':
    case 'SUPPORT_AGENT':
    case 'AUDITOR':
    case 'ADMINISTRATOR':
      return { kind, tenant, staffId: sub };
    default:
      return kind satisfies never;
  }
}
