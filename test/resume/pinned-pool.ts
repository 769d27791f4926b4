import pg from 'pg';

const SNAPSHOT = /^BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY/;

/**
 * A pool whose snapshots are all the one that `holdSnapshot` holds, so that a build can be repeated to the byte; null for
 * snapshots as they come. `onQuery` hears of each statement before it is sent.
 */
export function openPinnedPool(url: string, snapshot: string | null, onQuery: () => void = () => {}): pg.Pool {
  const pin = (text: string): string =>
    snapshot === null ? text : text.replace(SNAPSHOT, (begin) => `${begin}; SET TRANSACTION SNAPSHOT '${snapshot}'`);
  class PinnedClient extends pg.Client {
    constructor(config?: pg.ClientConfig) {
      super(config);
      const query = this.query.bind(this) as (config: unknown, ...rest: unknown[]) => unknown;
      this.query = ((given: pg.QueryConfig, ...rest: unknown[]) => {
        onQuery();
        return query(typeof given.text === 'string' ? Object.assign(given, { text: pin(given.text) }) : given, ...rest);
      }) as never;
    }
  }
  const pool = new pg.Pool({ connectionString: url, max: 5, Client: PinnedClient } as pg.PoolConfig);
  pool.on('error', () => {});
  return pool;
}

/** Holds the snapshot of now until it is disposed. */
export async function holdSnapshot(url: string): Promise<AsyncDisposable & { readonly id: string }> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  const { rows } = await client.query<{ id: string }>('SELECT pg_export_snapshot() AS id');
  return { id: rows[0]?.id ?? '', [Symbol.asyncDispose]: () => client.end() };
}
