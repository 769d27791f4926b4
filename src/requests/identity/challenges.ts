import { newId } from '../../ids.ts';
import { CODE_MINUTES } from '../../notices/wording.ts';
import type { Reader, Writer } from '../../store/session.ts';
import { sql } from '../../store/sql.ts';
import type { RequestKey, RequestRow } from '../read.ts';
import type { RequestDesk } from '../write.ts';
import { figuresOf, isSameDigest, type Codes } from './codes.ts';

/*
 * A challenge is a code that was sent to an address that is held, for one request. Of an address that is nobody's there is the
 * same challenge, whose code goes nowhere. Tries are counted over all challenges of a request, in the database and under the
 * request's lock, so a fresh code brings no fresh tries and a hundred at once are five.
 */

/** What codes are sent and checked with. */
export interface IdentityDesk extends Pick<
  RequestDesk,
  'pool' | 'clock' | 'policies' | 'audit' | 'queue' | 'outbox' | 'box' | 'limits'
> {
  readonly codes: Codes;
  /** Whether something sends text messages. */
  readonly takesNumbers: boolean;
}

const MOST_TRIES = 5;
const MOST_CODES = 3;
/** Somebody who has proven once who they are may prove it again, to come back: then the count is of an hour. */
const COUNTED_MS = 3_600_000;

/** How a try ended. `left` tries are left. */
export type Tried =
  | { readonly kind: 'RIGHT'; readonly identifierId: string }
  | { readonly kind: 'WRONG'; readonly left: number }
  | { readonly kind: 'LOCKED' | 'OVER' };

interface ChallengeRow {
  readonly id: string;
  readonly identifierId: string | null;
  readonly codeDigest: string;
  readonly expiresAt: Date;
  readonly tries: number;
  readonly endedAt: Date | null;
}

/** Sends a code to an address, or to nobody; one that was sent before is good no longer. */
export async function sendCode(
  desk: IdentityDesk,
  writer: Writer,
  { tenantId, id: requestId, language }: Pick<RequestRow, 'tenantId' | 'id' | 'language'>,
  identifierId: string | null,
): Promise<void> {
  const now = desk.clock.now();
  const [id, code] = [newId('idc'), desk.codes.make()];
  await endAll(writer, { tenantId, requestId }, now);
  await writer.execute(sql`INSERT INTO identity_challenge (tenant_id, id, request_id, identifier_id, code_digest, created_at, expires_at)
    VALUES (${tenantId}, ${id}, ${requestId}, ${identifierId}, ${desk.codes.digest([tenantId, requestId, id], code)}, ${now}::timestamptz,
      ${new Date(now.getTime() + CODE_MINUTES * 60_000)}::timestamptz)`);
  await desk.outbox.put(writer, {
    tenantId,
    kind: 'IDENTITY_CODE',
    event: id,
    requestId,
    identifierId,
    language,
    code,
  });
}

/** Sends another code to where the first went. False when as many were sent as are, or no try is left. The request is locked. */
export async function sendAnother(desk: IdentityDesk, writer: Writer, row: RequestRow): Promise<boolean> {
  const challenges = await countedChallenges(writer, row, desk.clock.now());
  if (triesOf(challenges) >= MOST_TRIES || challenges.length >= MOST_CODES) return false;
  const [first] = await writer.query<{ identifierId: string | null }>(sql`SELECT identifier_id AS "identifierId"
    FROM identity_challenge WHERE tenant_id = ${row.tenantId} AND request_id = ${row.id} ORDER BY created_at, id LIMIT 1`);
  await sendCode(desk, writer, row, first?.identifierId ?? null);
  return true;
}

/** Tries a code. The request is locked; the count has to be kept whatever the try brings, so nothing is thrown for a wrong one. */
export async function tryCode(desk: IdentityDesk, writer: Writer, row: RequestRow, typed: string): Promise<Tried> {
  const now = desk.clock.now();
  const { tenantId, id: requestId } = row;
  const challenges = await countedChallenges(writer, row, now);
  const tries = triesOf(challenges);
  if (tries >= MOST_TRIES) return { kind: 'LOCKED' };
  const open = challenges.find(({ endedAt, expiresAt }) => endedAt === null && expiresAt > now);
  if (open === undefined) return { kind: 'OVER' };
  await writer.execute(
    sql`UPDATE identity_challenge SET tries = tries + 1 WHERE tenant_id = ${tenantId} AND id = ${open.id}`,
  );
  const isRight = isSameDigest(desk.codes.digest([tenantId, requestId, open.id], figuresOf(typed)), open.codeDigest);
  const left = MOST_TRIES - tries - 1;
  if (!isRight || open.identifierId === null) {
    if (left > 0) return { kind: 'WRONG', left };
    await endAll(writer, { tenantId, requestId }, now);
    return { kind: 'LOCKED' };
  }
  await endAll(writer, { tenantId, requestId }, now);
  return { kind: 'RIGHT', identifierId: open.identifierId };
}

function countedChallenges(reader: Reader, { tenantId, id, status }: RequestRow, now: Date): Promise<ChallengeRow[]> {
  const since = status === 'AWAITING_IDENTITY' ? new Date(0) : new Date(now.getTime() - COUNTED_MS);
  return reader.query<ChallengeRow>(sql`SELECT id, identifier_id AS "identifierId", code_digest AS "codeDigest",
      expires_at AS "expiresAt", tries, ended_at AS "endedAt"
    FROM identity_challenge WHERE tenant_id = ${tenantId} AND request_id = ${id} AND created_at > ${since}::timestamptz
    ORDER BY created_at, id`);
}

function triesOf(challenges: readonly ChallengeRow[]): number {
  return challenges.reduce((sum, { tries }) => sum + tries, 0);
}

async function endAll(writer: Writer, { tenantId, requestId }: RequestKey, now: Date): Promise<void> {
  await writer.execute(sql`UPDATE identity_challenge SET ended_at = ${now}::timestamptz
    WHERE tenant_id = ${tenantId} AND request_id = ${requestId} AND ended_at IS NULL`);
}
