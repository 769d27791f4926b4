import { hash } from 'node:crypto';
import { actorIdOf, type Actor } from '../access/actor.ts';
import { CarryallError } from '../errors.ts';
import type { Writer } from '../store/session.ts';
import { sql } from '../store/sql.ts';

/** A key under which somebody asks, so that asking again does nothing again; it means nothing to others. */
export interface Asked {
  readonly tenantId: string;
  readonly actor: Actor;
  readonly key: string;
  /** All of what is asked that may stand in the database as a digest: no secret. */
  readonly question: Readonly<Record<string, string | null>>;
}

const KEY = /^[\x21-\x7e]{1,200}$/;

/**
 * Keeps a new request's id as the answer to a key, or gives the id that was given before; whoever asks meanwhile waits. Throws
 * BAD_INPUT for a key that is none, and IDEMPOTENCY_MISMATCH when the key was used for another question (U-13 to U-16).
 */
export async function answerOnce(writer: Writer, asked: Asked, requestId: string, now: Date): Promise<string> {
  const { tenantId, actor, key } = asked;
  if (!KEY.test(key))
    throw new CarryallError(
      'BAD_INPUT',
      'An idempotency key has 1 to 200 printable characters of ASCII, such as a UUID.',
    );
  const id = hash('sha256', JSON.stringify([actor.kind, actorIdOf(actor), key]));
  const question = hash('sha256', JSON.stringify(asked.question, Object.keys(asked.question).toSorted()));
  const isFirst =
    await writer.execute(sql`INSERT INTO idempotent_answer (tenant_id, id, question, request_id, created_at)
    VALUES (${tenantId}, ${id}, ${question}, ${requestId}, ${now}::timestamptz) ON CONFLICT DO NOTHING`);
  if (isFirst === 1) return requestId;
  const [known] = await writer.query<{ question: string; requestId: string }>(
    sql`SELECT question, request_id AS "requestId" FROM idempotent_answer WHERE tenant_id = ${tenantId} AND id = ${id}`,
  );
  if (known?.question === question) return known.requestId;
  throw mismatch();
}

/** Points a key at the request that answers it. */
export async function answerWith(writer: Writer, tenantId: string, from: string, to: string): Promise<void> {
  await writer.execute(
    sql`UPDATE idempotent_answer SET request_id = ${to} WHERE tenant_id = ${tenantId} AND request_id = ${from}`,
  );
}

export function mismatch(): CarryallError {
  return new CarryallError(
    'IDEMPOTENCY_MISMATCH',
    'This idempotency key was used for another question. Send another key.',
  );
}
