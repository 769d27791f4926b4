import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../src/store/database.ts';
import { sqlState } from '../../src/store/failure.ts';
import { withSnapshot, withTransaction } from '../../src/store/session.ts';
import { sql } from '../../src/store/sql.ts';
import { openEmptyDatabase } from '../support/database.ts';

const TENANT = 't';

let database: Database;
beforeAll(async () => {
  database = await openEmptyDatabase();
  await database.pool.query('CREATE TABLE note (id int PRIMARY KEY, body text); GRANT ALL ON note TO carryall_app');
});
afterAll(() => database.close());

async function bodies(): Promise<unknown[]> {
  return (await database.pool.query<{ body: string }>('SELECT body FROM note ORDER BY id')).rows.map(
    ({ body }) => body,
  );
}

test('a transaction that returns is kept, and tells how many rows it touched', async () => {
  await database.pool.query('TRUNCATE note');
  const touched = await withTransaction(database.pool, TENANT, async (writer) => {
    await writer.execute(sql`INSERT INTO note VALUES (${1}, ${"it's"}), (${2}, ${null})`);
    return writer.execute(sql`UPDATE note SET body = body || ${'!'}`);
  });
  expect(touched).toBe(2);
  expect(await bodies()).toEqual(["it's!", null]);
});

test('a transaction that throws leaves nothing, and the error is the one thrown', async () => {
  await database.pool.query('TRUNCATE note');
  const thrown = new Error('changed my mind');
  const attempt = withTransaction(database.pool, TENANT, async (writer) => {
    await writer.execute(sql`INSERT INTO note VALUES (1, 'gone')`);
    throw thrown;
  });
  await expect(attempt).rejects.toBe(thrown);
  expect(await bodies()).toEqual([]);
});

test('a snapshot does not see what is written after it began', async () => {
  await database.pool.query('TRUNCATE note');
  await withSnapshot(database.pool, TENANT, async (reader) => {
    expect(await reader.query(sql`SELECT * FROM note`)).toEqual([]);
    await database.pool.query(`INSERT INTO note VALUES (1, 'later')`);
    expect(await reader.query(sql`SELECT * FROM note`)).toEqual([]);
  });
  expect(await bodies()).toEqual(['later']);
});

test('a snapshot cannot write', async () => {
  const attempt = withSnapshot(database.pool, TENANT, (reader) => reader.query(sql`DELETE FROM note RETURNING id`));
  await expect(attempt).rejects.toMatchObject({
    code: 'DATABASE_FAILED',
    message: expect.stringContaining('25006') as string,
  });
});

test('a snapshot’s times are in UTC whatever the connection’s are', async () => {
  await database.pool.query(
    `ALTER DATABASE ${(await database.pool.query<{ d: string }>('SELECT current_database() d')).rows[0]?.d} SET TimeZone = 'Asia/Kolkata'`,
  );
  const rows = await withSnapshot(database.pool, TENANT, (reader) =>
    reader.query(
      sql`SELECT to_json(timestamptz '2026-07-01 12:00:00.123456Z')::text AS at, current_setting('TimeZone') AS zone`,
    ),
  );
  expect(rows).toEqual([{ at: '"2026-07-01T12:00:00.123456+00:00"', zone: 'UTC' }]);
});

test('G-43: a refusal names the SQLSTATE, and no table, column, constraint or value', async () => {
  await database.pool.query(`TRUNCATE note; INSERT INTO note VALUES (1, 'a')`);
  const attempt = withTransaction(database.pool, TENANT, (writer) =>
    writer.execute(sql`INSERT INTO note VALUES (${1}, ${'secret'})`),
  );
  const error: unknown = await attempt.catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'DATABASE_FAILED' });
  expect((error as Error).message).toBe('The database refused a statement (SQLSTATE 23505).');
  expect(sqlState(error)).toBe('23505');
});

test('a connection that is cut in a transaction is a named failure, and the next transaction works', async () => {
  const attempt = withTransaction(database.pool, TENANT, async (writer) => {
    const [own] = await writer.query<{ pid: number }>(sql`SELECT pg_backend_pid() AS pid`);
    await database.pool.query('SELECT pg_terminate_backend($1, 5000)', [own?.pid]);
    return writer.query(sql`SELECT 1`);
  });
  await expect(attempt).rejects.toMatchObject({ code: 'DATABASE_FAILED' });
  expect(await withTransaction(database.pool, TENANT, (writer) => writer.query(sql`SELECT 1 AS one`))).toEqual([
    { one: 1 },
  ]);
});

test('large numbers arrive as text, unrounded', async () => {
  const rows = await withSnapshot(database.pool, TENANT, (reader) =>
    reader.query(sql`SELECT ${9007199254740993n}::int8 AS big, 0.10::numeric AS exact`),
  );
  expect(rows).toEqual([{ big: '9007199254740993', exact: '0.10' }]);
});
