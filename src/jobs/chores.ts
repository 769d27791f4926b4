import { hash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { toDatabaseError } from '../store/failure.ts';
import { withOperator } from '../store/session.ts';
import { sql } from '../store/sql.ts';

/** Something that is done again and again. Doing it twice does no harm. */
export type Chore = {
  readonly name: string;
  readonly everySeconds: number;
} & (
  | {
      readonly kind: 'EACH_TENANT';
      /**
       * For how many tenants at once: one that takes long keeps a place, and the others go on in the rest.
       * @default 1
       */
      readonly atOnce?: number;
      readonly run: (tenantId: string, signal: AbortSignal) => Promise<unknown>;
    }
  | { readonly kind: 'ONCE'; readonly run: () => Promise<unknown> }
);

/**
 * Does chores until it is disposed, each by one process at a time: whoever finds another at it skips its turn. One that fails
 * is told of and comes again, and keeps no other tenant waiting.
 */
export function startChores(
  pool: pg.Pool,
  chores: readonly Chore[],
  onFault: (error: unknown) => void,
): AsyncDisposable {
  const ending = new AbortController();
  const { signal } = ending;
  const loops = chores.map(async (chore) => {
    for (;;) {
      await doChore(pool, chore, onFault, signal).catch(onFault);
      await pause(chore.everySeconds * 1000, undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
    }
  });
  return {
    async [Symbol.asyncDispose]() {
      ending.abort();
      await Promise.all(loops);
    },
  };
}

/** Does a chore, unless another process is at it. Throws DATABASE_FAILED, and what a chore that is not a tenant's throws. */
export async function doChore(
  pool: pg.Pool,
  chore: Chore,
  onFault: (error: unknown) => void,
  signal = new AbortController().signal,
): Promise<void> {
  await withLock(pool, `carryall.chore/${chore.name}`, async () => {
    switch (chore.kind) {
      case 'ONCE':
        return chore.run();
      case 'EACH_TENANT':
        return forEachTenant(await tenantIds(pool), chore, onFault, signal);
      default:
        return chore satisfies never;
    }
  });
}

async function forEachTenant(
  tenants: readonly string[],
  { run, atOnce = 1 }: Extract<Chore, { readonly kind: 'EACH_TENANT' }>,
  onFault: (error: unknown) => void,
  signal: AbortSignal,
): Promise<void> {
  // Each place takes the next tenant of all.
  const next = tenants.values();
  const places = Array.from({ length: atOnce }, async () => {
    for (const tenantId of next) {
      if (signal.aborted) return;
      await run(tenantId, signal).catch(onFault);
    }
  });
  await Promise.all(places);
}

/** The lock is PostgreSQL's, and ends with the connection that holds it: one of its own, as chores may take long. */
async function withLock(pool: pg.Pool, name: string, work: () => Promise<unknown>): Promise<void> {
  const client = new pg.Client(pool.options);
  client.on('error', () => {});
  try {
    const key = hash('sha256', name, 'buffer').readBigInt64BE().toString();
    let isOurs: boolean;
    try {
      await client.connect();
      const { rows } = await client.query<{ ours: boolean }>('SELECT pg_try_advisory_lock($1::bigint) AS ours', [key]);
      isOurs = rows[0]?.ours === true;
    } catch (error) {
      throw toDatabaseError(error);
    }
    if (isOurs) await work();
  } finally {
    await client.end().catch(() => {});
  }
}

async function tenantIds(pool: pg.Pool): Promise<readonly string[]> {
  const rows = await withOperator(pool, (reader) =>
    reader.query<{ id: string }>(sql`SELECT tenant_id AS id FROM tenant ORDER BY tenant_id`),
  );
  return rows.map(({ id }) => id);
}
