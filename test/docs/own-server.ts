import { spawnSync } from 'node:child_process';
import { chownSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { startServer } from '../../src/store/server-process.ts';
import { findServerUser } from '../../src/store/server-user.ts';
import { openTemporaryFolder } from '../support/temporary-folder.ts';

/** A server as an operator has it: of the system's packages, whose pg_dump is of the same version. */
export interface OwnServer extends AsyncDisposable {
  readonly url: string;
  /** Where its programs lie. */
  readonly programs: string;
}

const INSTALLED = '/usr/lib/postgresql';

/** Starts one; it must be installed, which .ci/run sees to. */
export async function openOwnServer(): Promise<OwnServer> {
  const newest =
    readdirSync(INSTALLED)
      .toSorted((a, b) => Number(a) - Number(b))
      .at(-1) ?? '';
  const programs = join(INSTALLED, newest, 'bin');
  const folder = openTemporaryFolder();
  const user = findServerUser();
  const data = join(folder.path, 'cluster');
  mkdirSync(data, { mode: 0o700 });
  if (user) chownSync(data, user.uid, user.gid);
  const options = ['--username=postgres', '--auth=trust', '--encoding=UTF8', '--locale=C.UTF-8', '--no-sync'];
  const made = spawnSync(join(programs, 'initdb'), ['--pgdata', data, ...options], {
    ...user,
    cwd: '/',
    encoding: 'utf8',
  });
  if (made.status !== 0) throw new Error(made.stderr);
  const postgres = join(programs, 'postgres');
  const server = await startServer({ postgres, data, user, durable: false, onLog: () => {} });
  return {
    url: `postgresql://postgres@localhost/postgres?host=${encodeURIComponent(server.socketFolder)}`,
    programs,
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      folder[Symbol.dispose]();
    },
  };
}
