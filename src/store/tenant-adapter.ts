import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { APP_ROLE, bindTenant, namedTenant } from './tenancy.ts';
import { isUnreachable } from './unreachable.ts';

/** Prisma's way to the database on the connections of `pool`, bound to one tenant. Throws BAD_INPUT without a tenant. */
export class TenantAdapter extends PrismaPg {
  readonly #tenantId: string;

  constructor(pool: pg.Pool, tenantId: string) {
    super(new TenantPool(pool, namedTenant(tenantId)));
    this.#tenantId = tenantId;
  }

  override async connect(): ReturnType<PrismaPg['connect']> {
    const adapter = await super.connect();
    const start = adapter.startTransaction.bind(adapter);
    adapter.startTransaction = async (isolationLevel) => {
      const transaction = await start(isolationLevel);
      const run = (sql: string): Promise<number> => transaction.executeRaw({ sql, args: [], argTypes: [] });
      try {
        await run(bindTenant(this.#tenantId));
        return transaction;
      } catch (error) {
        // Of these two the one ends the transaction, if there is still one, and the other gives the connection back.
        await run('ROLLBACK').catch(() => {});
        await transaction.rollback();
        throw error;
      }
    };
    return adapter;
  }
}

/** Stands before a pool, because PrismaPg takes nothing else; it has no connection of its own. */
class TenantPool extends pg.Pool {
  constructor(pool: pg.Pool, tenantId: string) {
    super();
    this.connect = ((...given: Parameters<pg.Pool['connect']>) => pool.connect(...given)) as pg.Pool['connect'];
    this.query = ((config: pg.QueryConfig) => queryBound(pool, tenantId, config)) as pg.Pool['query'];
  }
}

// In FROM and not selected, it gives a row without columns, and so needs no description to be read.
const BIND = `SELECT FROM ROWS FROM (set_config('role', '${APP_ROLE}', true), set_config('app.tenant', $1, true))`;
const STATEMENT = 'carryall_bind';
const prepared = new WeakSet<pg.Connection>();

async function queryBound(pool: pg.Pool, tenantId: string, config: pg.QueryConfig): Promise<pg.QueryResult> {
  const client = await pool.connect();
  const { promise, resolve, reject } = Promise.withResolvers<pg.QueryResult>();
  // A connection that is lost fails the query as well, but without a listener it would end the process.
  const onError = (): void => {};
  client.on('error', onError);
  let isLost = false;
  try {
    client.query(bound(tenantId, config, (error, result) => (error ? reject(error) : resolve(result))));
    return await promise;
  } catch (error) {
    // A session that was ended says so before its line closes: until then the pool would give it to the next.
    isLost = isUnreachable(error);
    throw error;
  } finally {
    client.off('error', onError);
    client.release(isLost);
  }
}

/**
 * A query with the statement before it that binds it to the tenant, in one packet before one Sync: to PostgreSQL the two
 * are a transaction, with which the binding ends, and where the first fails it skips the second.
 */
function bound(tenantId: string, config: pg.QueryConfig, done: (error: unknown, result: pg.QueryResult) => void) {
  let used: pg.Connection | undefined;
  const query = new pg.Query({ ...config, queryMode: 'extended' } as pg.QueryConfig, (error, results) => {
    // What failed may have been the preparing.
    if (error && used) prepared.delete(used);
    // As for any text of several statements: one result for each.
    done(error, (results as unknown as readonly pg.QueryResult[])?.[1] as pg.QueryResult);
  });
  const submit = query.submit.bind(query);
  query.submit = (connection) => {
    used = connection;
    connection.stream.cork();
    try {
      if (!prepared.has(connection)) {
        connection.close({ type: 'S', name: STATEMENT }, true);
        connection.parse({ name: STATEMENT, text: BIND, types: [] }, true);
        prepared.add(connection);
      }
      connection.bind({ statement: STATEMENT, values: [tenantId] }, true);
      connection.execute({}, true);
      return submit(connection);
    } finally {
      connection.stream.uncork();
    }
  };
  return query;
}
