import { createServer } from 'node:net';
import { join } from 'node:path';
import { inject, expect, test } from 'vitest';
import { assertVersion, openDatabase } from '../../src/store/database.ts';
import { openEmptyDatabase } from '../support/database.ts';
import { openTemporaryFolder } from '../support/temporary-folder.ts';

test('a database without a connection string is one of our own, which stops when it is closed', async () => {
  using folder = openTemporaryFolder();
  const database = await openDatabase({ folder: join(folder.path, 'data'), durable: false });
  expect((await database.pool.query('SELECT current_database() AS name')).rows).toEqual([{ name: 'carryall' }]);
  await database.close();
  await database.close();
  await expect(openDatabase({ url: database.url })).rejects.toMatchObject({ code: 'DATABASE_MISSING' });
});

test('connections are in UTC and name themselves, whatever else the connection string asks for', async () => {
  const url = new URL(inject('serverUrl'));
  url.searchParams.set('options', '-c TimeZone=Asia/Tokyo -c statement_timeout=12345');
  await using database = await openDatabase({ url: url.href });
  const { rows } = await database.pool.query(
    `SELECT current_setting('TimeZone') AS zone, current_setting('statement_timeout') AS timeout, current_setting('application_name') AS name`,
  );
  expect(rows).toEqual([{ zone: 'UTC', timeout: '12345ms', name: 'carryall' }]);
});

test('a connection string keeps its special characters', async () => {
  const url = new URL(inject('serverUrl'));
  const name = `carryall+test %41${process.pid}`;
  url.pathname = `/${encodeURIComponent(name).replace('%2B', '+')}`;
  await using admin = await openDatabase({ url: inject('serverUrl') });
  await admin.pool.query(`CREATE DATABASE "${name}"`);
  try {
    await using database = await openDatabase({ url: url.href });
    expect((await database.pool.query('SELECT current_database() AS name')).rows).toEqual([{ name }]);
  } finally {
    await admin.pool.query(`DROP DATABASE "${name}"`);
  }
});

test('no more connections are opened than allowed', async () => {
  await using database = await openDatabase({ url: inject('serverUrl'), max: 2 });
  await Promise.all(Array.from({ length: 8 }, () => database.pool.query('SELECT pg_sleep(0.02)')));
  expect(database.pool.totalCount).toBe(2);
});

test('a server that is not there is missing, and its password stays out of the error', async () => {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  const error = await refusal(`postgresql://someone:hunter2@127.0.0.1:${port}/people`);
  expect(error).toMatchObject({
    code: 'DATABASE_MISSING',
    message: expect.stringContaining(`people answers at 127.0.0.1:${port} (ECONNREFUSED)`) as string,
  });
  expect(JSON.stringify(error) + String(error)).not.toContain('hunter2');
});

test('a database that the server lacks is missing, by name', async () => {
  const url = new URL(inject('serverUrl'));
  url.pathname = '/no_such_database';
  expect(await refusal(url.href)).toMatchObject({
    code: 'DATABASE_MISSING',
    message: expect.stringContaining('no_such_database') as string,
  });
});

test.each(['people', 'mysql://u:hunter2@h/d', 'http://x', ''])('%j is no connection string', async (url) => {
  const error = await refusal(url);
  expect(error).toMatchObject({
    code: 'DATABASE_MISSING',
    message: expect.stringContaining('must look like') as string,
  });
  expect(String(error)).not.toContain('hunter2');
});

test('neither a connection string nor a folder is bad input', async () => {
  await expect(openDatabase({})).rejects.toMatchObject({ code: 'BAD_INPUT' });
});

test('servers before PostgreSQL 15 are too old, later ones are not', () => {
  expect(() => assertVersion(149_999)).toThrow(expect.objectContaining({ code: 'DATABASE_TOO_OLD' }));
  expect(() => assertVersion(90_624)).toThrow(/this server is 9\./);
  expect(() => assertVersion(150_000)).not.toThrow();
  expect(() => assertVersion(180_004)).not.toThrow();
});

test('the loss of an idle connection is logged and does not end the process', async () => {
  await using empty = await openEmptyDatabase();
  const log: string[] = [];
  await using database = await openDatabase({ url: empty.url, onLog: (line) => log.push(line) });
  await empty.pool.query(
    `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
  );
  await expect.poll(() => log).toHaveLength(1);
  expect((await database.pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
});

async function refusal(url: string): Promise<unknown> {
  return openDatabase({ url }).then(
    (database) => database.close(),
    (error: unknown) => error,
  );
}
