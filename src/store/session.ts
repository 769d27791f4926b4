import type { Readable } from 'node:stream';
import pg from 'pg';
import type { CopyFormat, CopyOptions } from './copy.ts';
import { Session } from './session-client.ts';
import { toDatabaseError } from './failure.ts';
import { traced } from '../spans.ts';
import { sql, type Sql } from './sql.ts';
import { bindRole, bindTenant, OPERATOR_ROLE } from './tenancy.ts';

/** How a query is sent. */
export interface QueryOptions {
  /**
   * For a statement that comes again and again with other values: each connection plans it only once, and keeps it. There
   * must be few such statements. Those that are asked in one turn of the event loop go to the server in one packet.
   */
  readonly isPrepared?: boolean;
}

/** Reads from one consistent state of the database. One thing at a time: a COPY is read to its end before the next. */
export interface Reader {
  /**
   * All rows of a query. As pg reads them: int8 and numeric come as text (a JS number would round them), timestamptz as
   * a Date, which has milliseconds only: select `::text` where microseconds count.
   */
  query<Row extends object>(fragment: Sql, options?: QueryOptions): Promise<Row[]>;
  /** The rows of a query as a stream of bytes; see `copyRows`. */
  copyOut(fragment: Sql, format: CopyFormat, options?: CopyOptions): Readable;
  /** Whether a query can be asked: not while a COPY waits to be read. */
  isIdle(): boolean;
}

/** A Reader that can also read few rows at once. */
export interface SnapshotReader extends Reader {
  /**
   * The rows of a query that is prepared, as `copyOut` gives `cells`, but all at once; null where they come to more than about
   * `most` bytes, which are then let go. In one packet with what is asked in the same turn.
   */
  cells(fragment: Sql, most: number): Promise<Buffer | null>;
}

/** A Reader that may also change rows. */
export interface Writer extends Reader {
  /** Runs a statement and returns how many rows it touched. */
  execute(fragment: Sql): Promise<number>;
}

/** How long a snapshot may keep its connection, in ms. */
export interface SnapshotLimits {
  /**
   * The whole snapshot: while it stands, PostgreSQL cannot clean up what others delete.
   * @default an hour
   */
  readonly longestMs?: number | undefined;
  /**
   * One query. A COPY is not limited, since its reader may be slow.
   * @default 5 minutes
   */
  readonly queryMs?: number | undefined;
}

const LONGEST_MS = 3_600_000;
const QUERY_MS = 300_000;
const SNAPSHOT = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';

/**
 * Runs `work` for one tenant in a transaction, which is committed when it returns and rolled back when it throws. Rows of
 * other tenants are not there and cannot be written. Throws what `work` throws, BAD_INPUT without a tenant, and
 * DATABASE_FAILED.
 */
export async function withTransaction<T>(
  pool: pg.Pool,
  tenantId: string,
  work: (writer: Writer) => Promise<T>,
): Promise<T> {
  return run(pool, 'TRANSACTION', `BEGIN; ${bindTenant(tenantId)}`, {}, work);
}

/**
 * Runs `work` for one tenant on one snapshot, read only, in UTC. Throws what `work` throws, BAD_INPUT without a tenant, and
 * DATABASE_FAILED, also for a limit that was reached: then the session is ended at once, and `signal` aborts so that `work` can leave what else it waits for.
 */
export async function withSnapshot<T>(
  pool: pg.Pool,
  tenantId: string,
  work: (reader: SnapshotReader, signal: AbortSignal) => Promise<T>,
  limits: SnapshotLimits = {},
): Promise<T> {
  const known = withDefaults(limits);
  return run(pool, 'SNAPSHOT', `${SNAPSHOT}; ${settings(known.longestMs)}; ${bindTenant(tenantId)}`, known, work);
}

/** Reads which tenants there are, and nothing else; for commands that work for all of them. Throws DATABASE_FAILED. */
export async function withOperator<T>(pool: pg.Pool, work: (reader: Reader) => Promise<T>): Promise<T> {
  return run(pool, 'OPERATOR', `BEGIN READ ONLY; ${bindRole(OPERATOR_ROLE).text}`, {}, work);
}

/** The name under which `openSnapshot` finds the snapshot of a reader, while that lasts. */
export async function exportSnapshot(reader: Reader): Promise<string> {
  const [row] = await reader.query<{ id: string }>(sql`SELECT pg_export_snapshot() AS id`);
  return row?.id ?? '';
}

/**
 * A second reader of an exported snapshot, for the same tenant. Its connection is not one of the pool's: whoever holds one of those while
 * waiting for another would wait for ever once all do. Throws DATABASE_FAILED, also when the snapshot is gone.
 */
export async function openSnapshot(
  pool: pg.Pool,
  tenantId: string,
  id: string,
  limits: SnapshotLimits = {},
): Promise<Reader & AsyncDisposable> {
  const known = withDefaults(limits);
  const bind = bindTenant(tenantId);
  const client = new pg.Client(pool.options);
  client.on('error', () => {});
  const session = new Session(client, known);
  const close = async (): Promise<void> => {
    await session.abandon();
    await client.end();
  };
  try {
    await client.connect();
    const snapshot = `${SNAPSHOT}; SET TRANSACTION SNAPSHOT ${pg.escapeLiteral(id)}`;
    await session.begin(`${snapshot}; ${settings(known.longestMs)}; ${bind}`);
  } catch (error) {
    await client.end();
    throw toDatabaseError(error);
  }
  return {
    query: (fragment, options) => session.query(fragment, options),
    copyOut: (fragment, format, options) => session.copyOut(fragment, format, options),
    isIdle: () => session.isIdle(),
    [Symbol.asyncDispose]: close,
  };
}

function run<T>(
  pool: pg.Pool,
  kind: 'TRANSACTION' | 'SNAPSHOT' | 'OPERATOR',
  begin: string,
  limits: SnapshotLimits,
  work: (session: Session, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return traced('database.transaction', { kind }, () => within(pool, begin, limits, work));
}

async function within<T>(
  pool: pg.Pool,
  begin: string,
  limits: SnapshotLimits,
  work: (session: Session, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => {
    throw toDatabaseError(error);
  });
  const onError = (): void => {};
  client.on('error', onError);
  const session = new Session(client, limits);
  try {
    await session.begin(begin);
    const result = await work(session, session.signal);
    await session.commit();
    return result;
  } catch (error) {
    await session.abandon();
    throw session.ended ?? error;
  } finally {
    client.off('error', onError);
    client.release(session.broken);
  }
}

function withDefaults({ longestMs = LONGEST_MS, queryMs = QUERY_MS }: SnapshotLimits): Required<SnapshotLimits> {
  return { longestMs, queryMs };
}

const SERVER_LATER_MS = 5000;

// The server's own limits are the second line, for when this process cannot act any more. It keeps those that are set.
function settings(longestMs = LONGEST_MS): string {
  return `SET LOCAL TimeZone = 'UTC';
    SELECT set_config(name, '${Math.ceil(longestMs) + SERVER_LATER_MS}', true)
    FROM unnest(ARRAY['transaction_timeout', 'statement_timeout', 'idle_in_transaction_session_timeout']) name
    WHERE current_setting(name, true) = '0'`;
}
