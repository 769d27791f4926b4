import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Actor } from '../../src/access/actor.ts';
import type { PrismaClient } from '../../src/generated/prisma/client.ts';
import { createPrisma } from '../../src/store/prisma.ts';
import { runCli } from '../cli/run-cli.ts';
import { serveAlone, type Served } from '../operations/served.ts';
import { openTestDatabase } from '../support/database.ts';
import { openTemporaryFolder } from '../support/temporary-folder.ts';

const parts = new AsyncDisposableStack();
let prisma: PrismaClient;
let pool: pg.Pool;
let env: Readonly<Record<string, string>>;
let served: Served;
beforeAll(async () => {
  const database = parts.use(await openTestDatabase());
  const folder = parts.use(openTemporaryFolder()).path;
  env = { DATABASE_URL: database.url, CARRYALL_DATA: folder };
  ({ pool } = database);
  // Another worker takes up at once what one that has gone had in hand: how long it waits is not what is tested.
  await pool.query('UPDATE pgboss.queue SET retry_delay = 1, retry_delay_max = 1');
  prisma = createPrisma(pool);
  parts.defer(() => prisma.$disconnect());
  await prisma.tenant.create({ data: { tenantId: 'cr', policyCode: 'CR', name: 'Operator', country: 'FR' } });
  for (const id of ['ann', 'bob', 'cid', 'dan']) {
    await prisma.subject.create({ data: { tenantId: 'cr', id, createdAt: new Date('2024-01-01T00:00:00Z') } });
    await prisma.account.create({
      data: {
        tenantId: 'cr',
        subjectId: id,
        id: `acc_${id}`,
        sourceSystem: 'test',
        createdAt: new Date('2024-01-01T00:00:00Z'),
        firstName: id,
      },
    });
  }
  await addExpiredCall('long-ago');
  served = parts.use(await serveAlone(env));
});
afterAll(() => parts.disposeAsync());

/** A call that should have been deleted years ago. */
async function addExpiredCall(id: string, subjectId = 'ann'): Promise<void> {
  const startedAt = new Date('2015-01-01T00:00:00Z');
  await prisma.callRecord.create({ data: { tenantId: 'cr', subjectId, id, sourceSystem: 'test', startedAt } });
}

const sweeps = () =>
  prisma.auditEvent.findMany({
    where: { action: 'SWEEP' },
    select: { actorKind: true, detail: true },
    orderBy: { seq: 'asc' },
  });

async function file(subjectId: string, key = '0001', status = 'APPROVED'): Promise<string> {
  const actor: Actor = { kind: 'SUBJECT', tenant: 'cr', subjectId };
  const query = `mutation { fileRequest(right: "ACCESS", format: "ZIP", idempotencyKey: "a-key-of-${subjectId}-${key}") { id status } }`;
  const answer = (await (await served.ask(actor, { query })).json()) as {
    readonly data: { readonly fileRequest: { readonly id: string; readonly status: string } };
  };
  expect(answer).toMatchObject({ data: { fileRequest: { status } } });
  return answer.data.fileRequest.id;
}

test('what a person asks of `carryall serve` is built by it, and `carryall request` shows it', async () => {
  const request = await file('ann');
  const watched = await runCli(['request', 'watch', request, '--tenant', 'cr'], env);
  expect(watched).toMatchObject({ code: 0, err: '' });
  expect(watched.out.trim().split('\n').at(-1)).toMatch(/^READY, attempt 1: \d+ rows, \d+ bytes$/);
  const listed = await runCli(['request', 'list', '--tenant', 'cr'], env);
  expect(listed.out).toMatch(new RegExp(`^${request}\tACCESS\tREADY\t\\d{4}-\\d\\d-\\d\\d$`, 'm'));
  expect((await runCli(['request', 'list', '--tenant', 'cr', '--overdue'], env)).out).toBe('');
});

test('`carryall request` knows no request and no tenant that there is not', async () => {
  const watched = await runCli(['request', 'watch', 'req_none', '--tenant', 'cr'], env);
  expect(watched).toMatchObject({ code: 1, err: expect.stringContaining('NOT_FOUND') as string });
  const listed = await runCli(['request', 'list', '--tenant', 'nobody'], env);
  expect(listed).toMatchObject({ code: 1, err: expect.stringContaining('NOT_FOUND') as string });
});

test('U-27: `carryall work` builds what waits, and ends well when it is asked to', async () => {
  expect(await served.stop()).toBe(0);
  served = parts.use(await serveAlone({ ...env, CARRYALL_WORKERS: '0', CARRYALL_COPIES: '1' }));
  const request = await file('bob');
  let stop: (signal: NodeJS.Signals) => void = () => {};
  const working = runCli(['work', '--concurrency', '1'], env, (kill) => (stop = kill));
  const watched = await runCli(['request', 'watch', request, '--tenant', 'cr'], env);
  expect(watched.out).toMatch(/READY/);
  stop('SIGTERM');
  expect(await working).toMatchObject({ code: 0, out: 'At work. Ctrl-C stops it.\n' });
});

test('`carryall work` ends bundles whose time is over, and deletes expired rows where it is told to, by itself', async () => {
  // Nobody has said so until now.
  expect(await prisma.callRecord.count()).toBe(1);
  const { id } = await prisma.portabilityBundle.findFirstOrThrow({ where: { subjectId: 'ann' } });
  await prisma.$executeRaw`UPDATE portability_bundle SET expires_at = now() WHERE id = ${id}`;
  let stop: (signal: NodeJS.Signals) => void = () => {};
  const working = runCli(['work'], { ...env, CARRYALL_SWEEP: 'daily' }, (kill) => (stop = kill));
  const bundle = () => prisma.portabilityBundle.findFirstOrThrow({ where: { id } });
  await expect.poll(bundle, { timeout: 60_000 }).toMatchObject({ status: 'EXPIRED', storageKey: null });
  await expect.poll(() => prisma.callRecord.count(), { timeout: 60_000 }).toBe(0);
  stop('SIGTERM');
  expect(await working).toMatchObject({ code: 0, err: '' });
  expect((await prisma.dataSubjectRequest.findFirstOrThrow({ where: { subjectId: 'ann' } })).status).toBe('EXPIRED');
  expect((await prisma.portabilityBundle.findFirstOrThrow({ where: { subjectId: 'bob' } })).status).toBe('READY');
  expect(await sweeps()).toEqual(
    expect.arrayContaining([
      { actorKind: 'GATEWAY', detail: { step: 'BUNDLE_EXPIRED', bundle: id } },
      { actorKind: 'GATEWAY', detail: { step: 'EXPIRED_DELETED', rows: 1, deleted: ['call-records:1'] } },
    ]),
  );
});

test('U-28: `carryall work` that is asked to stop twice ends at once, and another builds what it had in hand', async () => {
  const request = await file('cid');
  const holding = await pool.connect();
  onTestFinished(() => holding.release(true));
  await holding.query('BEGIN; LOCK call_record IN ACCESS EXCLUSIVE MODE');
  const attempts = () => prisma.buildAttempt.findMany({ where: { requestId: request }, orderBy: { attempt: 'asc' } });
  let stop: (signal: NodeJS.Signals) => void = () => {};
  let isOver = false;
  const first = runCli(['work'], env, (kill) => (stop = kill)).finally(() => (isOver = true));
  await expect.poll(attempts, { timeout: 60_000 }).toHaveLength(1);
  while (!isOver) {
    stop('SIGTERM');
    await pause(200);
  }
  expect((await first).code).toBe(130);
  await holding.query('ROLLBACK');
  expect(await attempts()).toMatchObject([{ outcome: null }]);
  // As if it had been silent for an hour.
  await pool.query(`UPDATE pgboss.job SET heartbeat_on = heartbeat_on - interval '1 hour' WHERE state = 'active';
    UPDATE build_attempt SET seen_at = seen_at - interval '1 hour' WHERE ended_at IS NULL`);
  const second = runCli(['work'], env, (kill) => (stop = kill));
  const watched = await runCli(['request', 'watch', request, '--tenant', 'cr'], env);
  expect(watched.out).toMatch(/READY, attempt 2/);
  stop('SIGTERM');
  expect((await second).code).toBe(0);
  expect(await attempts()).toMatchObject([{ outcome: 'LOST' }, { outcome: 'PUBLISHED' }]);
});

test('X-35: after so many copies in a month as the operator says, the next waits for staff, and a first one never does', async () => {
  await file('ann', '0002', 'NEEDS_REVIEW');
  await file('dan');
});

test('`carryall sweep` leaves an entry of who typed it', async () => {
  // Ann waits for a copy.
  for (const person of ['ann', 'bob']) await addExpiredCall(`long-ago-${person}`, person);
  const { out, code } = await runCli(['sweep', '--tenant', 'cr'], env);
  expect([code, out]).toEqual([0, 'call-records: 1 rows deleted\n']);
  expect((await sweeps()).at(-1)).toMatchObject({
    actorKind: 'OPERATOR',
    detail: { step: 'EXPIRED_DELETED', rows: 1 },
  });
});
