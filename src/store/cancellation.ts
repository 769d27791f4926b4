import { AsyncLocalStorage } from 'node:async_hooks';
import type pg from 'pg';
import { CarryallError } from '../errors.ts';
import { terminate } from './terminate.ts';

/*
 * Neither pg nor Prisma takes an AbortSignal. So the pool itself notes for whom it hands out a connection: whatever asks
 * for one inside `run`, Prisma included, belongs to that piece of work, and ends with it.
 */

/** The database work of one caller, which ends when the caller's signal does. */
export interface Cancellation {
  /**
   * Runs `work`. When `signal` aborts, the server stops what it does for it, the connections are closed, and no further
   * one is given: CANCELLED.
   */
  run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T>;
}

interface Scope {
  readonly signal: AbortSignal;
  readonly held: Set<pg.PoolClient>;
}

type Callback = (error: unknown, client: pg.PoolClient | undefined, release: (error?: Error | boolean) => void) => void;

const installed = new WeakMap<pg.Pool, Cancellation>();

/**
 * Makes the work on a pool cancellable; asked again for the same pool, it gives the same. The server itself ends a
 * statement of such work after `statementMs`, for the case that this process can no longer say so.
 */
export function cancellationOf(pool: pg.Pool, statementMs: number): Cancellation {
  const known = installed.get(pool);
  if (known !== undefined) return known;
  const scopes = new AsyncLocalStorage<Scope>();
  const limited = new WeakSet<pg.PoolClient>();
  const connect = pool.connect.bind(pool) as () => Promise<pg.PoolClient>;
  const checkOut = async (scope: Scope | undefined): Promise<pg.PoolClient> => {
    if (scope?.signal.aborted === true) throw cancelled();
    const client = await connect();
    try {
      await limit(client, scope === undefined ? null : statementMs, limited);
    } catch (error) {
      client.release(true);
      throw error;
    }
    if (scope === undefined) return client;
    if (scope.signal.aborted) {
      client.release();
      throw cancelled();
    }
    return hold(scope, client);
  };
  pool.connect = ((callback?: Callback) => {
    const client = checkOut(scopes.getStore());
    if (callback === undefined) return client;
    void client.then(
      (each) => callback(undefined, each, (error) => each.release(error)),
      (error: unknown) => callback(error, undefined, () => {}),
    );
    return undefined;
  }) as typeof pool.connect;
  const cancellation: Cancellation = {
    async run(signal, work) {
      const scope: Scope = { signal, held: new Set() };
      const stop = (): void => {
        // Where the server cannot be reached for it, its own limit on statements ends them.
        for (const client of scope.held) void terminate(client).catch(() => {});
      };
      signal.addEventListener('abort', stop, { once: true });
      try {
        return await scopes.run(scope, work);
      } finally {
        signal.removeEventListener('abort', stop);
      }
    },
  };
  installed.set(pool, cancellation);
  return cancellation;
}

function cancelled(): CarryallError {
  return new CarryallError('CANCELLED', 'Nobody waits for the answer any more.');
}

/** A connection goes from hand to hand, so the limit is set and lifted as it changes between limited and other work. */
async function limit(client: pg.PoolClient, ms: number | null, limited: WeakSet<pg.PoolClient>): Promise<void> {
  if (limited.has(client) === (ms !== null)) return;
  if (ms === null) {
    limited.delete(client);
    await client.query('RESET statement_timeout');
  } else {
    limited.add(client);
    await client.query(`SET statement_timeout = ${Math.round(ms)}`);
  }
}

function hold({ held, signal }: Scope, client: pg.PoolClient): pg.PoolClient {
  const release = client.release.bind(client);
  held.add(client);
  client.release = (error) => {
    held.delete(client);
    // Terminated, or about to be.
    release(signal.aborted ? true : error);
  };
  return client;
}
