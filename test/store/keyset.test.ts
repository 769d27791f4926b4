import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../src/store/database.ts';
import { readPage, type KeysetOrder, type KeysetQuery, type Page } from '../../src/store/keyset.ts';
import { withSnapshot } from '../../src/store/session.ts';
import { sql } from '../../src/store/sql.ts';
import { openEmptyDatabase } from '../support/database.ts';

interface Row {
  readonly id: string;
}

const TENANT = 't';

let database: Database;
beforeAll(async () => {
  database = await openEmptyDatabase();
  // 1000 rows over 137 instants a microsecond apart, so most have ties, and over names that sort unlike their ids.
  await database.pool.query(`
    CREATE TABLE entry (id text PRIMARY KEY, at timestamptz NOT NULL, name text NOT NULL, kept boolean NOT NULL);
    INSERT INTO entry SELECT md5(n::text), timestamptz '2026-03-29 00:59:59.999950Z' + (n % 137) * interval '1 microsecond',
      (ARRAY['Ä', 'a', 'Z', '', 'é', '_'])[n % 6 + 1], n % 10 <> 0 FROM generate_series(1, 1000) n;
    GRANT SELECT ON entry TO carryall_app`);
});
afterAll(() => database.close());

const byTime: KeysetOrder = { column: sql`at`, type: 'timestamptz', id: sql`id`, direction: 'descending' };
const byName: KeysetOrder = { column: sql`name`, type: 'text', id: sql`id`, direction: 'ascending' };

function queryBy(order: KeysetOrder): KeysetQuery {
  return { select: sql`id`, from: sql`entry`, where: sql`kept OR ${false}`, order };
}

function page(order: KeysetOrder, first: number, after?: string): Promise<Page<Row>> {
  return withSnapshot(database.pool, TENANT, (reader) => readPage<Row>(reader, queryBy(order), { first, after }));
}

async function readAll(order: KeysetOrder, first: number): Promise<string[]> {
  const ids: string[] = [];
  let after: string | undefined;
  for (;;) {
    const { rows, cursors, hasNext } = await page(order, first, after);
    ids.push(...rows.map(({ id }) => id));
    if (!hasNext) return ids;
    after = cursors.at(-1);
  }
}

test.each([
  { order: byTime, sorted: 'at DESC, id DESC' },
  { order: { ...byTime, direction: 'ascending' } satisfies KeysetOrder, sorted: 'at, id' },
  { order: byName, sorted: 'name, id' },
  { order: { ...byName, direction: 'descending' } satisfies KeysetOrder, sorted: 'name DESC, id DESC' },
])(
  'pages in the order $sorted give every row once and in order, ties and microseconds included',
  async ({ order, sorted }) => {
    const { rows } = await database.pool.query<Row>(`SELECT id FROM entry WHERE kept ORDER BY ${sorted}`);
    expect(rows).toHaveLength(900);
    expect(await readAll(order, 7)).toEqual(rows.map(({ id }) => id));
    expect(await readAll(order, 100)).toEqual(rows.map(({ id }) => id));
  },
);

test('a page has only the columns asked for, and a cursor beside each row', async () => {
  const { rows, cursors, hasNext } = await page(byTime, 3);
  expect(rows.map((row) => Object.keys(row))).toEqual([['id'], ['id'], ['id']]);
  expect(new Set(cursors).size).toBe(3);
  expect(hasNext).toBe(true);
});

test('a page that ends with the last row has no next', async () => {
  await database.pool.query(
    'CREATE TABLE few AS SELECT * FROM entry ORDER BY id LIMIT 5; GRANT SELECT ON few TO carryall_app',
  );
  const query = { ...queryBy(byTime), from: sql`few`, where: sql`true` };
  const exact = await withSnapshot(database.pool, TENANT, (reader) => readPage<Row>(reader, query, { first: 5 }));
  expect([exact.rows.length, exact.hasNext]).toEqual([5, false]);
});

test.each([0, 101, -1, 1.5, Number.NaN])('a page of %s rows is refused', async (first) => {
  await expect(page(byTime, first)).rejects.toMatchObject({ code: 'BAD_INPUT' });
});

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

test.each([
  ['nothing', ''],
  ['no base64url', '%%%'],
  ['no list', encoded({ sort: 'x' })],
  ['one part', encoded(['2026-01-01 00:00:00+00'])],
  ['a part that is no text', encoded([1, 'x'])],
  ['no timestamp', encoded(["now'; DROP TABLE entry", 'x'])],
  ['a month that does not exist', encoded(['2026-13-01 00:00:00+00', 'x'])],
  ['a NUL', encoded(['2026-01-01 00:00:00+00', '\0'])],
])('a cursor that holds %s is refused', async (_case, cursor) => {
  await expect(page(byTime, 5, cursor)).rejects.toMatchObject({ code: 'BAD_INPUT' });
});

test('a page late in a large list is read from the index alone, not by skipping', async () => {
  await database.pool.query('CREATE INDEX ON entry (at, id); ANALYZE entry');
  const { cursors } = await page(byTime, 100);
  const plans: string[] = [];
  await withSnapshot(database.pool, TENANT, async (reader) => {
    await reader.query(sql`SET LOCAL enable_seqscan = off`);
    await readPage<Row>(
      {
        copyOut: (...args) => reader.copyOut(...args),
        isIdle: () => reader.isIdle(),
        query: async (fragment) => {
          plans.push(JSON.stringify(await reader.query(sql`EXPLAIN ${fragment}`)));
          return reader.query(fragment);
        },
      },
      { ...queryBy(byTime), where: sql`true` },
      { first: 10, after: cursors.at(-1) },
    );
  });
  expect(plans.join()).toMatch(/Index Cond: \(ROW\(at, id\) </);
});
