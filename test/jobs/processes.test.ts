import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startWorker } from '../../src/jobs/worker.ts';
import { openStallingProxy } from '../support/stalling-proxy.ts';
import { aftermath, type Aftermath } from './aftermath.ts';
import { startDoomed } from './doomed.ts';
import { openOffice, type Office } from './office.ts';

const NEVER = { kind: 'NEVER' } as const;

let office: Office;
let after: Aftermath;
beforeEach(async () => {
  office = await openOffice();
  after = aftermath(office);
});
afterEach(() => office[Symbol.asyncDispose]());

const here = () => startWorker(office.process.desk, office.process.boss, { concurrency: 1, pollMs: 50 });

test('U-03: a worker that wakes up after another has taken its place publishes nothing and leaves nothing', async () => {
  const person = await after.somebody();
  const request = await office.ask('cr', person);
  const zombie = startDoomed(office, { point: NEVER, worker: 'zombie', slowMs: 3000 });
  await zombie.said('busy');
  zombie.child.kill('SIGSTOP');
  {
    // Its silence is waited for, as it would be: three seconds and a little.
    await using _ = here();
    await office.until('cr', [request], 'READY');
  }
  const [bundle] = await office.bundles(request);
  zombie.child.kill('SIGCONT');
  zombie.child.kill('SIGTERM');
  expect(await zombie.ended).toMatchObject({ code: 0 });
  expect(await office.bundles(request)).toEqual([bundle]);
  expect(await office.attempts(request)).toMatchObject([
    { attempt: 1, worker: 'zombie', outcome: 'LOST' },
    { attempt: 2, worker: 'w0', outcome: 'PUBLISHED' },
  ]);
  const steps = await office.rows<{ step: string }>(
    `SELECT detail->>'step' AS step FROM audit_event WHERE action = 'REQUEST' AND detail->>'request' = $1 ORDER BY seq`,
    [request],
  );
  expect(steps.map(({ step }) => step)).toEqual(['FILE', 'ROUTE_BUILD', 'BUILD', 'RELEASE', 'BUILD', 'PUBLISH']);
  expect(await office.status('cr', request)).toBe('READY');
  await after.isWhole([{ request, person }]);
});

test('U-04: what a killed worker had in hand is taken up once its silence is noticed, without anybody doing anything', async () => {
  const person = await after.somebody();
  const request = await office.ask('cr', person);
  const killed = startDoomed(office, { point: NEVER, slowMs: 60_000 });
  await killed.said('busy');
  await using _ = here();
  killed.child.kill('SIGKILL');
  await office.until('cr', [request], 'READY');
  await after.isWhole([{ request, person }]);
});

describe('U-27: a worker that is asked to stop', () => {
  test('ends what it has begun, takes nothing more, and ends well', async () => {
    const people = [await after.somebody(), await after.somebody()];
    const requests = [await office.ask('cr', people[0]!), await office.ask('cr', people[1]!)];
    const worker = startDoomed(office, { point: NEVER, slowMs: 1500 });
    await worker.said('busy');
    worker.child.kill('SIGTERM');
    expect(await worker.ended).toEqual({ code: 0, signal: null, told: '' });
    const statuses = await Promise.all(requests.map((request) => office.status('cr', request)));
    expect(statuses).toEqual(['READY', 'APPROVED']);
  });

  test('lets go of what takes too long, which counts as no failure', async () => {
    const person = await after.somebody();
    const request = await office.ask('cr', person);
    const worker = startDoomed(office, { point: NEVER, slowMs: 3000, graceMs: 200 });
    await worker.said('busy');
    worker.child.kill('SIGTERM');
    expect(await worker.ended).toEqual({ code: 0, signal: null, told: '' });
    expect(await office.status('cr', request)).toBe('APPROVED');
    expect(await office.attempts(request)).toMatchObject([{ attempt: 1, outcome: 'RELEASED' }]);
    expect(
      await office.rows(
        `SELECT state::text, retry_count FROM pgboss.job WHERE singleton_key = $1 AND state < 'active'`,
        [request],
      ),
    ).toEqual([{ state: 'created', retry_count: 0 }]);
    await after.rescue([request]);
    await after.isWhole([{ request, person }]);
  });

  test('U-28: and is killed before it has, loses nothing', async () => {
    const person = await after.somebody();
    const request = await office.ask('cr', person);
    const worker = startDoomed(office, { point: NEVER, slowMs: 60_000 });
    await worker.said('busy');
    worker.child.kill('SIGTERM');
    worker.child.kill('SIGKILL');
    await worker.ended;
    await after.rescue([request]);
    await after.isWhole([{ request, person }]);
  });
});

test('U-08: a worker whose line to the database went dead is replaced, and gives up by itself', async () => {
  await using proxy = await openStallingProxy(office.database.url);
  const person = await after.somebody();
  const request = await office.ask('cr', person);
  const stalled = startDoomed(
    { ...office, database: { ...office.database, url: proxy.url } },
    {
      point: NEVER,
      worker: 'stalled',
      slowMs: 2000,
    },
  );
  await stalled.said('busy');
  proxy.stall();
  {
    await using _ = here();
    await office.until('cr', [request], 'READY');
  }
  expect(await office.attempts(request)).toMatchObject([
    { worker: 'stalled', outcome: 'LOST' },
    { worker: 'w0', outcome: 'PUBLISHED' },
  ]);
  stalled.child.kill('SIGKILL');
  await after.isWhole([{ request, person }]);
});
