import type pg from 'pg';
import { hash } from 'node:crypto';
import { toDatabaseError } from '../store/failure.ts';

/** The locks that this process holds on one database, all by one connection. */
interface Locks {
  readonly client: Promise<pg.PoolClient>;
  readonly held: Set<string>;
  /** Aborts when the connection is lost, and with it the locks. */
  readonly lost: AbortController;
  builds: number;
  /** The statement that was sent last: a connection takes one at a time. */
  asked: Promise<unknown>;
}

const open = new WeakMap<pg.Pool, Locks>();

/**
 * Runs `work` while nobody else builds the same, and tells it whether that is so: a build that finds another at work shares
 * nothing with it. `lost` aborts when that is no longer certain. The locks are PostgreSQL's and end with the process that
 * holds them, however that ends. One connection of the pool holds all of them: with one for each build, builds that wait
 * for a second connection could have taken them all. Throws DATABASE_FAILED.
 */
export async function withBuildLock<T>(
  pool: pg.Pool,
  name: string,
  work: (alone: boolean, lost: AbortSignal) => Promise<T>,
): Promise<T> {
  const key = hash('sha256', name, 'buffer').readBigInt64BE().toString();
  const locks = open.get(pool) ?? openLocks(pool);
  locks.builds += 1;
  try {
    const alone = await take(locks, key);
    try {
      return await work(alone, locks.lost.signal);
    } finally {
      if (alone) await giveBack(locks, key);
    }
  } finally {
    locks.builds -= 1;
    if (locks.builds === 0) await close(pool, locks);
  }
}

function openLocks(pool: pg.Pool): Locks {
  const lost = new AbortController();
  const locks: Locks = { client: pool.connect(), held: new Set(), lost, builds: 0, asked: Promise.resolve() };
  const onLost = (error: unknown): void => {
    lost.abort(toDatabaseError(error));
    // Whoever comes next opens another.
    if (open.get(pool) === locks) open.delete(pool);
  };
  locks.client.then((client) => void client.on('error', onLost), onLost);
  open.set(pool, locks);
  return locks;
}

function ask<Row extends object>(locks: Locks, statement: string, key: string): Promise<pg.QueryResult<Row>> {
  const result = locks.asked.then(async () => (await locks.client).query<Row>(statement, [key]));
  locks.asked = result.catch(() => {});
  return result;
}

async function take(locks: Locks, key: string): Promise<boolean> {
  const { held } = locks;
  // PostgreSQL gives a lock to its holder again.
  if (held.has(key)) return false;
  held.add(key);
  let alone = false;
  try {
    const { rows } = await ask<{ alone: boolean }>(locks, 'SELECT pg_try_advisory_lock($1::bigint) AS alone', key);
    alone = rows[0]?.alone === true;
  } catch (error) {
    throw toDatabaseError(error);
  } finally {
    if (!alone) held.delete(key);
  }
  return alone;
}

async function giveBack(locks: Locks, key: string): Promise<void> {
  // A lock that cannot be given back ends with its connection.
  await ask(locks, 'SELECT pg_advisory_unlock($1::bigint)', key).catch((error: unknown) =>
    locks.lost.abort(toDatabaseError(error)),
  );
  locks.held.delete(key);
}

async function close(pool: pg.Pool, { client, lost }: Locks): Promise<void> {
  open.delete(pool);
  const connected = await client.catch(() => null);
  if (connected === null) return;
  connected.removeAllListeners('error');
  connected.release(lost.signal.aborted);
}
