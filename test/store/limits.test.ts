import { setTimeout as sleep } from 'node:timers/promises';
import { text } from 'node:stream/consumers';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { exportSnapshot, openSnapshot, withSnapshot } from '../../src/store/session.ts';
import { sql } from '../../src/store/sql.ts';
import { openEmptyDatabase } from '../support/database.ts';
import { openStallingProxy } from '../support/stalling-proxy.ts';

const TENANT = 'somebody';
const HELD = { code: 'DATABASE_FAILED', message: expect.stringContaining('was held for 200 ms') as string };
const SLOW = {
  code: 'DATABASE_FAILED',
  message: expect.stringContaining('longer than 200 ms for one query') as string,
};
const MANY = sql`SELECT repeat('x', 1000) FROM generate_series(1, 100000)`;

let database: Database;
beforeAll(async () => {
  database = await openEmptyDatabase();
  await database.pool.query('CREATE TABLE note (id int); GRANT SELECT ON note TO PUBLIC');
});
afterAll(() => database.close());

/** That no other session holds a transaction, and with it what the database would clean up. */
async function nothingIsHeld(pool: pg.Pool = database.pool): Promise<void> {
  const { rows } = await pool.query(
    `SELECT query FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
     AND (xact_start IS NOT NULL OR backend_xmin IS NOT NULL) AND backend_type = 'client backend'`,
  );
  expect(rows).toEqual([]);
  expect(await withSnapshot(pool, TENANT, (reader) => reader.query(sql`SELECT 1 AS one`))).toEqual([{ one: 1 }]);
}

test('U-34: a snapshot that is held too long between queries is ended, and its work is told', async () => {
  const holding = withSnapshot(
    database.pool,
    TENANT,
    (_reader, signal) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
    { longestMs: 200 },
  );
  await expect(holding).rejects.toMatchObject(HELD);
  await nothingIsHeld();
});

test('U-34: a snapshot whose work goes on as if nothing were fails all the same', async () => {
  let released = false;
  const holding = withSnapshot(
    database.pool,
    TENANT,
    async (reader, signal) => {
      while (!signal.aborted) await sleep(10);
      await expect.poll(() => nothingIsHeld().then(() => true)).toBe(true);
      released = true;
      await expect(reader.query(sql`SELECT 1`)).rejects.toMatchObject(HELD);
      expect(() => reader.copyOut(sql`SELECT 1`, 'lines')).toThrow(expect.objectContaining(HELD));
      return 'done';
    },
    { longestMs: 200 },
  );
  await expect(holding).rejects.toMatchObject(HELD);
  expect(released).toBe(true);
});

test('U-34: a snapshot that is held too long by a query is ended', async () => {
  const holding = withSnapshot(database.pool, TENANT, (reader) => reader.query(sql`SELECT pg_sleep(600)`), {
    longestMs: 200,
  });
  await expect(holding).rejects.toMatchObject(HELD);
  await nothingIsHeld();
});

test('U-34: a snapshot that is held too long by a slow reader of rows is ended, and the rows with it', async () => {
  const holding = withSnapshot(
    database.pool,
    TENANT,
    async (reader) => {
      for await (const _chunk of reader.copyOut(MANY, 'lines')) await sleep(20);
    },
    { longestMs: 200 },
  );
  await expect(holding).rejects.toMatchObject(HELD);
  await nothingIsHeld();
});

test('U-34: the server has limits of its own, a little longer, and keeps shorter ones', async () => {
  const settings = sql`SELECT current_setting('statement_timeout') AS statement, current_setting('idle_in_transaction_session_timeout') AS idle,
    current_setting('transaction_timeout', true) AS transaction, current_setting('server_version_num')::int >= 170000 AS recent`;
  const longestMs = 20_000;
  const [row] = await withSnapshot(database.pool, TENANT, (reader) => reader.query<{ recent: boolean }>(settings), {
    longestMs,
  });
  expect(row).toMatchObject({ statement: '25s', idle: '25s', transaction: row?.recent === true ? '25s' : null });
  const url = new URL(database.url);
  url.searchParams.set('options', '-c statement_timeout=7s');
  await using other = await openDatabase({ url: url.href });
  expect(await withSnapshot(other.pool, TENANT, (reader) => reader.query(settings), { longestMs })).toMatchObject([
    { statement: '7s', idle: '25s' },
  ]);
});

test('a query that waits too long for a lock is ended on the server, and says so', async () => {
  const lock = await database.pool.connect();
  try {
    await lock.query('BEGIN; LOCK TABLE note IN ACCESS EXCLUSIVE MODE');
    const waiting = withSnapshot(database.pool, TENANT, (reader) => reader.query(sql`SELECT * FROM note`), {
      queryMs: 200,
    });
    await expect(waiting).rejects.toMatchObject(SLOW);
    const { rows } = await lock.query(`SELECT FROM pg_locks WHERE NOT granted AND relation = 'note'::regclass`);
    expect(rows).toEqual([]);
  } finally {
    await lock.query('ROLLBACK');
    lock.release();
  }
  await nothingIsHeld();
});

test('the limit of a query is not one of a COPY whose reader is slow', async () => {
  const read = await withSnapshot(
    database.pool,
    TENANT,
    async (reader) => {
      const rows = reader.copyOut(MANY, 'lines');
      await sleep(2500);
      return (await text(rows)).length;
    },
    { queryMs: 2000 },
  );
  expect(read).toBe(100_000 * 1001);
});

test('U-08: a query on a line that went dead fails when its time is up, and so does what follows', async () => {
  await using proxy = await openStallingProxy(database.url);
  await using far = await openDatabase({ url: proxy.url });
  const asking = withSnapshot(
    far.pool,
    TENANT,
    async (reader) => {
      proxy.stall();
      await reader.query(sql`SELECT 1`);
    },
    { queryMs: 200 },
  );
  await expect(asking).rejects.toMatchObject(SLOW);
});

test('U-08: work that fails on a line that went dead does not wait for ever to roll back', async () => {
  await using proxy = await openStallingProxy(database.url);
  await using far = await openDatabase({ url: proxy.url });
  const failing = withSnapshot(
    far.pool,
    TENANT,
    () => {
      proxy.stall();
      return Promise.reject(new Error('for another reason'));
    },
    { queryMs: 200 },
  );
  await expect(failing).rejects.toMatchObject(SLOW);
});

test('U-08: a second reader of a snapshot has the same limits', async () => {
  await using proxy = await openStallingProxy(database.url);
  await using far = await openDatabase({ url: proxy.url });
  await withSnapshot(database.pool, TENANT, async (reader) => {
    await using second = await openSnapshot(far.pool, TENANT, await exportSnapshot(reader), { queryMs: 2000 });
    expect(await second.query(sql`SELECT 1 AS one`)).toEqual([{ one: 1 }]);
    proxy.stall();
    await expect(second.query(sql`SELECT 1`)).rejects.toThrow('longer than 2 s for one query');
  });
});

test('a second reader sees what the first sees, and lets go when it is closed', async () => {
  await database.pool.query('TRUNCATE note');
  await withSnapshot(database.pool, TENANT, async (reader) => {
    const id = await exportSnapshot(reader);
    await database.pool.query('INSERT INTO note VALUES (1)');
    await using second = await openSnapshot(database.pool, TENANT, id);
    expect(await second.query(sql`SELECT * FROM note`)).toEqual([]);
    await expect(second.query(sql`DELETE FROM note`)).rejects.toMatchObject({ code: 'DATABASE_FAILED' });
  });
  await nothingIsHeld();
});

test('a snapshot that nobody exported cannot be opened, and nothing stays open', async () => {
  await expect(openSnapshot(database.pool, TENANT, `x'; DROP TABLE note; --`)).rejects.toMatchObject({
    code: 'DATABASE_FAILED',
  });
  await nothingIsHeld();
});
