import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBoss } from '../../src/jobs/boss.ts';
import { withTransaction } from '../../src/store/session.ts';
import { sql } from '../../src/store/sql.ts';
import { openTestDatabase } from '../support/database.ts';
import { openOffice, type Office } from './office.ts';

let office: Office;
beforeAll(async () => {
  office = await openOffice({ tenants: { cr: 'CR', cp: 'CP' } });
});
afterAll(() => office[Symbol.asyncDispose]());

const jobs = (requestId: string) =>
  office.rows<{ data: object }>(`SELECT data FROM pgboss.job WHERE singleton_key = $1`, [requestId]);

test('U-17: a request that is rolled back has no job, one that is committed has exactly one', async () => {
  const { queue } = office.process.desk;
  const send = (requestId: string, fails: boolean) =>
    withTransaction(office.database.pool, 'cr', async (writer) => {
      await queue.enqueue(writer, { tenantId: 'cr', requestId });
      await queue.enqueue(writer, { tenantId: 'cr', requestId });
      if (fails) throw new Error('rolled back');
    });
  await expect(send('req_a', true)).rejects.toThrow('rolled back');
  expect(await jobs('req_a')).toEqual([]);
  await send('req_b', false);
  await send('req_b', false);
  expect(await jobs('req_b')).toEqual([{ data: { tenantId: 'cr', requestId: 'req_b' } }]);
});

test('a tenant can queue nothing for another, and sees no job of another', async () => {
  const { queue } = office.process.desk;
  const { pool } = office.database;
  await withTransaction(pool, 'cr', (writer) => queue.enqueue(writer, { tenantId: 'cr', requestId: 'req_mine' }));
  await expect(
    withTransaction(pool, 'cp', (writer) => queue.enqueue(writer, { tenantId: 'cr', requestId: 'req_forged' })),
  ).rejects.toMatchObject({ code: 'DATABASE_FAILED' });
  const seen = await withTransaction(pool, 'cp', (reader) => reader.query(sql`SELECT id FROM pgboss.job_common`));
  expect(seen).toEqual([]);
  await expect(
    withTransaction(pool, 'cr', (writer) => writer.execute(sql`DELETE FROM pgboss.job_common`)),
  ).rejects.toMatchObject({ code: 'DATABASE_FAILED' });
  await expect(
    withTransaction(pool, 'cr', (reader) => reader.query(sql`SELECT 1 FROM pgboss.job`)),
  ).rejects.toMatchObject({ code: 'DATABASE_FAILED' });
});

test('U-05: a queue without a heartbeat is refused at the start', async () => {
  await using database = await openTestDatabase();
  const onFault = (): void => {};
  {
    await using boss = await openBoss(database.pool, { onFault });
    expect(await boss.boss.getQueues()).toHaveLength(2);
  }
  await database.pool.query(`UPDATE pgboss.queue SET heartbeat_seconds = NULL WHERE name = 'bundle-build'`);
  await expect(openBoss(database.pool, { onFault })).rejects.toMatchObject({
    code: 'MIGRATION_BROKEN',
    message: expect.stringContaining('bundle-build has no heartbeat') as string,
  });
});

test('the tables that the migration makes are those that pg-boss expects', async () => {
  const { boss } = office.process.boss;
  const drift = await boss.detectSchemaDrift();
  expect(drift).toMatchObject({ ok: true, extraIndexes: [] });
});
