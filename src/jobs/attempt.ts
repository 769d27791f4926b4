import type { RequestKey } from '../requests/read.ts';
import type { Reader, Writer } from '../store/session.ts';
import { sql } from '../store/sql.ts';

/** One attempt at a bundle. */
export interface AttemptKey extends RequestKey {
  readonly attempt: number;
}

/**
 * PREPARING   planning and counting
 * COLLECTING  rows come from the database
 * FINISHING   stored files, the manifest, and the way into the storage
 */
export type Stage = 'PREPARING' | 'COLLECTING' | 'FINISHING';

/** How an attempt ended: with its bundle, let go of by its worker, gone with its worker, or by a failure's code. */
export type Outcome = 'PUBLISHED' | 'RELEASED' | 'LOST' | (string & {});

/** How far an attempt is. */
export interface AttemptProgress {
  readonly stage: Stage;
  readonly rows: number;
  readonly expectedRows: number | null;
  readonly bytes: number;
}

/** Notes that an attempt begins, and where it will write. */
export async function beginAttempt(
  writer: Writer,
  { tenantId, requestId, attempt }: AttemptKey,
  worker: string,
  storageKey: string,
): Promise<void> {
  await writer.execute(sql`INSERT INTO build_attempt (tenant_id, request_id, attempt, worker, stage, storage_key, started_at, seen_at)
    VALUES (${tenantId}, ${requestId}, ${attempt}::int, ${worker}, 'PREPARING', ${storageKey}, now(), now())`);
}

/**
 * Notes that an attempt is alive, and how far. False when it is not wanted any more: another has begun, or the request was
 * taken back or is gone.
 */
export async function noteProgress(
  writer: Writer,
  { tenantId, requestId, attempt }: AttemptKey,
  { stage, rows, expectedRows, bytes }: AttemptProgress,
): Promise<boolean> {
  const touched = await writer.execute(sql`UPDATE build_attempt a
    SET stage = ${stage}, rows = GREATEST(a.rows, ${rows}::bigint), expected_rows = ${expectedRows}::bigint,
      bytes = GREATEST(a.bytes, ${bytes}::bigint), seen_at = now()
    FROM data_subject_request r
    WHERE r.tenant_id = ${tenantId} AND r.id = ${requestId} AND r.status = 'BUILDING' AND r.attempt = ${attempt}::int
      AND a.tenant_id = r.tenant_id AND a.request_id = r.id AND a.attempt = r.attempt AND a.ended_at IS NULL`);
  return touched > 0;
}

/** Notes how an attempt ended, and how far it was at last; one that has ended stays so. */
export async function endAttempt(
  writer: Writer,
  { tenantId, requestId, attempt }: AttemptKey,
  outcome: Outcome,
  last: Partial<AttemptProgress> = {},
): Promise<void> {
  const { stage, rows = 0, expectedRows = null, bytes = 0 } = last;
  await writer.execute(sql`UPDATE build_attempt SET ended_at = now(), outcome = ${outcome}, stage = coalesce(${stage ?? null}, stage), rows = GREATEST(rows, ${rows}::bigint),
      expected_rows = coalesce(${expectedRows}::bigint, expected_rows), bytes = GREATEST(bytes, ${bytes}::bigint)
    WHERE tenant_id = ${tenantId} AND request_id = ${requestId} AND attempt = ${attempt}::int AND ended_at IS NULL`);
}

/** Whether an attempt has been heard of within so many seconds, by the database's clock. */
export async function isAlive(
  reader: Reader,
  { tenantId, requestId, attempt }: AttemptKey,
  seconds: number,
): Promise<boolean> {
  const rows = await reader.query(sql`SELECT 1 FROM build_attempt
    WHERE tenant_id = ${tenantId} AND request_id = ${requestId} AND attempt = ${attempt}::int AND ended_at IS NULL
      AND seen_at > now() - ${seconds}::float8 * interval '1 second'`);
  return rows.length > 0;
}

/** How an attempt ended; null while it has not, or where there is none. */
export async function outcomeOf(reader: Reader, { tenantId, requestId, attempt }: AttemptKey): Promise<Outcome | null> {
  const [row] = await reader.query<{ outcome: Outcome | null }>(sql`SELECT outcome FROM build_attempt
    WHERE tenant_id = ${tenantId} AND request_id = ${requestId} AND attempt = ${attempt}::int`);
  return row?.outcome ?? null;
}

/** Where attempts have written that did not publish; of one without an end, once it was silent for a day. */
export async function strayKeys(reader: Reader, tenantId: string): Promise<readonly string[]> {
  const rows = await reader.query<{ key: string }>(sql`SELECT storage_key AS key FROM build_attempt
    WHERE tenant_id = ${tenantId} AND storage_key IS NOT NULL
      AND (outcome <> 'PUBLISHED' OR (outcome IS NULL AND seen_at < now() - interval '1 day'))
    ORDER BY seen_at LIMIT 1000`);
  return rows.map(({ key }) => key);
}

/** Forgets where attempts have written that were not heard of for a day, once nothing of it is there. */
export async function forgetStrays(writer: Writer, tenantId: string, keys: readonly string[]): Promise<void> {
  await writer.execute(sql`UPDATE build_attempt SET storage_key = NULL
    WHERE tenant_id = ${tenantId} AND storage_key = ANY(${keys}::text[]) AND seen_at < now() - interval '1 day'`);
}
