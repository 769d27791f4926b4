import { spawnSync } from 'node:child_process';
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { CarryallError } from '../errors.ts';
import type { Binaries } from './binaries.ts';
import { canReach, type ServerUser } from './server-user.ts';
import { stagedPath } from './staging.ts';

/**
 * The folder that holds the cluster: the one asked for, or where `user` cannot reach that, a stable one that it can.
 * Throws DATABASE_FAILED when there is no such place.
 */
export function placeOf(asked: string, user: ServerUser | undefined, onLog: (line: string) => void): string {
  const folder = resolve(asked);
  if (canReach(user, folder)) {
    mkdirSync(folder, { recursive: true });
    return folder;
  }
  const staged = stagedPath(user, 'data', folder);
  const made = mkdirSync(staged, { recursive: true, mode: 0o700 });
  if (user) chownSync(staged, user.uid, user.gid);
  // Told once, where it is made, and not before every command.
  if (made !== undefined)
    onLog(`The user ${user?.name} that runs PostgreSQL cannot reach ${folder}: the data are kept in ${staged}`);
  return staged;
}

/**
 * Makes the PostgreSQL data folder inside `place` unless it is there, and returns its path. Throws DATABASE_TOO_OLD or
 * DATABASE_NEWER when another major version made it, DATABASE_FAILED when it is something else or cannot be made.
 */
export function prepareCluster(
  place: string,
  user: ServerUser | undefined,
  binaries: Binaries,
  durable: boolean,
): string {
  const data = join(place, 'cluster');
  removeAbandoned(place);
  if (!existsSync(data) || readdirSync(data).length === 0) initialise(place, data, user, binaries, durable);
  assertMajor(data, binaries.major);
  return data;
}

// Made beside its place and renamed when whole: a run that was cut short leaves nothing that looks like a cluster.
function initialise(
  place: string,
  data: string,
  user: ServerUser | undefined,
  binaries: Binaries,
  durable: boolean,
): void {
  const draft = mkdtempSync(join(place, 'initdb-'));
  try {
    if (user) chownSync(draft, user.uid, user.gid);
    const { status, stderr, error } = spawnSync(
      binaries.initdb,
      // The builtin provider sorts alike on every machine; the socket's folder, not a password, keeps others out.
      [
        '-D',
        draft,
        '-U',
        'postgres',
        '--auth=trust',
        '--encoding=UTF8',
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        ...(durable ? [] : ['--no-sync']),
      ],
      { ...user, cwd: '/', env: { LC_ALL: 'C', TZ: 'UTC' }, encoding: 'utf8' },
    );
    if (status !== 0) {
      const reason = error?.message ?? stderr.trim().split('\n').at(-1) ?? 'no reason given';
      throw new CarryallError('DATABASE_FAILED', `initdb could not make a cluster in ${place}: ${reason}`, {
        cause: error,
      });
    }
    renameSync(draft, data);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    // Another process made it meanwhile: use that one.
    if (!existsSync(join(data, 'PG_VERSION')) || error instanceof CarryallError) throw error;
  }
}

const ABANDONED_AFTER_MS = 15 * 60 * 1000;

function removeAbandoned(place: string): void {
  for (const name of readdirSync(place).filter((entry) => entry.startsWith('initdb-'))) {
    const path = join(place, name);
    const { mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? {};
    if (mtimeMs !== undefined && Date.now() - mtimeMs > ABANDONED_AFTER_MS)
      rmSync(path, { recursive: true, force: true });
  }
}

/**
 * Throws DATABASE_TOO_OLD or DATABASE_NEWER when the cluster in `data` is of another major version, and DATABASE_FAILED
 * when it is no cluster.
 */
function assertMajor(data: string, wanted: number): void {
  const file = join(data, 'PG_VERSION');
  if (!existsSync(file)) {
    throw new CarryallError(
      'DATABASE_FAILED',
      `${data} is not empty and is no PostgreSQL data folder. Move it away and start again.`,
    );
  }
  const found = Number(readFileSync(file, 'utf8').trim());
  if (found === wanted) return;
  throw new CarryallError(
    found < wanted ? 'DATABASE_TOO_OLD' : 'DATABASE_NEWER',
    `${data} was made by PostgreSQL ${found}, and Carryall brings PostgreSQL ${wanted}. ` +
      `Move it with pg_dump of version ${found}, or serve it with PostgreSQL ${found} and set DATABASE_URL.`,
  );
}
