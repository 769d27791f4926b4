import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import type { CarryallError } from '../errors.ts';
import { noRequest, type RequestKey } from '../requests/read.ts';
import { isOpen, type RequestStatus } from '../requests/states.ts';
import { toDatabaseError } from '../store/failure.ts';
import { withTransaction, type Reader } from '../store/session.ts';
import { sql } from '../store/sql.ts';

/** How far a request is. Numbers are those of the present attempt: with another attempt they begin again (U-38). */
export interface RequestProgress {
  readonly status: RequestStatus;
  readonly attempt: number;
  /** Null before the first attempt. */
  readonly stage: string | null;
  readonly rows: number;
  /** Null until they are counted. */
  readonly expectedRows: number | null;
  readonly bytes: number;
}

/** How far some requests of a tenant are; those that are not there are missing. */
export async function readProgress(
  reader: Reader,
  tenantId: string,
  requestIds: readonly string[],
): Promise<ReadonlyMap<string, RequestProgress>> {
  const found = await reader.query<RequestProgress & { readonly id: string }>(sql`
    SELECT r.id, r.status, r.attempt, a.stage, COALESCE(a.rows, 0)::float8 AS rows, a.expected_rows::float8 AS "expectedRows",
      COALESCE(a.bytes, 0)::float8 AS bytes
    FROM data_subject_request r
    LEFT JOIN build_attempt a ON a.tenant_id = r.tenant_id AND a.request_id = r.id AND a.attempt = r.attempt
    WHERE r.tenant_id = ${tenantId} AND r.id = ANY(${requestIds}::text[])`);
  return new Map(found.map(({ id, ...progress }) => [id, progress]));
}

/** Whether a request still moves without anybody doing something about it. */
function isMoving({ status }: Pick<RequestProgress, 'status'>): boolean {
  return isOpen(status) && status !== 'FAILED' && status !== 'RECALLED';
}

interface Watcher extends RequestKey {
  /** Hears of the progress, and of null when the request is gone. */
  readonly hear: (progress: RequestProgress | null, error?: CarryallError) => void;
}

interface Watch {
  readonly watchers: Set<Watcher>;
  isPolling: boolean;
}

export interface WatchOptions {
  /** Ends it. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Whoever watches; of one who watches too much at once, the watch begun first ends.
   * @default nobody, who is not counted
   */
  readonly watcher?: string | undefined;
}

const EVERY_MS = 1000;
/** A client that wants to see more asks again. */
const LONGEST_MS = 600_000;
const MOST_OF_ONE = 5;

const watches = new WeakMap<pg.Pool, Watch>();
const ofOne = new Map<string, AbortController[]>();
// Whoever looks first must not have its own limits put on what is read for all.
const outsideOfRequests = AsyncLocalStorage.snapshot();

/**
 * Tells how a request goes on: within a second, and then whenever something has changed, until it stands still, for at most ten
 * minutes. However many watch, a process asks the database once a second for each tenant. Throws NOT_FOUND and
 * DATABASE_FAILED.
 */
export function watchProgress(
  pool: pg.Pool,
  key: RequestKey,
  { signal, watcher }: WatchOptions = {},
): AsyncGenerator<RequestProgress> {
  const ending = new AbortController();
  const telling = tell(pool, key, ending, { signal, watcher });
  const end = telling.return.bind(telling);
  // A generator hears of its end only once it tells something, and that may never be.
  telling.return = (value) => {
    ending.abort();
    return end(value);
  };
  return telling;
}

async function* tell(
  pool: pg.Pool,
  key: RequestKey,
  ending: AbortController,
  { signal, watcher }: WatchOptions,
): AsyncGenerator<RequestProgress> {
  const isOver = AbortSignal.any([
    ending.signal,
    AbortSignal.timeout(LONGEST_MS),
    ...(signal === undefined ? [] : [signal]),
  ]);
  let latest: RequestProgress | null | undefined;
  let failure: CarryallError | undefined;
  let wake = Promise.withResolvers<void>();
  const entry: Watcher = {
    ...key,
    hear(progress, error) {
      latest = progress;
      failure = error;
      wake.resolve();
    },
  };
  const watch = watchOf(pool);
  const onOver = (): void => wake.resolve();
  isOver.addEventListener('abort', onOver, { once: true });
  const leave = watcher === undefined ? () => {} : takePlace(watcher, ending);
  watch.watchers.add(entry);
  outsideOfRequests(() => void poll(pool, watch));
  let told = '';
  try {
    for (;;) {
      await wake.promise;
      if (isOver.aborted) return;
      wake = Promise.withResolvers();
      if (failure !== undefined) throw failure;
      if (latest === null) throw noRequest();
      if (latest === undefined || JSON.stringify(latest) === told) continue;
      told = JSON.stringify(latest);
      yield latest;
      if (!isMoving(latest)) return;
    }
  } finally {
    watch.watchers.delete(entry);
    isOver.removeEventListener('abort', onOver);
    leave();
  }
}

function watchOf(pool: pg.Pool): Watch {
  const known = watches.get(pool) ?? { watchers: new Set(), isPolling: false };
  watches.set(pool, known);
  return known;
}

/** Counts one watch of a caller, and ends the first of too many. Returns what is to be done at its end. */
function takePlace(watcher: string, ending: AbortController): () => void {
  const places = ofOne.get(watcher) ?? [];
  ofOne.set(watcher, places);
  places.push(ending);
  if (places.length > MOST_OF_ONE) places.shift()?.abort();
  return () => {
    const at = places.indexOf(ending);
    if (at !== -1) places.splice(at, 1);
    if (places.length === 0 && ofOne.get(watcher) === places) ofOne.delete(watcher);
  };
}

/** Asks for all watchers of a process, as long as there are any. */
async function poll(pool: pg.Pool, watch: Watch): Promise<void> {
  if (watch.isPolling) return;
  watch.isPolling = true;
  try {
    while (watch.watchers.size > 0) {
      const byTenant = Map.groupBy(watch.watchers, ({ tenantId }) => tenantId);
      await Promise.all(
        [...byTenant].map(async ([tenantId, watchers]) => {
          const ids = [...new Set(watchers.map(({ requestId }) => requestId))];
          try {
            const found = await withTransaction(pool, tenantId, (reader) => readProgress(reader, tenantId, ids));
            for (const each of watchers) each.hear(found.get(each.requestId) ?? null);
          } catch (error) {
            for (const each of watchers) each.hear(null, toDatabaseError(error));
          }
        }),
      );
      await pause(EVERY_MS);
    }
  } finally {
    watch.isPolling = false;
  }
}
