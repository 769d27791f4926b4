import type { Readable } from 'node:stream';
import type pg from 'pg';
import { CarryallError } from '../errors.ts';
import { copyRows, type CopyFormat, type CopyOptions } from './copy.ts';
import { toDatabaseError } from './failure.ts';
import type { Sql } from './sql.ts';

/** Reads from one consistent state of the database. One thing at a time: a COPY is read to its end before the next. */
export interface Reader {
  /**
   * All rows of a query. As pg reads them: int8 and numeric come as text (a JS number would round them), timestamptz as
   * a Date, which has milliseconds only: select `::text` where microseconds count.
   */
  query<Row extends object>(fragment: Sql): Promise<Row[]>;
  /** The rows of a query as a stream of bytes; see `copyRows`. */
  copyOut(fragment: Sql, format: CopyFormat, options?: CopyOptions): Readable;
}

/** A Reader that may also change rows. */
export interface Writer extends Reader {
  /** Runs a statement and returns how many rows it touched. */
  execute(fragment: Sql): Promise<number>;
}

/**
 * Runs `work` in a transaction, which is committed when it returns and rolled back when it throws. Throws what `work`
 * throws, and DATABASE_FAILED.
 */
export function withTransaction<T>(pool: pg.Pool, work: (writer: Writer) => Promise<T>): Promise<T> {
  return run(pool, 'BEGIN', work);
}

/** Runs `work` on one snapshot, read only, in UTC. Throws what `work` throws, and DATABASE_FAILED. */
export function withSnapshot<T>(pool: pg.Pool, work: (reader: Reader) => Promise<T>): Promise<T> {
  return run(pool, `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL TimeZone = 'UTC'`, work);
}

async function run<T>(pool: pg.Pool, begin: string, work: (session: Session) => Promise<T>): Promise<T> {
  const client = await pool.connect().catch(fail);
  const onError = (): void => {};
  client.on('error', onError);
  const session = new Session(client);
  try {
    await client.query(begin).catch(fail);
    const result = await work(session);
    session.assertIdle();
    await client.query('COMMIT').catch(fail);
    return result;
  } catch (error) {
    await session.abandon();
    throw error;
  } finally {
    client.off('error', onError);
    client.release(session.broken);
  }
}

class Session implements Writer {
  readonly #client: pg.PoolClient;
  #copy: Readable | undefined;
  broken = false;

  constructor(client: pg.PoolClient) {
    this.#client = client;
  }

  async query<Row extends object>(fragment: Sql): Promise<Row[]> {
    return (await this.#run(fragment)).rows as Row[];
  }

  async execute(fragment: Sql): Promise<number> {
    return (await this.#run(fragment)).rowCount ?? 0;
  }

  copyOut(fragment: Sql, format: CopyFormat, options?: CopyOptions): Readable {
    this.assertIdle();
    const copy = copyRows(this.#client, fragment, format, options);
    this.#copy = copy;
    copy.once('close', () => {
      this.broken ||= !copy.readableEnded;
      this.#copy = undefined;
    });
    return copy;
  }

  /** A query that is sent while a COPY waits to be read would wait for ever. */
  assertIdle(): void {
    if (this.#copy === undefined || this.#copy.readableEnded) return;
    throw new CarryallError(
      'DATABASE_FAILED',
      'A COPY is still being read on this connection: read it to its end first.',
    );
  }

  async abandon(): Promise<void> {
    const copy = this.#copy;
    if (copy !== undefined && !copy.closed) {
      copy.on('error', () => {});
      await new Promise((resolve) => copy.once('close', resolve).destroy());
    }
    if (this.broken) return;
    await this.#client.query('ROLLBACK').catch(() => (this.broken = true));
  }

  async #run(fragment: Sql): Promise<pg.QueryResult> {
    this.assertIdle();
    return this.#client.query({ text: fragment.text, values: [...fragment.values] }).catch(fail);
  }
}

function fail(error: unknown): never {
  throw toDatabaseError(error);
}
