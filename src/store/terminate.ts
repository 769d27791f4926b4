import pg from 'pg';

/** The most that ending the server's side may take, in ms, each for reaching the server and for its answer. */
const LIMIT_MS = 2000;

/**
 * Closes a client's socket and ends its backend over a second connection: a server notices a closed socket only when it
 * next writes, and a sort may take long. The client is of no use afterwards. Rejects when the server cannot be reached.
 */
export async function terminate(client: pg.ClientBase): Promise<void> {
  const { processID, connectionParameters, connection } = client as unknown as ClientInternals;
  client.on('error', () => {});
  connection.stream.destroy();
  const { host, port, user, password, database, ssl } = connectionParameters;
  const limits = { connectionTimeoutMillis: LIMIT_MS, query_timeout: LIMIT_MS };
  const second = new pg.Client({ host, port, user, password, database, ssl, ...limits });
  second.on('error', () => {});
  try {
    await second.connect();
    await second.query('SELECT pg_terminate_backend($1, $2)', [processID, LIMIT_MS]);
  } finally {
    await second.end();
  }
}

/** What pg keeps on a client without typing it. */
interface ClientInternals {
  readonly processID: number;
  readonly connectionParameters: Required<
    Pick<pg.ClientConfig, 'host' | 'port' | 'user' | 'password' | 'database' | 'ssl'>
  >;
  readonly connection: { readonly stream: { destroy(): void } };
}
