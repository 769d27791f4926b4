import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../src/store/database.ts';
import { withSnapshot } from '../../src/store/session.ts';
import { Blank, sql } from '../../src/store/sql.ts';
import { openEmptyDatabase } from '../support/database.ts';

let database: Database;
beforeAll(async () => void (database = await openEmptyDatabase()));
afterAll(() => database.close());

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('\\', '\t', '\n', '\r', '\b', '\f', '\v', 'N', 't', '.', 'é', '😀') }),
);
const storable = text.map((each) => each.replaceAll('\0', '').toWellFormed());

test('rows that are read at once are the bytes that COPY gives', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(storable, fc.option(storable)), { maxLength: 5 }), async (rows) => {
      const [one, two] = [JSON.stringify(rows.map(([each]) => each)), JSON.stringify(rows.map(([, each]) => each))];
      const query = sql`SELECT n, a.value, b.value, n % 2 = 0, now() - n * interval '1 s', n / 3.0::float8, ARRAY[a.value]
        FROM ROWS FROM (json_array_elements_text(${one}::json), json_array_elements_text(${two}::json)) WITH ORDINALITY AS r (a, b, n),
          LATERAL (SELECT r.a AS value) a, LATERAL (SELECT r.b AS value) b`;
      await withSnapshot(database.pool, 't', async (reader) => {
        const copied = await buffer(reader.copyOut(query, 'cells'));
        expect(await reader.cells(query, Infinity)).toEqual(copied);
      });
    }),
    { numRuns: 100 },
  );
});

test('rows that are too large together are let go, and the next question is answered', async () => {
  const rows = sql`SELECT repeat('x', 1000) FROM generate_series(1, ${10}::int)`;
  await withSnapshot(database.pool, 't', async (reader) => {
    const answers = await Promise.all([
      reader.cells(rows, 5000),
      reader.cells(rows, 20_000),
      reader.cells(sql`SELECT 1`, 5),
    ]);
    expect(answers.map((each) => each?.length ?? null)).toEqual([null, 10_010, 2]);
  });
});

test('what is asked in one turn is answered each for itself, up to what the server refuses', async () => {
  const prepared = { isPrepared: true };
  const asking = withSnapshot(database.pool, 't', async (reader) => {
    const asked = [
      reader.query(sql`SELECT 1 AS n`, prepared),
      reader.query(sql`SELECT 1 / ${0}::int AS n`, prepared),
      reader.query(sql`SELECT 2 AS n`, prepared),
    ];
    const answers = await Promise.allSettled(asked);
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    await Promise.all(asked);
  });
  await expect(asking).rejects.toMatchObject({ code: 'DATABASE_FAILED' });
  // The connection is as good as new.
  await withSnapshot(database.pool, 't', async (reader) => {
    expect(await reader.query(sql`SELECT 3 AS n`, prepared)).toEqual([{ n: 3 }]);
  });
});

test('a statement with a blank in it is filled or not sent', async () => {
  const half = sql`SELECT ${new Blank('n')}::int AS n`;
  await withSnapshot(database.pool, 't', async (reader) => {
    expect(await reader.query(half.fill(new Map([['n', 5]])))).toEqual([{ n: 5 }]);
    await expect(reader.query(half)).rejects.toThrow('the blank n was not filled');
    expect(() => reader.copyOut(half, 'cells')).toThrow('the blank n was not filled');
  });
  expect(() => half.fill(new Map())).toThrow('nothing for the blank n');
});
