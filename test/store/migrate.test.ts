import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Database } from '../../src/store/database.ts';
import { assertMigrated, migrate } from '../../src/store/migrate.ts';
import { openEmptyDatabase, openTestDatabase } from '../support/database.ts';
import { MIGRATIONS } from '../support/paths.ts';

let database: Database;
let folder: string;
beforeEach(async () => {
  database = await openEmptyDatabase();
  folder = mkdtempSync(join(tmpdir(), 'carryall-migrations-'));
  write('1_first', 'CREATE TABLE first (n int); INSERT INTO first VALUES (1);');
  write('2_second', 'ALTER TABLE first ADD COLUMN m int;');
});
afterEach(async () => {
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

function write(name: string, script: string): void {
  mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, name, 'migration.sql'), script);
}

test('migrations are applied once, in the order of their names, and new ones later', async () => {
  expect(await migrate(database.pool, folder)).toEqual(['1_first', '2_second']);
  expect(await migrate(database.pool, folder)).toEqual([]);
  write('3_third', 'CREATE TABLE third ();');
  expect(await migrate(database.pool, folder)).toEqual(['3_third']);
  await assertMigrated(database.pool, folder);
  expect((await database.pool.query('SELECT * FROM first')).rows).toEqual([{ n: 1, m: null }]);
});

test('the record of a migration is the one that Prisma keeps', async () => {
  write('3_umlaut', "-- Größe\nSELECT 'ß';\r\n");
  await migrate(database.pool, folder);
  const { rows } = await database.pool.query(`SELECT * FROM _prisma_migrations WHERE migration_name = '3_umlaut'`);
  expect(rows).toEqual([
    {
      id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      checksum: createHash('sha256').update("-- Größe\nSELECT 'ß';\r\n").digest('hex'),
      started_at: expect.any(Date) as Date,
      finished_at: expect.any(Date) as Date,
      migration_name: '3_umlaut',
      logs: null,
      rolled_back_at: null,
      applied_steps_count: 1,
    },
  ]);
});

test('two runs at once apply every migration once', async () => {
  write('3_slow', 'SELECT pg_sleep(0.2); CREATE TABLE slow ();');
  const runs = await Promise.all([
    migrate(database.pool, folder),
    migrate(database.pool, folder),
    migrate(database.pool, folder),
  ]);
  expect(runs.flat().sort()).toEqual(['1_first', '2_second', '3_slow']);
});

test('a migration that fails leaves nothing of itself, keeps those before it, and can be mended', async () => {
  write('3_bad', 'CREATE TABLE bad (); SELECT 1 / 0;');
  await expect(migrate(database.pool, folder)).rejects.toMatchObject({
    code: 'MIGRATION_BROKEN',
    message: expect.stringContaining('3_bad failed (SQLSTATE 22012)') as string,
  });
  expect((await database.pool.query(`SELECT to_regclass('bad') AS bad, to_regclass('first') AS first`)).rows).toEqual([
    { bad: null, first: 'first' },
  ]);
  write('3_bad', 'CREATE TABLE bad ();');
  expect(await migrate(database.pool, folder)).toEqual(['3_bad']);
});

test('a migration that was changed after it was applied is broken, by name', async () => {
  await migrate(database.pool, folder);
  write('2_second', 'ALTER TABLE first ADD COLUMN other int;');
  const broken = { code: 'MIGRATION_BROKEN', message: expect.stringContaining('2_second was changed') as string };
  await expect(migrate(database.pool, folder)).rejects.toMatchObject(broken);
  await expect(assertMigrated(database.pool, folder)).rejects.toMatchObject(broken);
});

test('a database with a migration that the code lacks is newer', async () => {
  await migrate(database.pool, folder);
  rmSync(join(folder, '2_second'), { recursive: true });
  const newer = { code: 'DATABASE_NEWER', message: expect.stringContaining('2_second') as string };
  await expect(migrate(database.pool, folder)).rejects.toMatchObject(newer);
  await expect(assertMigrated(database.pool, folder)).rejects.toMatchObject(newer);
});

test('a migration that was started and not finished is broken, until it is marked as rolled back', async () => {
  await migrate(database.pool, folder);
  write('3_half', 'CREATE TABLE half ();');
  await database.pool.query(
    `INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ('x', 'y', '3_half')`,
  );
  const broken = {
    code: 'MIGRATION_BROKEN',
    message: expect.stringContaining('resolve --rolled-back 3_half') as string,
  };
  await expect(migrate(database.pool, folder)).rejects.toMatchObject(broken);
  await expect(assertMigrated(database.pool, folder)).rejects.toMatchObject(broken);
  await database.pool.query(`UPDATE _prisma_migrations SET rolled_back_at = now() WHERE id = 'x'`);
  expect(await migrate(database.pool, folder)).toEqual(['3_half']);
});

test('a database that was never migrated is missing, and one that is behind names what it lacks', async () => {
  await expect(assertMigrated(database.pool, folder)).rejects.toMatchObject({
    code: 'DATABASE_MISSING',
    message: expect.stringContaining('carryall migrate') as string,
  });
  await migrate(database.pool, folder);
  write('3_third', 'CREATE TABLE third ();');
  await expect(assertMigrated(database.pool, folder)).rejects.toMatchObject({
    code: 'MIGRATION_BROKEN',
    message: expect.stringContaining('lacks the migration 3_third') as string,
  });
});

test('a folder that is not there, or a migration without a script, is broken', async () => {
  await expect(migrate(database.pool, join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'MIGRATION_BROKEN' });
  mkdirSync(join(folder, '3_empty'));
  await expect(migrate(database.pool, folder)).rejects.toMatchObject({
    code: 'MIGRATION_BROKEN',
    message: expect.stringContaining('3_empty') as string,
  });
  expect((await database.pool.query(`SELECT to_regclass('first') AS first`)).rows).toEqual([{ first: null }]);
});

test('what a script sets for its session does not reach the next user of the connection', async () => {
  write('3_path', `SET search_path TO ''; SELECT 1;`);
  await migrate(database.pool, folder);
  expect((await database.pool.query('SHOW search_path')).rows).toEqual([{ search_path: '"$user", public' }]);
});

test('the project’s own migrations are all in the template of the tests', async () => {
  await using migrated = await openTestDatabase();
  await assertMigrated(migrated.pool, MIGRATIONS);
});
