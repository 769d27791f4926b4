import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { CarryallError } from '../errors.ts';

/** The server setting in which a server carries the process id of the Carryall that started it. */
export const OWNER_SETTING = 'carryall.owner_pid';

/**
 * Makes sure that no server runs on the data folder. One whose Carryall has died is stopped; a lock file whose process
 * id now belongs to some other program is removed, which PostgreSQL itself would not do. Throws DATABASE_IN_USE
 * when the folder is in use.
 */
export async function claim(data: string): Promise<void> {
  const lock = join(data, 'postmaster.pid');
  const text = readIfThere(lock);
  if (text === null) return;
  const [pid, , , port, socketFolder] = text.split('\n');
  const server = Number(pid);
  if (!Number.isInteger(server) || server <= 0 || !isAlive(server)) return;
  if (!isPostgres(server)) {
    rmSync(lock, { force: true });
    return;
  }
  const owner = await askOwner(socketFolder, Number(port), data);
  if (owner === undefined || isAlive(owner)) throw inUse(data, server, owner);
  signal(server, 'SIGINT');
  for (let waited = 0; isAlive(server) && waited < 30_000; waited += 50) await sleep(50);
  if (isAlive(server)) throw inUse(data, server, owner);
  if (socketFolder) rmSync(socketFolder, { recursive: true, force: true });
}

/** A server that ends meanwhile takes its lock file along. */
function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** The error for a data folder on which a server runs already. */
export function inUse(data: string, server?: number, owner?: number): CarryallError {
  const by = owner === undefined ? '' : ` for the Carryall with process id ${owner}`;
  const who = server === undefined ? 'another PostgreSQL' : `the PostgreSQL with process id ${server}`;
  return new CarryallError(
    'DATABASE_IN_USE',
    `${data} is in use by ${who}${by}. Stop that one first, choose another data folder, or set DATABASE_URL to share one server.`,
  );
}

// A server without an answer is one that starts, stops or was started by hand: not ours to stop.
async function askOwner(socketFolder: string | undefined, port: number, data: string): Promise<number | undefined> {
  if (!socketFolder) return undefined;
  const client = new pg.Client({
    host: socketFolder,
    port,
    user: 'postgres',
    database: 'postgres',
    connectionTimeoutMillis: 2000,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ owner: string | null; data: string }>(
      `SELECT current_setting('${OWNER_SETTING}', true) AS owner, current_setting('data_directory') AS data`,
    );
    const owner = Number(rows[0]?.owner);
    return rows[0]?.data === data && owner > 0 ? owner : undefined;
  } catch {
    return undefined;
  } finally {
    await client.end().catch(() => {});
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

// A container without an init process never reaps what its children leave behind.
function isZombie(pid: number): boolean {
  try {
    return /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

function isPostgres(pid: number): boolean {
  try {
    if (existsSync('/proc/self/cmdline')) {
      const [program = ''] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      return basename(program) === 'postgres';
    }
  } catch {
    return true;
  }
  return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout.includes('postgres');
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Gone meanwhile, or not ours to signal: the wait that follows tells.
  }
}
