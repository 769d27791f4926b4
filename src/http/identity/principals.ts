import type pg from 'pg';
import { actorOf, type ActorKind, type Role } from '../../access/actor.ts';
import type { AuditActor } from '../../audit/entry.ts';
import { derivedId } from '../../ids.ts';
import { openPacketReader } from '../../store/packet-reader.ts';
import { withTransaction, type Reader, type Writer } from '../../store/session.ts';
import { sql } from '../../store/sql.ts';
import type { Recorded } from './recorded.ts';
import { ended, refused } from './refusal.ts';

/*
 * What a token says of a role was true when it was signed. So the role last learned of a principal is kept, with the
 * instant of the token that told it, and:
 *
 *   - a token that tells another role and is newer changes it, and everything older with another role is refused from the
 *     very next request on, sessions too;
 *   - after `endPrincipal` everything signed before is refused.
 */

/** What is known of a principal from a credential that was found genuine. */
export interface Vouched {
  readonly tenant: string;
  readonly principalId: string;
  readonly role: Role;
  readonly issuedAt: Date;
}

/** The issuer whose key lies in the data folder. */
export const LOCAL_ISSUER = 'carryall';
/** The clock of an issuer may be ahead of ours: what it signed shortly before an end may look as if signed after. */
const ISSUER_AHEAD_MS = 60_000;

/** The key of a principal: an issuer's name and its id of them, which are not kept. */
export function principalId(issuer: string, id: string): string {
  return derivedId('prn', issuer, id);
}

interface Row {
  readonly kind: string | null;
  readonly actorId: string;
  readonly organisationId: string | null;
  readonly roleAt: Date;
  readonly endedAt: Date | null;
}

/** Lets in whom an issuer vouches for, and learns their role. Throws UNAUTHENTICATED for an unknown tenant or what has ended. */
export async function admit(
  pool: pg.Pool,
  vouched: Vouched,
  aheadMs = ISSUER_AHEAD_MS,
  reader = openPacketReader(pool, vouched.tenant),
): Promise<void> {
  // Nearly always there is nothing to learn, and reading alone is one round trip.
  if (isSettled(await read(reader, vouched), vouched, aheadMs)) return;
  await withTransaction(pool, vouched.tenant, (writer) => learn(writer, vouched, aheadMs));
}

/** The same in a transaction that is open. */
export async function learn(writer: Writer, vouched: Vouched, aheadMs: number): Promise<void> {
  if (isSettled(await read(writer, vouched), vouched, aheadMs)) return;
  const { tenant, principalId: id, role, issuedAt } = vouched;
  await writer.execute(sql`INSERT INTO principal (tenant_id, id, kind, actor_id, organisation_id, role_at)
    VALUES (${tenant}, ${id}, ${role.kind}, ${role.actorId}, ${role.organisationId}, ${issuedAt})
    ON CONFLICT (tenant_id, id) DO UPDATE SET kind = EXCLUDED.kind, actor_id = EXCLUDED.actor_id,
      organisation_id = EXCLUDED.organisation_id, role_at = EXCLUDED.role_at
    WHERE principal.role_at < EXCLUDED.role_at`);
  // Nothing was learned from what is older than the role at hand, or than one that came between.
  if (!isSettled(await read(writer, vouched), vouched, aheadMs)) throw ended(actorOf(tenant, role));
}

/** Lets in who holds a local token: its role is what it says, as the operator signed it. Throws UNAUTHENTICATED. */
export async function admitLocal(reader: Reader, vouched: Vouched): Promise<void> {
  assertNotEnded(await read(reader, vouched), vouched, 0);
}

/** Ends all that an actor was let in by, at once and everywhere: sessions, and tokens signed until now. */
export async function endPrincipal(
  { pool, audit }: Recorded,
  { tenant, kind, actorId }: { readonly tenant: string; readonly kind: ActorKind; readonly actorId: string },
  by: AuditActor,
  now: Date,
): Promise<void> {
  await withTransaction(pool, tenant, async (writer) => {
    const local = principalId(LOCAL_ISSUER, `${kind} ${actorId}`);
    await writer.execute(sql`INSERT INTO principal (tenant_id, id, kind, actor_id, role_at)
      VALUES (${tenant}, ${local}, ${kind}, ${actorId}, ${now}) ON CONFLICT DO NOTHING`);
    const stopped = await writer.query<{ id: string }>(sql`UPDATE principal SET ended_at = ${now}
      WHERE tenant_id = ${tenant} AND actor_id = ${actorId} RETURNING id`);
    await writer.execute(sql`DELETE FROM sign_in_session
      WHERE tenant_id = ${tenant} AND principal_id = ANY (${stopped.map(({ id }) => id)})`);
    const detail = { step: 'ENDED_FOR_ALL', kind, principals: stopped.length };
    await audit.append(writer, { actor: by, action: 'SIGN_IN', outcome: 'ALLOWED', detail });
  });
}

/** The principal at an existing tenant; null before the first time. Throws UNAUTHENTICATED for another tenant. */
async function read(reader: Reader, { tenant, principalId: id }: Vouched): Promise<Row | null> {
  const [row] =
    await reader.query<Row>(sql`SELECT p.kind, p.actor_id AS "actorId", p.organisation_id AS "organisationId",
      p.role_at AS "roleAt", p.ended_at AS "endedAt"
    FROM tenant t LEFT JOIN principal p ON p.tenant_id = t.tenant_id AND p.id = ${id} WHERE t.tenant_id = ${tenant}`);
  if (row === undefined) throw refused('NOT_MAPPED');
  return row.kind === null ? null : row;
}

function assertNotEnded(row: Row | null, { issuedAt, tenant, role }: Vouched, aheadMs: number): void {
  const endedAt = row?.endedAt?.getTime() ?? -Infinity;
  if (issuedAt.getTime() - aheadMs <= endedAt) throw ended(actorOf(tenant, role));
}

/** True when the role is the one at hand. Throws when everything was ended since. */
function isSettled(row: Row | null, vouched: Vouched, aheadMs: number): boolean {
  assertNotEnded(row, vouched, aheadMs);
  const { kind, actorId, organisationId } = vouched.role;
  return row?.kind === kind && row.actorId === actorId && row.organisationId === organisationId;
}
