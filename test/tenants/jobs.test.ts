import { afterAll, beforeAll, expect, test } from 'vitest';
import { claimBuild } from '../../src/jobs/claim.ts';
import { BUILDS } from '../../src/jobs/boss.ts';
import { sendOptions, type BuildJob } from '../../src/jobs/queue.ts';
import { startWorker } from '../../src/jobs/worker.ts';
import { openOffice, type Office } from '../jobs/office.ts';

let office: Office;
beforeAll(async () => {
  office = await openOffice({ tenants: { cr: 'CR', cp: 'CP' } });
  for (const tenant of ['cr', 'cp']) await office.addPerson(tenant, `ann-of-${tenant}`);
});
afterAll(() => office[Symbol.asyncDispose]());

const statusOf = async (request: string): Promise<unknown> =>
  (
    await office.rows('SELECT tenant_id AS tenant, status, attempt FROM data_subject_request WHERE id = $1', [request])
  )[0];

test('A-38: a job that names another tenant, or none, gets nothing of the request whose id it has', async () => {
  const { desk } = office.process;
  const requestId = await office.ask('cr', 'ann-of-cr');
  expect(await claimBuild(desk, { tenantId: 'cp', requestId }, 30)).toEqual({ kind: 'DONE' });
  for (const job of [{ tenantId: '', requestId }, { requestId } as BuildJob, { tenantId: '*', requestId }]) {
    const claimed = await claimBuild(desk, job, 30).catch((error: unknown) => (error as { code?: string }).code);
    expect(['BAD_INPUT', { kind: 'DONE' }]).toContainEqual(claimed);
  }
  expect(await statusOf(requestId)).toEqual({ tenant: 'cr', status: 'APPROVED', attempt: 0 });
  expect(await claimBuild(desk, { tenantId: 'cr', requestId }, 30)).toMatchObject({
    kind: 'CLAIMED',
    claim: { tenantId: 'cr', subjectId: 'ann-of-cr' },
  });
});

test('A-38: a worker that finds such jobs builds nothing of them, and what is asked rightly all the same', async () => {
  const { desk, boss: opened } = office.process;
  const { boss } = opened;
  await office.addPerson('cr', 'waits');
  const waiting = await office.ask('cr', 'waits', { heldUntil: new Date(Date.now() + 86_400_000) });
  // No tenant can send these, as a test of the queue says.
  for (const tenantId of ['cp', 'nobody']) {
    const job = { tenantId, requestId: waiting };
    await boss.send(BUILDS, job, { ...sendOptions(job), singletonKey: `${tenantId} ${waiting}` });
  }
  const right = await office.ask('cp', 'ann-of-cp');
  {
    await using _ = startWorker(desk, opened, { concurrency: 2, pollMs: 50 });
    await office.until('cp', [right], 'READY');
    await expect
      .poll(
        async () =>
          (
            await office.rows(
              `SELECT FROM pgboss.job WHERE data ->> 'requestId' = $1 AND data ->> 'tenantId' <> 'cr' AND state <> 'completed'`,
              [waiting],
            )
          ).length,
      )
      .toBe(0);
  }
  expect(await statusOf(waiting)).toEqual({ tenant: 'cr', status: 'APPROVED', attempt: 0 });
  expect(await office.bundles(waiting)).toEqual([]);
  expect(await office.rows(`SELECT tenant_id AS tenant, subject_id AS subject FROM portability_bundle`)).toEqual([
    { tenant: 'cp', subject: 'ann-of-cp' },
  ]);
});
