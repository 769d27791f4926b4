import { actorIdOf, type Actor, type Grant } from '../access/actor.ts';
import { isPurposeKnown, REQUEST_PURPOSE } from '../access/declaration.ts';
import { mayAskForGrants, mayDecideGrants } from '../access/mandating.ts';
import { isReason, reasonOf, ticketOf } from '../access/reason.ts';
import { CarryallError, type Fault } from '../errors.ts';
import { newId } from '../ids.ts';
import { purposesFor } from '../policy/purposes.ts';
import type { Policy } from '../policy/schema.ts';
import type { Reader, Writer } from '../store/session.ts';
import { sql, type Sql } from '../store/sql.ts';
import { itemIdsOf } from './items.ts';

/*
 * Leave to see what is closed: audio, and under break-glass what a processor's staff must look into. One person asks,
 * another of the same operator decides, and it ends by the database's clock; nobody has to end it.
 */

export const LONGEST_GRANT_MINUTES = 60;
/** A wish on which nobody has decided for so long is no longer what was asked. */
const DECIDED_WITHIN = sql`interval '24 hours'`;

export interface GrantWish {
  readonly subjectId: string;
  /** Names or ids of items. */
  readonly items: readonly string[];
  readonly purpose: string;
  readonly reason: string;
  readonly minutes: number;
}

export const GRANT_STATUSES = ['ASKED', 'LAPSED', 'ACTIVE', 'ENDED', 'REFUSED'] as const;
export type GrantStatus = (typeof GRANT_STATUSES)[number];

/** A grant, or the wish for one. */
export interface GrantRow {
  readonly id: string;
  readonly subjectId: string;
  readonly holderId: string;
  readonly items: readonly string[];
  readonly purpose: string;
  readonly reason: string | null;
  readonly ticket: string | null;
  readonly minutes: number;
  readonly status: GrantStatus;
  readonly requestedAt: Date;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
  readonly expiresAt: Date | null;
}

/** The columns of a GrantRow over alias `g`, for SELECT and RETURNING. */
export const grantColumns: Sql = sql`g.id, g.subject_id AS "subjectId", g.holder_id AS "holderId", g.items, g.purpose,
  g.reason, g.ticket, g.minutes, g.requested_at AS "requestedAt", g.decided_by AS "decidedBy",
  g.decided_at AS "decidedAt", g.expires_at AS "expiresAt",
  CASE WHEN g.decision = 'REFUSED' THEN 'REFUSED' WHEN g.expires_at > now() THEN 'ACTIVE' WHEN g.expires_at IS NOT NULL THEN 'ENDED'
    WHEN g.requested_at > now() - ${DECIDED_WITHIN} THEN 'ASKED' ELSE 'LAPSED' END AS status`;

/** Asks for a grant. Throws FORBIDDEN, NOT_FOUND for a person who is not the tenant's, and BAD_INPUT with all faults. */
export async function requestGrant(writer: Writer, policy: Policy, actor: Actor, wish: GrantWish): Promise<GrantRow> {
  if (!mayAskForGrants(actor))
    throw new CarryallError(
      'FORBIDDEN',
      'Grants are for support agents and for staff of the operator or its processors.',
    );
  const { items, faults } = checkWish(policy, actor, wish);
  if (faults.length > 0)
    throw new CarryallError(
      'BAD_INPUT',
      `Such a grant cannot be asked for. ${faults.map(({ path, reason }) => `${path}: ${reason}`).join('; ')}.`,
      { faults },
    );
  const { subjectId, purpose, minutes } = wish;
  const reason = reasonOf(wish.reason);
  const [row] = await writer.query<GrantRow>(sql`
    INSERT INTO access_grant AS g (tenant_id, id, subject_id, holder_kind, holder_id, items, purpose, reason, ticket, minutes, requested_at)
    SELECT tenant_id, ${newId('grant')}, id, ${actor.kind}, ${actorIdOf(actor)}, ${items}::text[], ${purpose}, ${reason},
      ${ticketOf(null, reason)}, ${minutes}::int, now()
    FROM subject WHERE tenant_id = ${actor.tenant} AND id = ${subjectId} RETURNING ${grantColumns}`);
  if (row === undefined) throw new CarryallError('NOT_FOUND', 'No such subject.');
  return row;
}

function checkWish(
  policy: Policy,
  actor: Actor,
  { items, purpose, reason, minutes }: GrantWish,
): { readonly items: readonly string[]; readonly faults: readonly Fault[] } {
  const found = itemIdsOf(policy, items);
  const faults = [...found.faults];
  if (!isPurposeKnown(policy, actor.kind, purpose))
    faults.push({ path: 'purpose', reason: `wanted a purpose of ${policy.code}` });
  else if (purpose !== REQUEST_PURPOSE) {
    const meant = policy.items.filter(({ id }) => found.ids.includes(id));
    for (const item of meant)
      if (purposesFor(policy, item, purpose).length === 0)
        faults.push({ path: 'purpose', reason: `${item.id} does not serve it` });
  }
  if (!isReason(reason) || Array.from(reason).length > 500)
    faults.push({ path: 'reason', reason: 'wanted 10 to 500 characters' });
  if (!Number.isInteger(minutes) || minutes < 1 || minutes > LONGEST_GRANT_MINUTES)
    faults.push({ path: 'minutes', reason: `wanted 1 to ${LONGEST_GRANT_MINUTES}` });
  return { items: found.ids, faults };
}

/**
 * Decides on a grant; one that is approved begins at once. Throws FORBIDDEN to whoever asked for it and to those who may not
 * decide, NOT_FOUND alike for another tenant's and for none, and BAD_INPUT for one that is decided or has lapsed.
 */
export async function decideGrant(
  writer: Writer,
  actor: Actor,
  id: string,
  decision: 'APPROVED' | 'REFUSED',
): Promise<GrantRow> {
  if (!mayDecideGrants(actor))
    throw new CarryallError('FORBIDDEN', "Grants are decided by the operator's privacy staff and administrators.");
  const decider = actorIdOf(actor);
  const [known] = await writer.query<GrantRow>(sql`SELECT ${grantColumns} FROM access_grant g
    WHERE g.tenant_id = ${actor.tenant} AND g.id = ${id} FOR UPDATE`);
  if (known === undefined) throw new CarryallError('NOT_FOUND', 'There is no such grant.');
  if (known.holderId === decider)
    throw new CarryallError('FORBIDDEN', 'Whoever asked for a grant does not decide on it: ask a second person.');
  if (known.status !== 'ASKED')
    throw new CarryallError('BAD_INPUT', `This grant is ${known.status.toLowerCase()}. Ask for another.`);
  const [row] = await writer.query<GrantRow>(sql`
    UPDATE access_grant g SET decision = ${decision}, decided_by = ${decider}, decided_at = now(),
      expires_at = CASE WHEN ${decision} = 'APPROVED' THEN now() + make_interval(mins => minutes) END
    WHERE g.tenant_id = ${actor.tenant} AND g.id = ${id} RETURNING ${grantColumns}`);
  if (row === undefined) throw new TypeError('A locked row is there');
  return row;
}

/**
 * The grants that an actor holds for a person at this moment. The database alone judges by its clock; what is left of each is
 * told on the clock of `now`, so that a difference between the two neither prolongs nor shortens it.
 */
export async function readGrants(
  reader: Reader,
  actor: Actor,
  subjectId: string,
  now: Date,
): Promise<readonly Grant[]> {
  const rows = await reader.query<Omit<Grant, 'expiresAt'> & { readonly left: number }>(sql`
    SELECT id, holder_id AS "actorId", purpose, items, extract(epoch FROM expires_at - clock_timestamp())::float8 AS left
    FROM access_grant WHERE tenant_id = ${actor.tenant} AND subject_id = ${subjectId}
      AND holder_kind = ${actor.kind} AND holder_id = ${actorIdOf(actor)} AND expires_at > clock_timestamp() ORDER BY id`);
  return rows.map(({ left, ...grant }) => ({ ...grant, expiresAt: new Date(now.getTime() + left * 1000) }));
}

/** SQL that is true for people (alias `s`) for whom an actor holds a grant for a purpose at this moment. */
export function hasGrantSql(actor: Actor, purpose: string | null): Sql {
  return sql`EXISTS (SELECT 1 FROM access_grant g WHERE g.tenant_id = s.tenant_id AND g.subject_id = s.id
    AND g.holder_kind = ${actor.kind} AND g.holder_id = ${actorIdOf(actor)} AND g.purpose = ${purpose}
    AND g.expires_at > clock_timestamp())`;
}
