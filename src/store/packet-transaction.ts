import type pg from 'pg';
import { traced } from '../spans.ts';
import { toDatabaseError } from './failure.ts';
import { bindInPacket, packetOf, type PacketQuery } from './packet.ts';
import type { Writer } from './session.ts';
import { sql, type Sql } from './sql.ts';
import { namedTenant } from './tenancy.ts';

/** Asks within a transaction; what is asked in one turn of the event loop goes to the server in one packet. */
export type PacketWriter = Pick<Writer, 'query'>;

/** What a transaction comes to, and its last statement. */
export interface Ending<T> {
  readonly result: T;
  readonly last: Sql;
}

/**
 * Runs `work` for one tenant in a transaction that begins with what it asks first and is committed together with its last
 * statement: two round trips, where `withTransaction` takes five for the same. For short transactions that are written
 * again and again: statements are prepared, so what differs from one to the next belongs into values. Whatever fails ends
 * the connection, and with it the transaction. Throws what `work` throws, BAD_INPUT without a tenant, and DATABASE_FAILED.
 */
export async function withPackets<T>(
  pool: pg.Pool,
  tenantId: string,
  work: (writer: PacketWriter) => Promise<Ending<T>>,
): Promise<T> {
  return traced('database.transaction', { kind: 'PACKET' }, () => within(pool, tenantId, work));
}

async function within<T>(
  pool: pg.Pool,
  tenantId: string,
  work: (writer: PacketWriter) => Promise<Ending<T>>,
): Promise<T> {
  const bind = [sql`BEGIN`, bindInPacket(namedTenant(tenantId), 'READ WRITE')];
  const client = await pool.connect().catch((error: unknown) => {
    throw toDatabaseError(error);
  });
  const onError = (): void => {};
  client.on('error', onError);
  const transaction = openTransaction(client, bind);
  try {
    const { result, last } = await work(transaction.writer);
    await transaction.commit(last);
    return result;
  } finally {
    client.off('error', onError);
    client.release(transaction.isOpen());
  }
}

interface Transaction {
  readonly writer: PacketWriter;
  commit(last: Sql): Promise<void>;
  /** From its first packet until it is committed. */
  isOpen(): boolean;
}

function openTransaction(client: pg.ClientBase, bind: readonly Sql[]): Transaction {
  let before = bind;
  let isOpen = false;
  let waiting: PacketQuery[] = [];
  const flush = (): void => {
    const queries = waiting;
    waiting = [];
    const fail = (error: unknown, those: readonly PacketQuery[] = queries): void => {
      for (const { reject } of those) reject(toDatabaseError(error));
    };
    // Where one is refused, the transaction is, and all that was skipped with it.
    const done = (skipped: readonly PacketQuery[]): void => fail(new Error('the transaction was refused'), skipped);
    isOpen = true;
    client.query(packetOf(before, queries, done, fail));
    before = [];
  };
  const ask = (fragment: Sql): Promise<object[]> =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) process.nextTick(flush);
      waiting.push({ fragment, resolve, reject });
    });
  return {
    writer: { query: <Row extends object>(fragment: Sql) => ask(fragment) as Promise<Row[]> },
    async commit(last) {
      await Promise.all([ask(last), ask(sql`COMMIT`)]);
      isOpen = false;
    },
    isOpen: () => isOpen,
  };
}
