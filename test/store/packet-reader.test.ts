import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../src/store/database.ts';
import { openJoinedReaders, openPacketReader } from '../../src/store/packet-reader.ts';
import { sql, type Sql } from '../../src/store/sql.ts';
import { openTestDatabase } from '../support/database.ts';

let database: Database;
/** One connection, so that what one packet leaves is there for the next. */
let pool: pg.Pool;
beforeAll(async () => {
  database = await openTestDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 1 });
  for (const tenant of ['one', 'two']) {
    await pool.query(`INSERT INTO tenant (tenant_id, policy_code, name) VALUES ($1, 'CP', $1)`, [tenant]);
    await pool.query(`INSERT INTO subject (tenant_id, id) VALUES ($1, 'ann')`, [tenant]);
  }
});
afterAll(async () => {
  await pool.end();
  await database.close();
});

const ask = <Row extends object>(fragment: Sql): Promise<Row[]> => openPacketReader(pool, 'one').query<Row>(fragment);

describe('queries of one turn', () => {
  test('come back each with its own rows, with values as pg gives them', async () => {
    const reader = openPacketReader(pool, 'one');
    const [values, none, many] = await Promise.all([
      reader.query(sql`SELECT ${'it\'s "so" \\'} AS text, ${7}::int AS number, 8::bigint AS large, ${true}::boolean AS flag,
        ${null}::text AS nothing, ${new Date(0)}::timestamptz AS at, ${['a', 'b "c"\\']}::text[] AS list,
        ${Buffer.from([0, 255])}::bytea AS bytes, ${12n}::numeric AS exact`),
      reader.query(sql`SELECT 1 AS one WHERE false`),
      reader.query(sql`SELECT n FROM generate_series(1, 1000) n`),
    ]);
    expect(values).toEqual([
      {
        text: 'it\'s "so" \\',
        number: 7,
        large: '8',
        flag: true,
        nothing: null,
        at: new Date(0),
        list: ['a', 'b "c"\\'],
        bytes: Buffer.from([0, 255]),
        exact: '12',
      },
    ]);
    expect(none).toEqual([]);
    expect(many).toHaveLength(1000);
    expect(many.at(-1)).toEqual({ n: 1000 });
  });

  test('go in one packet, also those that answers of the same turn lead to; later ones go in another', async () => {
    const reader = openPacketReader(pool, 'one');
    const begun = (): Promise<string | undefined> =>
      reader.query<{ at: string }>(sql`SELECT now()::text AS at`).then(([row]) => row?.at);
    const [one, two, led] = await Promise.all([begun(), begun(), Promise.resolve().then(begun)]);
    expect(one).toBeDefined();
    expect([two, led]).toEqual([one, one]);
    expect(await begun()).not.toBe(one);
  });

  test('fail each for itself: one that is refused takes nothing from those before and after it', async () => {
    const reader = openPacketReader(pool, 'one');
    const asked = [sql`SELECT 1 AS n`, sql`SELECT 1 / 0 AS n`, sql`SELECT no_such_column`, sql`SELECT 4 AS n`];
    const answers = await Promise.allSettled(asked.map((each) => reader.query(each)));
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
    expect(answers[1]).toMatchObject({ reason: { code: 'DATABASE_FAILED' } });
    expect(answers[3]).toMatchObject({ value: [{ n: 4 }] });
  });

  test('fail all when the connection is lost, and the next are answered', async () => {
    const reader = openPacketReader(database.pool, 'one');
    const waiting = Promise.allSettled([
      reader.query(sql`SELECT 'to be ended' AS what, pg_sleep(60)`),
      reader.query(sql`SELECT 1`),
    ]);
    const end = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%to be ended%' AND pid <> pg_backend_pid()`;
    while ((await pool.query(end)).rowCount === 0);
    for (const answer of await waiting) expect(answer).toMatchObject({ reason: { code: 'DATABASE_FAILED' } });
    expect(await reader.query(sql`SELECT 1 AS one`)).toEqual([{ one: 1 }]);
  });
});

describe('a packet', () => {
  test('sees the rows of its tenant and of no other', async () => {
    expect(await ask(sql`SELECT tenant_id AS tenant FROM subject`)).toEqual([{ tenant: 'one' }]);
    expect(await ask(sql`SELECT 1 FROM subject WHERE tenant_id = 'two'`)).toEqual([]);
  });

  test('leaves the connection bound to nobody', async () => {
    await ask(sql`SELECT 1`);
    const { rows } = await pool.query<object>(
      `SELECT current_user = session_user AS free, coalesce(current_setting('app.tenant', true), '') AS tenant,
        current_setting('transaction_read_only') AS "readOnly"`,
    );
    expect(rows).toEqual([{ free: true, tenant: '', readOnly: 'off' }]);
  });

  test('cannot write', async () => {
    const refused = { code: 'DATABASE_FAILED', message: expect.stringContaining('25006') as string };
    await expect(ask(sql`DELETE FROM subject RETURNING id`)).rejects.toMatchObject(refused);
    expect(await ask(sql`SELECT id FROM subject`)).toHaveLength(1);
  });

  test('is for a tenant that is named', () => {
    expect(() => openPacketReader(pool, '')).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }));
  });

  test('has no place for a COPY', () => {
    const reader = openPacketReader(pool, 'one');
    expect(() => reader.copyOut(sql`SELECT 1`, 'csv')).toThrow(expect.objectContaining({ code: 'DATABASE_FAILED' }));
  });
});

describe('a statement', () => {
  const kept = async (text: string): Promise<number> => {
    const { rows } = await pool.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM pg_prepared_statements WHERE statement LIKE $1`,
      [text],
    );
    return rows[0]?.count ?? 0;
  };

  test('is prepared once, whatever its values', async () => {
    for (let value = 0; value < 5; value++)
      expect(await ask(sql`SELECT ${value}::int AS asked_often`)).toEqual([{ asked_often: value }]);
    expect(await kept('SELECT%AS asked_often')).toBe(1);
  });

  test('that was long unused is forgotten, and is prepared again when it is needed', async () => {
    const often = (): Promise<object[]> => ask(sql`SELECT 1 AS asked_seldom`);
    await often();
    for (let each = 0; each < 250; each++) await ask(sql`SELECT 1 AS ${sql.identifier(`column_${each}`)}`);
    expect(await kept('SELECT 1 AS asked_seldom')).toBe(0);
    expect(await kept('SELECT 1 AS "column%')).toBeLessThanOrEqual(200);
    expect(await often()).toEqual([{ asked_seldom: 1 }]);
  });

  test('over a table that has changed is prepared anew after it was refused once', async () => {
    await pool.query('CREATE TABLE changing (id int); GRANT SELECT ON changing TO carryall_app');
    const all = (): Promise<object[]> => ask(sql`SELECT * FROM changing`);
    expect(await all()).toEqual([]);
    await pool.query(`ALTER TABLE changing ADD name text; INSERT INTO changing VALUES (1, 'new')`);
    await expect(all()).rejects.toMatchObject({ code: 'DATABASE_FAILED' });
    expect(await all()).toEqual([{ id: 1, name: 'new' }]);
  });
});

describe('queries of many callers', () => {
  const begun = sql`SELECT now()::text AS at, pg_sleep(0.05)::text`;
  const readers = (): ((fragment: Sql) => Promise<{ at: string }[]>) => {
    const readerOf = openJoinedReaders(pool);
    return (fragment) => readerOf('one').query(fragment);
  };

  test('wait while a packet is under way, and go together in the next', async () => {
    const joined = readers();
    const first = joined(begun);
    await new Promise((resolve) => setImmediate(resolve));
    const [second, third] = [joined(sql`SELECT now()::text AS at`), joined(sql`SELECT now()::text AS at, 2 AS two`)];
    const [[one], [two], [three]] = await Promise.all([first, second, third]);
    expect(two?.at).toBe(three?.at);
    expect(two?.at).not.toBe(one?.at);
  });

  test('that are the same are asked once, and see what was there when the last of them asked', async () => {
    const joined = readers();
    const count = sql`SELECT count(*)::int AS count, random()::text AS drawn FROM subject WHERE id = ${'joined'}`;
    const before = joined(begun);
    await new Promise((resolve) => setImmediate(resolve));
    const one = joined(count);
    await database.pool.query(`INSERT INTO subject (tenant_id, id) VALUES ('one', 'joined')`);
    const other = joined(count);
    const [[first], [second]] = await Promise.all([one, other, before]);
    expect(first).toMatchObject({ count: 1 });
    expect(second).toEqual(first);
    const [third] = await joined(count);
    expect(third).not.toEqual(first);
    await database.pool.query(`DELETE FROM subject WHERE id = 'joined'`);
  });

  test('fail each for itself, and tenants stay apart', async () => {
    const readerOf = openJoinedReaders(database.pool);
    const own = sql`SELECT tenant_id AS tenant FROM subject`;
    const answers = await Promise.allSettled([
      readerOf('one').query(own),
      readerOf('one').query(sql`SELECT 1 / 0`),
      readerOf('two').query(own),
    ]);
    expect(answers[0]).toMatchObject({ value: [{ tenant: 'one' }] });
    expect(answers[1]).toMatchObject({ status: 'rejected', reason: { code: 'DATABASE_FAILED' } });
    expect(answers[2]).toMatchObject({ value: [{ tenant: 'two' }] });
  });
});
