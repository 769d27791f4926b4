import { afterAll, beforeAll, expect, test } from 'vitest';
import { doChore, startChores, type Chore } from '../../src/jobs/chores.ts';
import { enqueueForgotten, forgetAnswers, remind } from '../../src/jobs/housekeeping.ts';
import { startWorker } from '../../src/jobs/worker.ts';
import { openOffice, type Office } from './office.ts';

let office: Office;
beforeAll(async () => {
  office = await openOffice({ tenants: { cr: 'CR', cp: 'CP' } });
});
afterAll(() => office[Symbol.asyncDispose]());

const fail = (error: unknown): void => {
  throw error;
};

test('a chore is done by one process at a time, for each tenant', async () => {
  const { pool } = office.database;
  const inside = Promise.withResolvers<void>();
  const done = Promise.withResolvers<void>();
  const seen: string[] = [];
  const chore: Chore = {
    name: 'test',
    kind: 'EACH_TENANT',
    everySeconds: 60,
    async run(tenantId) {
      seen.push(tenantId);
      inside.resolve();
      await done.promise;
    },
  };
  const first = doChore(pool, chore, fail);
  await inside.promise;
  await doChore(pool, chore, fail);
  expect(seen).toEqual(['cp']);
  done.resolve();
  await first;
  expect(seen).toEqual(['cp', 'cr']);
  await doChore(pool, chore, fail);
  expect(seen).toEqual(['cp', 'cr', 'cp', 'cr']);
});

test('a tenant for whom a chore takes long keeps a place, and the others go on in the rest', async () => {
  const { pool } = office.database;
  const others = Promise.withResolvers<void>();
  const done: string[] = [];
  const run = async (tenantId: string): Promise<void> => {
    // The first ends only once the other has had its turn.
    if (tenantId === 'cp') await others.promise;
    else others.resolve();
    done.push(tenantId);
  };
  await doChore(pool, { name: 'long', kind: 'EACH_TENANT', atOnce: 2, everySeconds: 60, run }, fail);
  expect(done).toEqual(['cr', 'cp']);
});

test('a chore that fails for one tenant is told of, and done for the others', async () => {
  const faults: unknown[] = [];
  const done: string[] = [];
  const all = Promise.withResolvers<void>();
  const chore: Chore = {
    name: 'failing',
    kind: 'EACH_TENANT',
    everySeconds: 60,
    async run(tenantId) {
      if (tenantId === 'cp') throw new Error('no');
      done.push(tenantId);
      all.resolve();
    },
  };
  {
    await using _ = startChores(office.database.pool, [chore], (error) => faults.push(error));
    await all.promise;
  }
  expect(done).toEqual(['cr']);
  expect(faults).toMatchObject([{ message: 'no' }]);
});

test('deadlines that near are told once, and again when they are over', async () => {
  const { desk } = office.process;
  await office.addPerson('cr', 'late');
  const request = await office.ask('cr', 'late');
  const told = () =>
    office
      .rows<{ kind: string }>(
        `SELECT kind FROM notice WHERE request_id = $1 AND kind IN ('DUE_SOON', 'OVERDUE') AND channel = 'MAIL' ORDER BY kind`,
        [request],
      )
      .then((rows) => rows.map(({ kind }) => kind));
  await remind(desk, 'cr');
  expect(await told()).toEqual([]);
  const in25Days = { ...desk, clock: { now: () => new Date(Date.now() + 25 * 86_400_000) } };
  await remind(in25Days, 'cr');
  await remind(in25Days, 'cr');
  expect(await told()).toEqual(['DUE_SOON']);
  await remind({ ...desk, clock: { now: () => new Date(Date.now() + 31 * 86_400_000) } }, 'cr');
  expect(await told()).toEqual(['DUE_SOON', 'OVERDUE']);
});

test('requests whose jobs were lost, as by a restore, are built all the same', async () => {
  await office.addPerson('cr', 'lost');
  const request = await office.ask('cr', 'lost');
  await office.rows(`DELETE FROM pgboss.job`);
  await enqueueForgotten(office.process.desk, 'cr');
  await enqueueForgotten(office.process.desk, 'cr');
  expect(await office.rows(`SELECT 1 FROM pgboss.job WHERE singleton_key = $1`, [request])).toHaveLength(1);
  await using _ = startWorker(office.process.desk, office.process.boss, { concurrency: 1, pollMs: 50 });
  await office.until('cr', [request], 'READY');
});

test('answers under idempotency keys are forgotten after a day', async () => {
  const { desk } = office.process;
  await office.rows(`INSERT INTO idempotent_answer (tenant_id, id, question, request_id, created_at)
    VALUES ('cr', 'old', 'q', 'r', now() - interval '25 hours'), ('cr', 'young', 'q', 'r', now() - interval '23 hours')`);
  await forgetAnswers(desk, 'cr');
  expect(await office.rows(`SELECT id FROM idempotent_answer`)).toEqual([{ id: 'young' }]);
});
