import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openSigningKeys } from '../../src/bundle/sign/signing-keys.ts';
import { openDiskStorage } from '../../src/bundle/storage/disk.ts';
import { openReadiness } from '../../src/cli/readiness.ts';
import { ownKeys } from '../../src/config.ts';
import { readyRoute } from '../../src/http/routes/ready.ts';
import { migrate } from '../../src/store/migrate.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { MIGRATIONS } from '../support/paths.ts';
import { openRestartableServer, type RestartableServer } from '../support/restartable-server.ts';
import { openTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

let server: RestartableServer;
let database: Database;
let folder: TemporaryFolder;
let stopping: AbortController;
let faults: unknown[];

beforeAll(async () => {
  server = await openRestartableServer();
  database = await openDatabase({ url: server.url });
  folder = openTemporaryFolder();
});
beforeEach(async () => {
  stopping = new AbortController();
  faults = [];
  await migrate(database.pool, MIGRATIONS);
});
afterAll(async () => {
  await database.close();
  await server[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

/** What a probe is told; each of them as if nobody had asked before. */
async function probe(): Promise<readonly [number, string, string | null]> {
  const isReady = openReadiness({
    gateway: { database, signing: openSigningKeys(ownKeys(folder.path)) },
    storage: openDiskStorage(join(folder.path, 'bundles')),
    stopping: stopping.signal,
    onFault: (error) => faults.push(error),
  });
  const response = await readyRoute(isReady).handle(new Request('http://localhost/readyz'));
  return [response.status, await response.text(), response.headers.get('retry-after')];
}

const READY = [200, 'ready\n', null];
const NOT_READY = [503, 'not ready\n', '5'];

test('a gateway that can do its work is ready', async () => {
  expect(await probe()).toEqual(READY);
  expect(faults).toEqual([]);
});

test('it is not while its database is gone, and is again afterwards', async () => {
  await server.stop();
  expect(await probe()).toEqual(NOT_READY);
  expect(faults).toMatchObject([{ code: 'DATABASE_FAILED' }]);
  await server.start();
  expect(await probe()).toEqual(READY);
});

test('it is not while its database says nothing', async () => {
  const client = await database.pool.connect();
  await client.query('BEGIN; LOCK _prisma_migrations IN ACCESS EXCLUSIVE MODE');
  expect(await probe()).toEqual(NOT_READY);
  await client.query('ROLLBACK');
  client.release();
  expect(await probe()).toEqual(READY);
});

test('it is with a database that an upgrade has migrated already', async () => {
  await database.pool.query(
    `INSERT INTO _prisma_migrations (id, migration_name, checksum, finished_at) VALUES ('next', '29990101000000_next', 'x', now())`,
  );
  expect(await probe()).toEqual(READY);
  await database.pool.query(`DELETE FROM _prisma_migrations WHERE id = 'next'`);
});

test('it is not with a database of an older version', async () => {
  const { rows } = await database.pool.query(
    'DELETE FROM _prisma_migrations WHERE migration_name = (SELECT max(migration_name) FROM _prisma_migrations) RETURNING *',
  );
  expect(await probe()).toEqual(NOT_READY);
  expect(faults).toMatchObject([{ code: 'MIGRATION_BROKEN' }]);
  const [row] = rows as [{ id: string; migration_name: string; checksum: string }];
  const values = [row.id, row.migration_name, row.checksum];
  await database.pool.query(
    `INSERT INTO _prisma_migrations (id, migration_name, checksum, finished_at) VALUES ($1, $2, $3, now())`,
    values,
  );
  expect(await probe()).toEqual(READY);
});

test('it is not without a key that signs', async () => {
  const keys = join(folder.path, 'signing');
  rmSync(keys, { recursive: true });
  writeFileSync(keys, 'not a folder');
  expect(await probe()).toEqual(NOT_READY);
  rmSync(keys);
  expect(await probe()).toEqual(READY);
});

test('it is not without its storage', async () => {
  const bundles = join(folder.path, 'bundles');
  mkdirSync(bundles, { recursive: true });
  writeFileSync(join(bundles, 'carryall'), 'not a folder');
  expect(await probe()).toEqual(NOT_READY);
  expect(faults).toMatchObject([{ code: 'OUTPUT_FAILED' }]);
  rmSync(bundles, { recursive: true });
  expect(await probe()).toEqual(READY);
});

test('it is not once it is asked to stop, and tells why to nobody', async () => {
  stopping.abort();
  expect(await probe()).toEqual(NOT_READY);
  expect(faults).toEqual([]);
});
