import { decodeJwt, errors, jwtVerify, type JWTPayload } from 'jose';
import type pg from 'pg';
import { actorIdOf } from '../../access/actor.ts';
import type { Reader } from '../../store/session.ts';
import { verifyToken, type TokenKey, type VerifiedToken } from '../token.ts';
import { mapClaims } from './claims.ts';
import { isCanonical } from './compact.ts';
import type { Principal } from './principal.ts';
import { admit, admitLocal, LOCAL_ISSUER, principalId, type Vouched } from './principals.ts';
import type { Provider } from './provider.ts';
import { refusalOf, refused } from './refusal.ts';
import { actorOf, type Role } from '../../access/actor.ts';
import { subjectOf } from './subject-of.ts';
import type { VerifiedTokens } from './verified-tokens.ts';

export interface TokenOptions {
  readonly pool: pg.Pool;
  /** What is known of a tenant's principals is read through this. */
  readonly readerOf: ReaderOf;
  /** By the URL of the issuer. */
  readonly providers: ReadonlyMap<string, Provider>;
  /** The key of local tokens, and those that it was found to have signed; null accepts none. */
  readonly local: { readonly key: TokenKey; readonly verified: VerifiedTokens } | null;
}

/** Opens a reader for the tenant that a genuine credential names. */
export type ReaderOf = (tenantId: string) => Reader;

const CLOCK_TOLERANCE_SECONDS = 60;
/** However long an issuer says that a token lives. */
const LONGEST_AGE_SECONDS = 24 * 3600;

/** The principal of a signed token (RFC 9068). Throws UNAUTHENTICATED. */
export async function authenticateToken(options: TokenOptions, token: string, now: Date): Promise<Principal> {
  const { local } = options;
  const known = local?.verified.find(token, now);
  if (known !== undefined) return byLocalToken(options.readerOf, known);
  const issuer = isCanonical(token) ? issuerOf(token) : null;
  const provider = issuer === null ? undefined : options.providers.get(issuer);
  if (provider !== undefined) return byProvider(options, provider, token, now);
  if (issuer !== LOCAL_ISSUER || local === null) throw refused('MALFORMED');
  const verified = await verifyToken(local.key, token, now).catch((cause: unknown) => {
    throw refused('NOT_GENUINE', cause);
  });
  local.verified.keep(token, verified, now);
  return byLocalToken(options.readerOf, verified);
}

async function byProvider(
  { pool, readerOf }: TokenOptions,
  provider: Provider,
  token: string,
  now: Date,
): Promise<Principal> {
  const { name } = provider.settings;
  const claims = await verify(provider, token, now);
  const issuedAt = dateOf(claims.iat);
  const vouched = await vouch(pool, provider, claims, issuedAt);
  await admit(pool, vouched, undefined, readerOf(vouched.tenant));
  // Without auth_time nobody knows when a person signed in: then it counts as long ago. An app proves itself with each token.
  const authTime = claims['auth_time'];
  const authenticatedAt =
    typeof authTime === 'number' ? dateOf(authTime) : vouched.role.kind === 'INTERNAL_APP' ? issuedAt : new Date(0);
  return {
    via: 'TOKEN',
    issuer: name,
    actor: actorOf(vouched.tenant, vouched.role),
    authenticatedAt: authenticatedAt > now ? now : authenticatedAt,
  };
}

/** The claims of a token, if it is genuine, for us and in force. Throws UNAUTHENTICATED. */
async function verify({ keys, settings }: Provider, token: string, now: Date): Promise<JWTPayload> {
  const { issuer, audience, algorithms, type } = settings;
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      audience,
      algorithms,
      typ: type,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: now,
      maxTokenAge: LONGEST_AGE_SECONDS,
      requiredClaims: ['sub', 'exp', 'iat'],
    });
    // A token that is bound to its holder's key is none that any bearer may use (RFC 8705, RFC 9449).
    if (payload['cnf'] !== undefined) throw refused('NOT_GENUINE');
    return payload;
  } catch (cause) {
    if (refusalOf(cause) !== null) throw cause;
    // Of what is wrong with a token jose tells by a class; that keys cannot be had is its general error, or none of its own.
    const isOfToken = cause instanceof errors.JOSEError && !PROVIDER_CODES.has(cause.code);
    throw refused(isOfToken ? 'NOT_GENUINE' : 'PROVIDER_DOWN', cause);
  }
}

const PROVIDER_CODES = new Set<string>([errors.JWKSTimeout.code, errors.JWKSInvalid.code, errors.JOSEError.code]);

/** Whom genuine claims vouch for: tenant, principal, role and, for subjects, who they are in the store. Throws UNAUTHENTICATED. */
export async function vouch(
  pool: pg.Pool,
  { settings }: Provider,
  claims: Readonly<Record<string, unknown>>,
  issuedAt: Date,
): Promise<Vouched> {
  const { tenant, id, kind, organisationId, subject } = mapClaims(settings.claims, claims);
  const actorId = subject === null ? `${settings.name}:${id}` : await subjectOf(pool, tenant, subject);
  const role: Role = { kind, actorId, organisationId };
  return { tenant, principalId: principalId(settings.name, id), role, issuedAt };
}

/** Whoever was let in for good may have been ended since, so that is asked for each request. */
async function byLocalToken(readerOf: ReaderOf, { actor, issuedAt }: VerifiedToken): Promise<Principal> {
  const { kind, tenant } = actor;
  const role: Role = { kind, actorId: actorIdOf(actor), organisationId: null };
  const id = principalId(LOCAL_ISSUER, `${kind} ${role.actorId}`);
  await admitLocal(readerOf(tenant), { tenant, principalId: id, role, issuedAt });
  return { via: 'TOKEN', issuer: LOCAL_ISSUER, actor, authenticatedAt: issuedAt };
}

function issuerOf(token: string): string | null {
  try {
    return decodeJwt(token).iss ?? null;
  } catch {
    return null;
  }
}

/** The instant of a claim that was checked to be a number. */
function dateOf(seconds: number | undefined): Date {
  return new Date((seconds ?? 0) * 1000);
}
