import pg from 'pg';
import { CarryallError } from '../errors.ts';
import { openEmbeddedPostgres, type EmbeddedPostgres } from './embedded.ts';

/** Which database to open: one by its `url`, or else a PostgreSQL of our own in `folder`. */
export interface DatabaseOptions {
  readonly url?: string | undefined;
  readonly folder?: string | undefined;
  readonly onLog?: ((line: string) => void) | undefined;
  /**
   * The most connections at a time.
   * @default 10
   */
  readonly max?: number | undefined;
  /**
   * For the embedded server; see `EmbeddedOptions`.
   * @default true
   */
  readonly durable?: boolean | undefined;
}

/** An open database. */
export interface Database extends AsyncDisposable {
  /** The connection string. It may hold a password: never log it. */
  readonly url: string;
  readonly pool: pg.Pool;
  close(): Promise<void>;
}

/**
 * Opens the database and checks that it answers and is recent enough. Throws DATABASE_MISSING, DATABASE_TOO_OLD,
 * BAD_INPUT when neither `url` nor `folder` is given, and what `openEmbeddedPostgres` throws.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { folder, onLog = () => {}, max = 10, durable = true } = options;
  let embedded: EmbeddedPostgres | undefined;
  let url = options.url;
  if (url === undefined) {
    if (folder === undefined) throw new CarryallError('BAD_INPUT', 'A database needs a connection string or a folder.');
    embedded = await openEmbeddedPostgres({ folder, onLog, durable });
    url = embedded.url;
  }
  let closing: Promise<void> | undefined;
  // A pool has ended before its connections have: that those are lost when the server stops is no news.
  const pool = openPool(url, max, (line) => (closing === undefined ? onLog(line) : undefined));
  const close = (): Promise<void> => (closing ??= pool.end().then(() => embedded?.close()));
  try {
    await assertUsable(pool, url);
  } catch (error) {
    await close();
    throw error;
  }
  return { url, pool, close, [Symbol.asyncDispose]: close };
}

function openPool(url: string, max: number, onLog: (line: string) => void): pg.Pool {
  const parsed = parse(url);
  // Parameters of the string win over pg's own options, so ours go into the string.
  parsed.searchParams.set(
    'options',
    `${parsed.searchParams.get('options') ?? ''} -c TimeZone=UTC -c DateStyle=ISO`.trim(),
  );
  if (!parsed.searchParams.has('application_name')) parsed.searchParams.set('application_name', 'carryall');
  const pool = new pg.Pool({
    connectionString: parsed.href,
    max,
    connectionTimeoutMillis: 10_000,
    // A peer that is gone without a word is noticed by the system, also on connections that wait for nothing.
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  });
  // Without a listener, the loss of an idle connection would end the process.
  // A client that is lost while it is handed over has a listener of nobody's.
  pool.on('connect', (client) => client.on('error', () => {}));
  pool.on('error', () => onLog('An idle connection to the database was lost.'));
  return pool;
}

function parse(url: string): URL {
  const parsed = URL.parse(url.replace('@/', '@localhost/'));
  if (parsed !== null && /^postgres(ql)?:$/.test(parsed.protocol)) return parsed;
  throw new CarryallError(
    'DATABASE_MISSING',
    'DATABASE_URL must look like postgresql://user:password@host:5432/database.',
  );
}

async function assertUsable(pool: pg.Pool, url: string): Promise<void> {
  let version: number;
  try {
    const { rows } = await pool.query<{ version: number }>(
      `SELECT current_setting('server_version_num')::int AS version`,
    );
    version = rows[0]?.version ?? 0;
  } catch (cause) {
    throw missing(url, cause);
  }
  assertVersion(version);
}

function missing(url: string, cause: unknown): CarryallError {
  const { hostname, port, pathname, searchParams } = parse(url);
  const host = searchParams.get('host') ?? (port ? `${hostname}:${port}` : hostname);
  const code = (cause as { code?: unknown }).code;
  const reason = typeof code === 'string' ? ` (${code})` : '';
  return new CarryallError(
    'DATABASE_MISSING',
    `No database ${decodeURIComponent(pathname.slice(1)) || 'postgres'} answers at ${host}${reason}. ` +
      'Check DATABASE_URL and that the server runs, or leave it unset to use the one that Carryall brings.',
    { cause },
  );
}

/** Throws DATABASE_TOO_OLD unless `server_version_num` is that of PostgreSQL 15 or later. */
export function assertVersion(versionNumber: number): void {
  const major = Math.floor(versionNumber / 10_000);
  if (major >= 15) return;
  throw new CarryallError(
    'DATABASE_TOO_OLD',
    `Carryall needs PostgreSQL 15 or later, and this server is ${major}. Upgrade it.`,
  );
}
