import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Database } from '../../src/store/database.ts';
import { withPackets } from '../../src/store/packet-transaction.ts';
import { sql } from '../../src/store/sql.ts';
import { openTestDatabase } from '../support/database.ts';

let database: Database;
let pool: pg.Pool;
beforeAll(async () => {
  database = await openTestDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 1 });
  for (const tenant of ['one', 'two'])
    await pool.query(`INSERT INTO tenant (tenant_id, policy_code, name) VALUES ($1, 'CP', $1)`, [tenant]);
});
afterAll(async () => {
  await pool.end();
  await database.close();
});
beforeEach(() => pool.query('DELETE FROM subject'));

const add = (id: string, tenant = 'one') => sql`INSERT INTO subject (tenant_id, id) VALUES (${tenant}, ${id})`;
const ids = async (): Promise<unknown[]> =>
  (await pool.query<{ id: string }>('SELECT id FROM subject ORDER BY id')).rows.map(({ id }) => id);

test('what a transaction asks and its last statement are kept together, and it returns its result', async () => {
  const found = await withPackets(pool, 'one', async (writer) => {
    const [rows] = await Promise.all([writer.query(sql`SELECT 1 AS n`), writer.query(add('ann'))]);
    return { result: rows, last: add('bob') };
  });
  expect(found).toEqual([{ n: 1 }]);
  expect(await ids()).toEqual(['ann', 'bob']);
});

test('nobody sees anything of it before it ends', async () => {
  await withPackets(database.pool, 'one', async (writer) => {
    await writer.query(add('ann'));
    expect(await ids()).toEqual([]);
    return { result: null, last: sql`SELECT 1` };
  });
  expect(await ids()).toEqual(['ann']);
});

test.each([
  ['its last statement is refused', async () => ({ result: null, last: sql`SELECT 1 / 0` })],
  [
    'its work fails',
    () => {
      throw new Error('changed my mind');
    },
  ],
])('where %s, nothing is kept, and the next one finds a connection', async (_when, end) => {
  const attempt = withPackets(pool, 'one', async (writer) => {
    await writer.query(add('ann'));
    return end();
  });
  await expect(attempt).rejects.toThrow();
  expect(await ids()).toEqual([]);
  await withPackets(pool, 'one', async () => ({ result: null, last: add('bob') }));
  expect(await ids()).toEqual(['bob']);
});

test('one statement that is refused fails those that were asked with it, before and after', async () => {
  const attempt = withPackets(pool, 'one', async (writer) => {
    const answers = await Promise.allSettled([
      writer.query(add('ann')),
      writer.query(add('ann')),
      writer.query(add('bob')),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    return { result: null, last: add('cid') };
  });
  await expect(attempt).rejects.toMatchObject({ code: 'DATABASE_FAILED' });
  expect(await ids()).toEqual([]);
});

test('A-34: it writes for its tenant and for no other, and leaves the connection bound to nobody', async () => {
  const attempt = withPackets(pool, 'one', async () => ({ result: null, last: add('ann', 'two') }));
  await expect(attempt).rejects.toMatchObject({ code: 'DATABASE_FAILED' });
  await withPackets(pool, 'one', async () => ({ result: null, last: add('ann') }));
  const { rows } = await pool.query<object>(
    `SELECT current_user = session_user AS free, coalesce(current_setting('app.tenant', true), '') AS tenant`,
  );
  expect(rows).toEqual([{ free: true, tenant: '' }]);
  await expect(withPackets(pool, '', async () => ({ result: null, last: add('bob') }))).rejects.toMatchObject({
    code: 'BAD_INPUT',
  });
});
