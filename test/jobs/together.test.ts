import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startWorker } from '../../src/jobs/worker.ts';
import { aftermath, canariesOf } from './aftermath.ts';
import { openOffice } from './office.ts';

const SUBJECTS = 100;

test(`X-14: of ${SUBJECTS} people whose bundles are built twenty at a time, each gets all of their own data and nobody else's`, async () => {
  await using office = await openOffice();
  const people = Array.from({ length: SUBJECTS }, (_, index) => `canary${index}x`);
  const requests: string[] = [];
  for (const person of people) {
    await office.addPerson('cr', person);
    requests.push(await office.ask('cr', person));
  }
  {
    await using _one = startWorker(office.process.desk, office.process.boss, { concurrency: 10, pollMs: 50 });
    await using other = await office.open({ worker: 'w1' });
    await using _other = startWorker(other.desk, other.boss, { concurrency: 10, pollMs: 50 });
    await office.until('cr', requests, 'READY');
  }
  for (const [index, request] of requests.entries()) {
    const [bundle, ...others] = await office.bundles(request);
    expect(others).toEqual([]);
    const bytes = await readFile(join(office.folder, 'bundles', bundle!.storage_key));
    expect(await canariesOf(bytes)).toEqual([people[index]]);
  }
  const workers = await office.rows<{ worker: string }>(`SELECT DISTINCT worker FROM build_attempt ORDER BY 1`);
  expect(workers.map(({ worker }) => worker)).toEqual(['w0', 'w1']);
});

test('X-31: a tenant with many requests keeps another waiting for one build of its own, not for all', async () => {
  await using office = await openOffice({ tenants: { cr: 'CR', cp: 'CP', cx: 'CX' } });
  const many: string[] = [];
  for (let index = 0; index < 30; index += 1) {
    await office.addPerson('cr', `flood${index}`);
    many.push(await office.ask('cr', `flood${index}`));
  }
  for (const tenant of ['cp', 'cx']) await office.addPerson(tenant, 'quiet');
  const quiet = [await office.ask('cp', 'quiet'), await office.ask('cx', 'quiet')];
  {
    await using _ = startWorker(office.process.desk, office.process.boss, { concurrency: 1, pollMs: 50 });
    await office.until('cr', many, 'READY');
    await office.until('cp', quiet.slice(0, 1), 'READY');
    await office.until('cx', quiet.slice(1), 'READY');
  }
  const order = await office.rows<{ request_id: string }>(`SELECT request_id FROM build_attempt ORDER BY started_at`);
  const places = quiet.map((request) => order.findIndex(({ request_id }) => request_id === request));
  expect(Math.max(...places)).toBeLessThanOrEqual(3);
});

test('U-10: with two connections and fifty requests nothing hangs, and others are answered meanwhile', async () => {
  await using office = await openOffice();
  const after = aftermath(office);
  const asked: { request: string; person: string }[] = [];
  for (let index = 0; index < 50; index += 1) {
    const person = await after.somebody();
    asked.push({ person, request: await office.ask('cr', person) });
  }
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({ ...office.database.pool.options, max: 2 });
  pool.on('error', () => {});
  {
    await using few = await office.open({ pool });
    await using _ = startWorker(few.desk, few.boss, { concurrency: 4, pollMs: 50 });
    const requests = asked.map(({ request }) => request);
    await office.until('cr', requests.slice(0, 1), 'READY');
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await office.until('cr', requests, 'READY');
  }
  await pool.end();
  await after.isWhole(asked);
});

test('U-36: of many approvals of one request one build comes', async () => {
  await using office = await openOffice();
  await office.addPerson('cr', 'ann');
  const request = await office.ask('cr', 'ann');
  await expect(office.ask('cr', 'ann')).rejects.toMatchObject({ code: 'WRONG_STATE' });
  await using other = await office.open({ worker: 'w1' });
  await using _one = startWorker(office.process.desk, office.process.boss, { concurrency: 5, pollMs: 50 });
  await using _two = startWorker(other.desk, other.boss, { concurrency: 5, pollMs: 50 });
  await office.until('cr', [request], 'READY');
  expect(await office.attempts(request)).toHaveLength(1);
});
