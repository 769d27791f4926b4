import type pg from 'pg';
import type { AuditActor } from '../../audit/entry.ts';
import { CarryallError } from '../../errors.ts';
import type { Policy } from '../../policy/schema.ts';
import { withSnapshot, withTransaction } from '../../store/session.ts';
import { sql } from '../../store/sql.ts';
import { actorIdOf } from '../../access/actor.ts';
import { isSameDigest, makeKey, parseKey } from './api-key-format.ts';
import type { Principal } from './principal.ts';
import type { Recorded } from './recorded.ts';
import { ended, refused } from './refusal.ts';

/** Who makes a key: whoever works at the machine, or somebody who was authenticated. */
export type KeyMaker = { readonly via: 'CONSOLE'; readonly operatorId: string } | Principal;

export interface KeyWish {
  readonly tenant: string;
  /** Under which name the app is audited. */
  readonly app: string;
  /** Ids of purposes of the policy: the app may declare these and no others. */
  readonly purposes: readonly string[];
  readonly expiresAt: Date;
}

/** A key as it is listed. */
export interface KeyRow extends KeyWish {
  readonly id: string;
  /** Its last four characters. */
  readonly ending: string;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly revokedAt: Date | null;
  /** The UTC day, YYYY-MM-DD: nobody needs to know the minute. */
  readonly lastUsedOn: string | null;
}

const APP = /^[a-z][a-z0-9-]{1,62}$/;

/**
 * Makes a key and returns its text, which nobody can read again. Throws FORBIDDEN to everybody but the machine's operator and
 * the tenant's administrators, and BAD_INPUT with all faults at once.
 */
export async function createApiKey(
  { pool, audit }: Recorded,
  policy: Policy,
  wish: KeyWish,
  maker: KeyMaker,
  now: Date,
): Promise<{ readonly text: string; readonly id: string }> {
  assertMayManage(maker, wish.tenant);
  assertWish(policy, wish, now);
  const { text, kept, ending } = makeKey(wish.tenant);
  const createdBy = maker.via === 'CONSOLE' ? 'console' : actorIdOf(maker.actor);
  await withTransaction(pool, wish.tenant, async (writer) => {
    await writer.execute(sql`INSERT INTO api_key (tenant_id, id, app, purposes, digest, ending, created_at, created_by, expires_at)
      VALUES (${wish.tenant}, ${kept.id}, ${wish.app}, ${wish.purposes}, ${kept.digest}, ${ending}, ${now}, ${createdBy},
        ${wish.expiresAt})`);
    const detail = { step: 'CREATED', key: kept.id, app: wish.app, purposes: [...wish.purposes] };
    await audit.append(writer, { actor: actorOf(maker, wish.tenant), action: 'KEY', outcome: 'ALLOWED', detail });
  });
  return { text, id: kept.id };
}

/** The keys of a tenant, the newest first; the revoked and expired too. */
export async function listApiKeys(pool: pg.Pool, tenant: string): Promise<KeyRow[]> {
  return withSnapshot(pool, tenant, (reader) =>
    reader.query<KeyRow>(sql`SELECT tenant_id AS tenant, id, app, purposes, ending, created_at AS "createdAt",
        created_by AS "createdBy", expires_at AS "expiresAt", revoked_at AS "revokedAt", last_used_on::text AS "lastUsedOn"
      FROM api_key WHERE tenant_id = ${tenant} ORDER BY created_at DESC, id`),
  );
}

/** Revokes a key: the next request with it is refused. Throws FORBIDDEN as `createApiKey` does, and NOT_FOUND. */
export async function revokeApiKey(
  { pool, audit }: Recorded,
  tenant: string,
  id: string,
  maker: KeyMaker,
  now: Date,
): Promise<void> {
  assertMayManage(maker, tenant);
  await withTransaction(pool, tenant, async (writer) => {
    const found = await writer.execute(sql`UPDATE api_key SET revoked_at = COALESCE(revoked_at, ${now})
      WHERE tenant_id = ${tenant} AND id = ${id}`);
    if (found === 0)
      throw new CarryallError('NOT_FOUND', 'There is no such key. List them with: carryall key list --tenant ID');
    const detail = { step: 'REVOKED', key: id };
    await audit.append(writer, { actor: actorOf(maker, tenant), action: 'KEY', outcome: 'ALLOWED', detail });
  });
}

/** The app whose key it is. Throws UNAUTHENTICATED. */
export async function authenticateApiKey(pool: pg.Pool, text: string, now: Date): Promise<Principal> {
  const key = parseKey(text);
  if (key === null) throw refused('MALFORMED');
  const { tenant, id } = key;
  const today = now.toISOString().slice(0, 10);
  const row = await withTransaction(pool, tenant, async (writer) => {
    const [found] = await writer.query<KeyRow & { readonly digest: string }>(sql`SELECT app, purposes, digest,
        expires_at AS "expiresAt", revoked_at AS "revokedAt", last_used_on::text AS "lastUsedOn"
      FROM api_key WHERE tenant_id = ${tenant} AND id = ${id}`);
    // Nothing is noted of a wrong secret.
    if (found === undefined || !isSameDigest(found.digest, key.digest)) throw refused('NOT_GENUINE');
    if (found.revokedAt !== null || found.expiresAt <= now)
      throw ended({ kind: 'INTERNAL_APP', tenant, appId: found.app });
    if (found.lastUsedOn !== today)
      await writer.execute(sql`UPDATE api_key SET last_used_on = ${today}::date
        WHERE tenant_id = ${tenant} AND id = ${id} AND last_used_on IS DISTINCT FROM ${today}::date`);
    return found;
  });
  const { app, purposes } = row;
  return {
    via: 'API_KEY',
    keyId: id,
    purposes,
    actor: { kind: 'INTERNAL_APP', tenant, appId: app },
    authenticatedAt: now,
  };
}

function actorOf(maker: KeyMaker, tenant: string): AuditActor {
  return maker.via === 'CONSOLE' ? { kind: 'OPERATOR', tenant, operatorId: maker.operatorId } : maker.actor;
}

/** A key that could make keys could make one that outlives it, or may do more (CVE-2025-57817). */
function assertMayManage(maker: KeyMaker, tenant: string): void {
  if (maker.via === 'CONSOLE') return;
  const { actor, via } = maker;
  if (via !== 'API_KEY' && actor.kind === 'ADMINISTRATOR' && actor.tenant === tenant) return;
  throw new CarryallError('FORBIDDEN', 'Keys are made and revoked by administrators of their own tenant.');
}

function assertWish(policy: Policy, { app, purposes, expiresAt }: KeyWish, now: Date): void {
  const known = policy.purposes.filter(({ enabled }) => enabled).map(({ id }) => id);
  const faults = [
    ...(APP.test(app) ? [] : [{ path: 'app', reason: 'wanted 2 to 63 lower-case letters, digits and hyphens' }]),
    ...(purposes.length > 0 ? [] : [{ path: 'purpose', reason: 'wanted one or more' }]),
    ...purposes
      .filter((id) => !known.includes(id))
      .map(() => ({ path: 'purpose', reason: `wanted purposes of ${policy.code}: ${known.join(', ')}` })),
    ...(expiresAt > now ? [] : [{ path: 'expires', reason: 'wanted a time to come' }]),
  ];
  if (faults.length > 0) throw new CarryallError('BAD_INPUT', 'Such a key cannot be made.', { faults });
}
