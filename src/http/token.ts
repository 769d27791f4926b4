import { jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { ACTOR_KINDS, actorIdOf, actorOf, type Actor } from '../access/actor.ts';
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
  kind: z.enum(ACTOR_KINDS),
  organisation: id.optional(),
  iat: z.number(),
  exp: z.number(),
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

const imported = new WeakMap<Uint8Array, Promise<CryptoKey>>();

/** The key as it checks signatures; from bytes, it would be made anew for each token. */
function verifyingKey(secret: Uint8Array): Promise<CryptoKey> {
  const known = imported.get(secret);
  if (known !== undefined) return known;
  const made = crypto.subtle.importKey('raw', Buffer.from(secret), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'verify',
  ]);
  imported.set(secret, made);
  return made;
}

/** What a genuine token says. */
export interface VerifiedToken {
  readonly actor: Actor;
  readonly issuedAt: Date;
  /** From here on it may be good no more, and is to be verified again. */
  readonly goodUntil: Date;
}

/** What a token says, if it is genuine and in force. Throws UNAUTHENTICATED, in the same words whatever is wrong with it. */
export async function verifyToken(key: TokenKey, token: string, now: Date): Promise<VerifiedToken> {
  try {
    const { payload } = await jwtVerify(token, await verifyingKey(key.secret), {
      algorithms: [ALGORITHM],
      typ: TYPE,
      issuer: PARTY,
      audience: PARTY,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: now,
      maxTokenAge: LONGEST_TOKEN_SECONDS,
      requiredClaims: ['exp', 'nbf', 'iat', 'sub'],
    });
    const { sub, tenant, kind, organisation = null, iat, exp } = claimsSchema.parse(payload);
    return {
      actor: actorOf(tenant, { kind, actorId: sub, organisationId: organisation }),
      issuedAt: new Date(iat * 1000),
      goodUntil: new Date(Math.min(exp, iat + LONGEST_TOKEN_SECONDS) * 1000),
    };
  } catch (cause) {
    throw unauthenticated(cause);
  }
}

/** The one answer to whoever cannot say who they are. */
export function unauthenticated(cause?: unknown): CarryallError {
  return new CarryallError('UNAUTHENTICATED', 'A valid token is needed: Authorization: Bearer TOKEN.', { cause });
}
