import pg from 'pg';
import { PgBoss, type Db } from 'pg-boss';
import { CarryallError } from '../errors.ts';
import { toDatabaseError } from '../store/failure.ts';
import type { Writer } from '../store/session.ts';
import { Sql, type SqlValue } from '../store/sql.ts';

/** The queues, as the migration makes them. Their jobs hold the ids of a tenant and a request, and nothing else. */
export const BUILDS = 'bundle-build';
/** Where a build ends up that has failed too often. */
export const DEAD_BUILDS = 'bundle-build-dead';

/** pg-boss at work, with a few connections of its own: a build that waits for one must not silence the heartbeats. */
export interface Boss extends AsyncDisposable {
  readonly boss: PgBoss;
  readonly pool: pg.Pool;
}

export interface BossOptions {
  /** Looks for jobs whose worker has fallen silent, so often. Without it, it only sends. */
  readonly superviseSeconds?: number;
  /** Told of what no caller waits for. */
  readonly onFault: (error: unknown) => void;
}

/** How often it is looked for jobs whose worker has fallen silent. */
export const SUPERVISE_SECONDS = 10;

const CONNECTIONS = 3;
/** No statement of the queue's takes long; one that does is on a line that went dead. */
const LONGEST_MS = 30_000;

/**
 * Opens the queue on the same database as `pool`, with its role. Throws DATABASE_FAILED, and MIGRATION_BROKEN for queues that
 * are not there or that would not notice a dead worker (U-05).
 */
export async function openBoss(pool: pg.Pool, { superviseSeconds, onFault }: BossOptions): Promise<Boss> {
  const own = new pg.Pool({ ...pool.options, max: CONNECTIONS, query_timeout: LONGEST_MS });
  own.on('connect', (client) => client.on('error', () => {}));
  own.on('error', () => {});
  const boss = new PgBoss({
    db: executing(async (text, values) => own.query(text, values)),
    schema: 'pgboss',
    migrate: false,
    schedule: false,
    ...(superviseSeconds === undefined
      ? { supervise: false }
      : { superviseIntervalSeconds: superviseSeconds, monitorIntervalSeconds: superviseSeconds }),
  });
  boss.on('error', (error) => onFault(toDatabaseError(error)));
  const close = async (): Promise<void> => {
    await boss.stop({ graceful: false }).catch(onFault);
    await own.end();
  };
  try {
    await boss.start().catch((cause: unknown) => {
      if (cause instanceof Error && /pg-boss/.test(cause.message)) throw notInstalled(cause);
      throw toDatabaseError(cause);
    });
    await assertQueues(boss);
  } catch (error) {
    await close();
    throw error;
  }
  return { boss, pool: own, [Symbol.asyncDispose]: close };
}

/** What pg-boss runs in a transaction of ours. Its text is its own; values are bound. */
export function inTransaction(writer: Writer): Db {
  return executing(async (text, values) => ({ rows: await writer.query(foreignSql(text, values)) }));
}

/** What pg-boss runs on one client. */
export function onClient(client: pg.ClientBase): Db {
  return executing((text, values) => client.query(text, values));
}

function executing(run: (text: string, values: unknown[]) => Promise<{ rows: object[] }>): Db {
  return { executeSql: (text, values = []) => run(text, values) };
}

/** A statement that is not ours, with its `$1`, `$2`, … in their order, each once. */
function foreignSql(text: string, values: readonly unknown[]): Sql {
  const pieces = text.split(/\$\d+/);
  if (pieces.length !== values.length + 1)
    throw new TypeError('pg-boss sent a statement with other values than expected');
  return new Sql(pieces, values as readonly SqlValue[]);
}

/** Throws MIGRATION_BROKEN for a queue that is missing, or without a heartbeat: who has a job and dies would keep it for hours. */
async function assertQueues(boss: PgBoss): Promise<void> {
  const queues = await boss.getQueues([BUILDS, DEAD_BUILDS]).catch((error: unknown) => {
    throw toDatabaseError(error);
  });
  for (const name of [BUILDS, DEAD_BUILDS]) {
    const queue = queues.find((each) => each.name === name);
    if (queue === undefined) throw notInstalled();
    if (queue.heartbeatSeconds == null)
      throw new CarryallError(
        'MIGRATION_BROKEN',
        `The queue ${name} has no heartbeat, so that builds of a worker that died would hang. ` +
          `Let the owner run: UPDATE pgboss.queue SET heartbeat_seconds = 30 WHERE name = '${name}';`,
      );
  }
}

function notInstalled(cause?: unknown): CarryallError {
  return new CarryallError(
    'MIGRATION_BROKEN',
    'The database lacks the queue of this version. Run `carryall migrate`.',
    {
      cause,
    },
  );
}
