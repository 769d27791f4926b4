import pg from 'pg';
import { findBinaries } from './binaries.ts';
import { placeOf, prepareCluster } from './cluster.ts';
import { CarryallError } from '../errors.ts';
import { claim } from './postmaster.ts';
import { startServer } from './server-process.ts';
import { findServerUser } from './server-user.ts';

/** How to open a PostgreSQL of our own. */
export interface EmbeddedOptions {
  /** Where it keeps its data. */
  readonly folder: string;
  readonly onLog?: (line: string) => void;
  /**
   * False gives up safety in a crash for speed; for tests only.
   * @default true
   */
  readonly durable?: boolean;
}

/** A PostgreSQL server that lives as long as it is open. */
export interface EmbeddedPostgres extends AsyncDisposable {
  /** The connection string of the database `carryall`; it holds no password, the socket's folder is closed to others. */
  readonly url: string;
  /** Where the data are, which is elsewhere than asked where PostgreSQL's user cannot reach that. */
  readonly folder: string;
  close(): Promise<void>;
}

const DATABASE = 'carryall';

/**
 * Starts a PostgreSQL server of our own on `folder`, which is made on first use. It listens on a private unix socket and
 * on no port. Throws DATABASE_IN_USE, DATABASE_TOO_OLD, DATABASE_NEWER or DATABASE_FAILED.
 */
export async function openEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const { folder, durable = true, onLog = () => {} } = options;
  if (process.platform === 'win32') {
    throw new CarryallError(
      'DATABASE_FAILED',
      'Carryall brings no PostgreSQL for Windows: set DATABASE_URL, or use WSL.',
    );
  }
  const user = findServerUser();
  const binaries = findBinaries(user);
  const data = prepareCluster(placeOf(folder, user, onLog), user, binaries, durable);
  await claim(data);
  const server = await startServer({ postgres: binaries.postgres, data, user, durable, onLog });
  try {
    await createDatabase(server.socketFolder);
  } catch (error) {
    await server.stop();
    throw error;
  }
  const url = `postgresql://postgres@localhost/${DATABASE}?host=${encodeURIComponent(server.socketFolder)}`;
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= server.stop());
  return { url, folder: data, close, [Symbol.asyncDispose]: close };
}

async function createDatabase(socketFolder: string): Promise<void> {
  const client = new pg.Client({ host: socketFolder, user: 'postgres', database: 'postgres' });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end();
  }
}
