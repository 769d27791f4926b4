import { spawn, type ChildProcess } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { CarryallError } from '../errors.ts';
import { inUse, OWNER_SETTING } from './postmaster.ts';
import { canReach, type ServerUser } from './server-user.ts';

/** What a server is started with. */
export interface ServerOptions {
  readonly postgres: string;
  readonly data: string;
  readonly user: ServerUser | undefined;
  readonly durable: boolean;
  readonly onLog: (line: string) => void;
}

/** A running server; it answers on the socket in `socketFolder`. */
export interface ServerProcess {
  readonly socketFolder: string;
  stop(): Promise<void>;
}

/** Starts PostgreSQL and waits until it answers. Throws DATABASE_IN_USE or DATABASE_FAILED when it does not come up. */
export async function startServer({ postgres, data, user, durable, onLog }: ServerOptions): Promise<ServerProcess> {
  const socketFolder = makeSocketFolder(user);
  const child = spawn(
    postgres,
    ['-D', data, '-k', socketFolder, ...settings(durable).flatMap((each) => ['-c', each])],
    {
      ...user,
      cwd: '/',
      env: { LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['ignore', 'ignore', 'pipe'],
      // Ctrl-C goes to a whole process group, and the gateway still needs its database while it drains.
      detached: true,
    },
  );
  // A fast shutdown needs no one to wait for it, so this also serves a process that is about to be gone.
  const removeSocketFolder = (): void => rmSync(socketFolder, { recursive: true, force: true });
  const stopAtExit = (): void => {
    child.kill('SIGINT');
    removeSocketFolder();
  };
  process.once('exit', stopAtExit);
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()).once('error', () => resolve()));
  void exited.then(() => {
    process.off('exit', stopAtExit);
    removeSocketFolder();
  });
  await untilReady(child, data, onLog);
  return { socketFolder, stop: () => stopServer(child, exited) };
}

// A socket's path may have 103 bytes (macOS) or 107 (Linux), with the name that PostgreSQL adds.
const LONGEST_FOLDER = 103 - '/.s.PGSQL.5432'.length;

function makeSocketFolder(user: ServerUser | undefined): string {
  const parent = [tmpdir(), '/tmp'].find((folder) => folder.length < LONGEST_FOLDER - 16 && canReach(user, folder));
  if (parent === undefined) {
    throw new CarryallError(
      'DATABASE_FAILED',
      `${tmpdir()} cannot hold a socket: its path is too long or closed. Set TMPDIR to a short one.`,
    );
  }
  const folder = mkdtempSync(join(parent, 'carryall-'));
  if (user) chownSync(folder, user.uid, user.gid);
  return folder;
}

function settings(durable: boolean): string[] {
  return [
    'listen_addresses=',
    'unix_socket_permissions=0700',
    'port=5432',
    'max_connections=100',
    'shared_buffers=128MB',
    'timezone=UTC',
    'log_timezone=UTC',
    'logging_collector=off',
    // Messages of failed statements can quote personal data.
    'log_min_messages=log',
    'log_error_verbosity=terse',
    `${OWNER_SETTING}=${process.pid}`,
    ...(durable ? [] : ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']),
  ];
}

async function untilReady(child: ChildProcess, data: string, onLog: (line: string) => void): Promise<void> {
  const log: string[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  if (child.stderr) {
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (log.length < 50) log.push(line);
      onLog(line);
      if (line.includes('database system is ready to accept connections')) resolve();
    });
  }
  child.once('error', (cause) =>
    reject(new CarryallError('DATABASE_FAILED', `PostgreSQL did not start: ${cause.message}`, { cause })),
  );
  child.once('close', (status) => {
    if (log.some((line) => line.includes('lock file "postmaster.pid" already exists'))) return reject(inUse(data));
    const reason = log.findLast((line) => line.includes('FATAL')) ?? log.at(-1) ?? `it ended with status ${status}`;
    reject(new CarryallError('DATABASE_FAILED', `PostgreSQL did not start on ${data}: ${reason}`));
  });
  await promise;
}

const PATIENCE_MS = 20_000;

async function stopServer(child: ChildProcess, exited: Promise<void>): Promise<void> {
  // SIGINT ends connections and writes everything out; SIGQUIT leaves that to the recovery of the next start.
  child.kill('SIGINT');
  const impatient = setTimeout(() => child.kill('SIGQUIT'), PATIENCE_MS);
  await exited;
  clearTimeout(impatient);
}
