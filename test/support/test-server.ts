import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** Makes a database, a copy of `template` if given, and returns its connection string. */
export async function createDatabase(serverUrl: string, name: string, template?: string): Promise<string> {
  const copied = template === undefined ? '' : ` TEMPLATE ${template}`;
  await withClient(serverUrl, (client) => client.query(`CREATE DATABASE ${name}${copied}`));
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

const PATIENCE_MS = 1000;
const LOOK_MS = 10;

/**
 * Drops a database and ends whoever is still connected to it. A pool has ended before its connections have: these are
 * waited for a while, or their end would be an error that nobody listens to.
 */
export async function dropDatabase(serverUrl: string, name: string): Promise<void> {
  await withClient(serverUrl, async (client) => {
    for (let waited = 0; waited < PATIENCE_MS; waited += LOOK_MS) {
      const { rowCount } = await client.query('SELECT FROM pg_stat_activity WHERE datname = $1', [name]);
      if (rowCount === 0) break;
      await sleep(LOOK_MS);
    }
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  });
}

async function withClient(url: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
