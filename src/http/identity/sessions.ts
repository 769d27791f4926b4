import type pg from 'pg';
import { newId } from '../../ids.ts';
import { withTransaction } from '../../store/session.ts';
import { sql } from '../../store/sql.ts';
import { learn, type Vouched } from './principals.ts';
import type { Recorded } from './recorded.ts';
import { refused } from './refusal.ts';
import { actorOf, type Role } from '../../access/actor.ts';
import { kindOf } from './roles.ts';

/*
 * Browser signs in ──► a row ──► each request reads it ──► signed out, idle, too old, another role learned, ended: no row,
 * no session. A row lives in the database, so all processes see its end with their next request.
 */

export interface SessionLife {
  /** The longest, however busy. */
  readonly longestSeconds: number;
  /** The longest without a request. */
  readonly idleSeconds: number;
}

/** A session that is open. */
export interface OpenSession {
  readonly id: string;
  readonly tenant: string;
  readonly role: Role;
  readonly authenticatedAt: Date;
  readonly expiresAt: Date;
}

/** How stale the note of the last request may be: a busy session is not one write a request. */
const SEEN_SECONDS = 60;

/** Opens a session for whom the provider just vouched for. Throws UNAUTHENTICATED. */
export async function openSession(
  { pool, audit }: Recorded,
  vouched: Vouched,
  authenticatedAt: Date,
  life: SessionLife,
  now: Date,
): Promise<OpenSession> {
  const { tenant, principalId, role } = vouched;
  const id = newId('ses');
  const expiresAt = new Date(now.getTime() + life.longestSeconds * 1000);
  await withTransaction(pool, tenant, async (writer) => {
    await learn(writer, vouched, 0);
    await writer.execute(sql`DELETE FROM sign_in_session WHERE tenant_id = ${tenant} AND expires_at <= ${now}`);
    // Only with what was just learned: all may have been ended in the meantime.
    const opened = await writer.execute(sql`INSERT INTO sign_in_session
        (tenant_id, id, principal_id, role_at, authenticated_at, created_at, seen_at, expires_at)
      SELECT tenant_id, ${id}, id, role_at, ${authenticatedAt}, ${now}, ${now}, ${expiresAt} FROM principal
      WHERE tenant_id = ${tenant} AND id = ${principalId} AND kind = ${role.kind} AND actor_id = ${role.actorId}
        AND organisation_id IS NOT DISTINCT FROM ${role.organisationId}
        AND (ended_at IS NULL OR ended_at < ${vouched.issuedAt})
      FOR UPDATE`);
    if (opened === 0) throw refused('ENDED');
    const actor = actorOf(tenant, role);
    await audit.append(writer, { actor, action: 'SIGN_IN', outcome: 'ALLOWED', detail: { step: 'IN', session: id } });
  });
  return { id, tenant, role, authenticatedAt, expiresAt };
}

interface Row {
  readonly kind: string;
  readonly actorId: string;
  readonly organisationId: string | null;
  readonly authenticatedAt: Date;
  readonly seenAt: Date;
  readonly expiresAt: Date;
}

/** The session, if it is open and the role it was opened with is still the person's. Throws UNAUTHENTICATED. */
export async function readSession(
  pool: pg.Pool,
  tenant: string,
  id: string,
  life: SessionLife,
  now: Date,
): Promise<OpenSession> {
  const row = await withTransaction(pool, tenant, async (writer) => {
    const [found] =
      await writer.query<Row>(sql`SELECT p.kind, p.actor_id AS "actorId", p.organisation_id AS "organisationId",
        s.authenticated_at AS "authenticatedAt", s.seen_at AS "seenAt", s.expires_at AS "expiresAt"
      FROM sign_in_session s
      JOIN principal p ON p.tenant_id = s.tenant_id AND p.id = s.principal_id AND p.role_at = s.role_at
      WHERE s.tenant_id = ${tenant} AND s.id = ${id}`);
    if (found !== undefined && isOpen(found, life, now) && secondsUnseen(found, now) > SEEN_SECONDS)
      await writer.execute(sql`UPDATE sign_in_session SET seen_at = ${now} WHERE tenant_id = ${tenant} AND id = ${id}`);
    return found;
  });
  const kind = row === undefined ? null : kindOf(row.kind);
  if (row === undefined || kind === null || !isOpen(row, life, now)) throw refused('ENDED');
  const { actorId, organisationId, authenticatedAt, expiresAt } = row;
  return { id, tenant, role: { kind, actorId, organisationId }, authenticatedAt, expiresAt };
}

function isOpen(row: Row, life: SessionLife, now: Date): boolean {
  return row.expiresAt > now && secondsUnseen(row, now) <= life.idleSeconds;
}

function secondsUnseen({ seenAt }: Row, now: Date): number {
  return (now.getTime() - seenAt.getTime()) / 1000;
}

/** Ends a session; one that is over already is no error. */
export async function endSession({ pool, audit }: Recorded, tenant: string, id: string): Promise<void> {
  await withTransaction(pool, tenant, async (writer) => {
    const [ended] = await writer.query<
      Pick<Row, 'kind' | 'actorId' | 'organisationId'>
    >(sql`DELETE FROM sign_in_session s
      USING principal p WHERE p.tenant_id = s.tenant_id AND p.id = s.principal_id AND s.tenant_id = ${tenant} AND s.id = ${id}
      RETURNING p.kind, p.actor_id AS "actorId", p.organisation_id AS "organisationId"`);
    const kind = ended === undefined ? null : kindOf(ended.kind);
    if (ended === undefined || kind === null) return;
    const actor = actorOf(tenant, { ...ended, kind });
    await audit.append(writer, { actor, action: 'SIGN_IN', outcome: 'ALLOWED', detail: { step: 'OUT', session: id } });
  });
}
