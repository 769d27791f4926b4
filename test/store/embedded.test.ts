import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterEach, expect, test } from 'vitest';
import { findBinaries } from '../../src/store/binaries.ts';
import { openEmbeddedPostgres, type EmbeddedPostgres } from '../../src/store/embedded.ts';
import { findServerUser } from '../../src/store/server-user.ts';
import { openTemporaryFolder } from '../support/temporary-folder.ts';

const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const each of cleanup.splice(0).reverse()) await each();
});

function newFolder(mode?: number): string {
  const folder = openTemporaryFolder(mode);
  cleanup.push(() => folder[Symbol.dispose]());
  return folder.path;
}

async function open(folder: string, durable = false, log: string[] = []): Promise<EmbeddedPostgres> {
  const server = await openEmbeddedPostgres({ folder, durable, onLog: (line) => log.push(line) });
  cleanup.push(() => server.close());
  return server;
}

async function ask(server: EmbeddedPostgres, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

function pidOf(server: EmbeddedPostgres): number {
  return Number(readFileSync(join(server.folder, 'postmaster.pid'), 'utf8').split('\n')[0]);
}

/** Another process that holds a server on `folder`. */
async function holdElsewhere(folder: string): Promise<ChildProcess> {
  const script = fileURLToPath(new URL('./hold-server.ts', import.meta.url));
  const child = spawn(process.execPath, [script, folder], { stdio: ['ignore', 'pipe', 'ignore'] });
  const gone = once(child, 'exit');
  cleanup.push(() => child.kill('SIGTERM') && gone);
  const ended = gone.then(() => Promise.reject(new Error('The other process did not get the folder.')));
  await Promise.race([once(child.stdout, 'data'), ended]);
  ended.catch(() => {});
  return child;
}

test('a server is PostgreSQL 18 in UTF-8 and UTC, listens on no port, and its socket is closed to others', async () => {
  const server = await open(newFolder());
  const settings = ['server_encoding', 'TimeZone', 'listen_addresses', 'fsync', 'server_version_num'];
  const rows = await ask(
    server,
    `SELECT ${settings.map((name) => `current_setting('${name}') AS "${name}"`).join(', ')}`,
  );
  expect(rows).toEqual([
    {
      server_encoding: 'UTF8',
      TimeZone: 'UTC',
      listen_addresses: '',
      fsync: 'off',
      server_version_num: expect.stringMatching(/^18/) as string,
    },
  ]);
  const socketFolder = new URL(server.url).searchParams.get('host') ?? '';
  expect(statSync(socketFolder).mode & 0o777).toBe(0o700);
  await server.close();
  expect(existsSync(socketFolder)).toBe(false);
});

test('what was written is there after a restart, and the server writes safely unless told otherwise', async () => {
  const folder = newFolder();
  const first = await open(folder, true);
  expect(await ask(first, 'SHOW fsync')).toEqual([{ fsync: 'on' }]);
  await ask(first, 'CREATE TABLE kept AS SELECT 42 AS n');
  await first.close();
  expect(await ask(await open(folder, true), 'SELECT n FROM kept')).toEqual([{ n: 42 }]);
});

test('a server that was killed recovers what it had committed', async () => {
  const folder = newFolder();
  const first = await open(folder, true);
  await ask(first, 'CREATE TABLE kept AS SELECT 42 AS n');
  process.kill(pidOf(first), 'SIGKILL');
  await first.close();
  expect(await ask(await open(folder, true), 'SELECT n FROM kept')).toEqual([{ n: 42 }]);
});

test('a folder that this process has open already is refused', async () => {
  const folder = newFolder();
  const server = await open(folder);
  await expect(open(folder)).rejects.toMatchObject({
    code: 'DATABASE_IN_USE',
    message: expect.stringContaining('DATABASE_URL') as string,
  });
  expect(await ask(server, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('a folder that another process has open is refused, and taken over once that process has died', async () => {
  const folder = newFolder();
  const holder = await holdElsewhere(folder);
  await expect(open(folder)).rejects.toMatchObject({
    code: 'DATABASE_IN_USE',
    message: expect.stringContaining(String(holder.pid)) as string,
  });
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  expect(await ask(await open(folder), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('two that open a new folder at once: one gets it, the other is refused, and the data are whole', async () => {
  const folder = newFolder();
  const outcomes = await Promise.allSettled([holdElsewhere(folder), open(folder)]);
  const [, mine] = outcomes;
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  if (mine.status === 'rejected') expect(mine.reason).toMatchObject({ code: 'DATABASE_IN_USE' });
  else expect(await ask(mine.value, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('a lock file whose process id now belongs to another program does not keep the server from starting', async () => {
  const folder = newFolder();
  const first = await open(folder);
  const lock = join(first.folder, 'postmaster.pid');
  const content = readFileSync(lock, 'utf8');
  await first.close();
  // PostgreSQL takes any living process of its own user for a server.
  const user = findServerUser();
  const stranger = spawn('sleep', ['60'], { ...user, cwd: '/' });
  cleanup.push(() => stranger.kill());
  writeFileSync(lock, content.replace(/^\d+/, String(stranger.pid)), { mode: 0o600 });
  expect(await ask(await open(folder), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('what an interrupted initdb left behind is in no one’s way', async () => {
  const folder = newFolder();
  mkdirSync(join(folder, 'initdb-abcdef', 'base'), { recursive: true });
  mkdirSync(join(folder, 'cluster'));
  expect(await ask(await open(folder), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('a folder that holds something else is left alone', async () => {
  const folder = newFolder();
  mkdirSync(join(folder, 'cluster'));
  writeFileSync(join(folder, 'cluster', 'letter.txt'), 'Dear all');
  await expect(open(folder)).rejects.toMatchObject({
    code: 'DATABASE_FAILED',
    message: expect.stringContaining('Move it away') as string,
  });
  expect(readFileSync(join(folder, 'cluster', 'letter.txt'), 'utf8')).toBe('Dear all');
});

test.each([
  { version: '17', code: 'DATABASE_TOO_OLD' },
  { version: '19', code: 'DATABASE_NEWER' },
])('data made by PostgreSQL $version are refused as $code', async ({ version, code }) => {
  const folder = newFolder();
  mkdirSync(join(folder, 'cluster'));
  writeFileSync(join(folder, 'cluster', 'PG_VERSION'), `${version}\n`);
  await expect(open(folder)).rejects.toMatchObject({
    code,
    message: expect.stringContaining(`PostgreSQL ${version}`) as string,
  });
});

test('a folder in a closed home is served, from there or from a place that is named and stays the same', async () => {
  const home = newFolder(0o700);
  const log: string[] = [];
  const first = await open(join(home, 'project', '.data'), false, log);
  cleanup.push(
    () => dirname(first.folder).startsWith(home) || rmSync(dirname(first.folder), { recursive: true, force: true }),
  );
  await ask(first, 'CREATE TABLE kept AS SELECT 42 AS n');
  await first.close();
  expect(first.folder.startsWith(home) || log.some((line) => line.includes(dirname(first.folder)))).toBe(true);
  const second = await open(join(home, 'project', '.data'));
  expect(second.folder).toBe(first.folder);
  expect(await ask(second, 'SELECT n FROM kept')).toEqual([{ n: 42 }]);
  await second.close();
});

test('programs in a closed home, installed without their links, are made to run', async () => {
  const home = newFolder(0o700);
  const installed = dirname(dirname(findBinaries(undefined).postgres));
  const native = join(home, 'native');
  cpSync(dirname(installed), home, { recursive: true, verbatimSymlinks: true });
  for (const { target } of JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as { target: string }[])
    rmSync(join(home, target));
  // A version of its own, so that no earlier copy is taken.
  writeFileSync(join(home, 'package.json'), JSON.stringify({ version: `test-${process.pid}` }));
  const user = findServerUser();
  const { postgres, major } = findBinaries(user, native);
  if (user) cleanup.push(() => rmSync(dirname(dirname(postgres)), { recursive: true, force: true }));
  expect(major).toBe(18);
  const check = spawn(join(dirname(postgres), 'initdb'), ['--version'], { ...user, cwd: '/' });
  expect(await text(check.stdout)).toContain('initdb (PostgreSQL) 18');
  expect(findBinaries(user, native).postgres).toBe(postgres);
});

test('the server never runs as root', async () => {
  const server = await open(newFolder());
  expect(statSync(server.folder).uid).not.toBe(0);
});
