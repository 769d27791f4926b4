import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { buffer, text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../src/store/database.ts';
import { withSnapshot, withTransaction } from '../../src/store/session.ts';
import { sql, type Sql } from '../../src/store/sql.ts';
import { openEmptyDatabase } from '../support/database.ts';

const TENANT = 't';

let database: Database;
beforeAll(async () => void (database = await openEmptyDatabase()));
afterAll(() => database.close());

/** How many connections run a statement that holds `mark`. */
async function running(mark: string): Promise<number> {
  const { rows } = await database.pool.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND query LIKE '%' || $1 || '%'`,
    [mark],
  );
  return rows[0]?.n ?? -1;
}

async function untilRunning(mark: string): Promise<void> {
  while ((await running(mark)) === 0) await sleep(10);
}

function lines(fragment: Sql): Promise<string> {
  return withSnapshot(database.pool, TENANT, (reader) => text(reader.copyOut(fragment, 'lines')));
}

test('JSON comes out a row a line, byte for byte as PostgreSQL made it', async () => {
  const nasty = 'a "quoted", back\\slashed\ttabbed\nbroken\r\u0001\u0002 line – 😀 \\N \\.';
  const output = await lines(
    sql`SELECT json_build_object('n', n, 'text', ${nasty}::text) FROM generate_series(1, 3) n`,
  );
  const rows = output
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  expect(rows).toEqual([1, 2, 3].map((n) => ({ n, text: nasty })));
});

test('text that does not fit a line fails loudly instead of breaking the lines', async () => {
  await expect(lines(sql`SELECT ${'two\nlines'}::text`)).rejects.toMatchObject({ code: 'DATABASE_FAILED' });
  await expect(lines(sql`SELECT ${''}::text`)).rejects.toMatchObject({ code: 'DATABASE_FAILED' });
});

test('CSV is quoted where it must be', async () => {
  const output = await withSnapshot(database.pool, TENANT, (reader) =>
    text(reader.copyOut(sql`SELECT 1, ${'a,"b"\nc'}::text, NULL, ''::text, ${"it's"}::text`, 'csv')),
  );
  expect(output).toBe(`1,"a,""b""\nc",,"",it's\n`);
});

test('no rows are no bytes', async () => {
  expect(await lines(sql`SELECT 1 WHERE false`)).toBe('');
});

test('several streams follow each other in one snapshot, with queries between them', async () => {
  await withSnapshot(database.pool, TENANT, async (reader) => {
    expect(await text(reader.copyOut(sql`SELECT 1`, 'lines'))).toBe('1\n');
    expect(await reader.query(sql`SELECT 2 AS two`)).toEqual([{ two: 2 }]);
    expect(await text(reader.copyOut(sql`SELECT 3`, 'lines'))).toBe('3\n');
  });
});

test('a reader that does not read holds the server back', async () => {
  await withSnapshot(database.pool, TENANT, async (reader) => {
    const stream = reader.copyOut(sql`SELECT repeat('x', 1000) FROM generate_series(1, 200000)`, 'lines');
    await once(stream, 'readable');
    const before = process.memoryUsage().arrayBuffers;
    await sleep(300);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20e6);
    expect(stream.readableLength).toBeLessThan(2e6);
    expect((await buffer(stream)).length).toBe(200_000 * 1001);
  });
});

test('a query that fails at once fails the stream with a named error without its values', async () => {
  const error: unknown = await lines(sql`SELECT ${'secret'}::int`).catch((reason: unknown) => reason);
  expect(error).toMatchObject({
    code: 'DATABASE_FAILED',
    message: 'The database refused a statement (SQLSTATE 22P02).',
  });
});

test('a query that fails half-way fails the stream and leaves the connection usable', async () => {
  const before = database.pool.totalCount;
  await expect(lines(sql`SELECT 1 / (50000 - n) FROM generate_series(1, 100000) n`)).rejects.toMatchObject({
    code: 'DATABASE_FAILED',
  });
  expect(database.pool.totalCount).toBe(before);
  expect(await lines(sql`SELECT 1`)).toBe('1\n');
});

test('an abort ends the query on the server while it computes', async () => {
  const abort = new AbortController();
  const reading = withSnapshot(database.pool, TENANT, (reader) =>
    text(reader.copyOut(sql`SELECT pg_sleep(60)::text || ${'abort-mark'}`, 'lines', { signal: abort.signal })),
  );
  const outcome = expect(reading).rejects.toMatchObject({ code: 'CANCELLED' });
  await untilRunning('abort-mark');
  abort.abort(new Error('the caller left'));
  await outcome;
  expect(await running('abort-mark')).toBe(0);
  expect(await lines(sql`SELECT 1`)).toBe('1\n');
});

test('a signal that aborted before gives no bytes', async () => {
  const reading = withSnapshot(database.pool, TENANT, (reader) =>
    text(reader.copyOut(sql`SELECT 1 FROM generate_series(1, 1000000)`, 'lines', { signal: AbortSignal.abort() })),
  );
  await expect(reading).rejects.toMatchObject({ code: 'CANCELLED' });
});

test('a stream that is destroyed half-way ends the query on the server and keeps the connection out of the pool', async () => {
  const fragment = sql`SELECT n, ${'destroy-mark'}::text FROM generate_series(1, 100000000) n`;
  await expect(
    withSnapshot(database.pool, TENANT, async (reader) => {
      const stream = reader.copyOut(fragment, 'csv');
      await once(stream, 'readable');
      expect(await running('destroy-mark')).toBe(1);
      await once(stream.destroy(), 'close');
      expect(await running('destroy-mark')).toBe(0);
      return reader.query(sql`SELECT 1`);
    }),
  ).rejects.toMatchObject({ code: 'DATABASE_FAILED' });
  expect(await lines(sql`SELECT 1`)).toBe('1\n');
});

test('a snapshot whose work leaves a stream unread fails and leaves no query behind', async () => {
  const fragment = sql`SELECT n, ${'unread-mark'}::text FROM generate_series(1, 100000000) n`;
  const leaving = withSnapshot(database.pool, TENANT, async (reader) => void reader.copyOut(fragment, 'csv'));
  await expect(leaving).rejects.toMatchObject({
    code: 'DATABASE_FAILED',
    message: expect.stringContaining('still being read') as string,
  });
  expect(await running('unread-mark')).toBe(0);
});

test('a query beside an unread stream is refused instead of waiting for ever', async () => {
  await withTransaction(database.pool, TENANT, async (writer) => {
    const stream = writer.copyOut(sql`SELECT 1`, 'lines');
    await expect(writer.query(sql`SELECT 1`)).rejects.toMatchObject({ code: 'DATABASE_FAILED' });
    expect(await text(stream)).toBe('1\n');
  });
});

test('more cancelled streams than the pool has connections do not block it', async () => {
  for (let round = 0; round < 12; round++) {
    await withSnapshot(database.pool, TENANT, async (reader) => {
      const stream = reader.copyOut(sql`SELECT generate_series(1, 10000000)`, 'lines');
      await once(stream, 'readable');
      throw new Error('enough');
    }).catch((error: unknown) => expect(error).toMatchObject({ message: 'enough' }));
  }
  expect(await lines(sql`SELECT 1`)).toBe('1\n');
});
