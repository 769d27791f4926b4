import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Actor } from '../../src/access/actor.ts';
import { createPrisma } from '../../src/store/prisma.ts';
import { runCli } from '../cli/run-cli.ts';
import { serveAlone, type Served } from '../operations/served.ts';
import { openTestDatabase } from '../support/database.ts';
import { openTemporaryFolder } from '../support/temporary-folder.ts';

const parts = new AsyncDisposableStack();
let env: Readonly<Record<string, string>>;
let served: Served;
beforeAll(async () => {
  const database = parts.use(await openTestDatabase());
  const folder = parts.use(openTemporaryFolder()).path;
  env = { DATABASE_URL: database.url, CARRYALL_DATA: folder };
  const prisma = createPrisma(database.pool);
  await prisma.tenant.create({ data: { tenantId: 'cr', policyCode: 'CR', name: 'Operator', country: 'FR' } });
  for (const id of ['ann', 'bob']) {
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
  await prisma.$disconnect();
  served = parts.use(await serveAlone(env));
});
afterAll(() => parts.disposeAsync());

async function file(subjectId: string): Promise<string> {
  const actor: Actor = { kind: 'SUBJECT', tenant: 'cr', subjectId };
  const query = `mutation { fileRequest(right: "ACCESS", format: "ZIP", idempotencyKey: "a-key-of-${subjectId}-0001") { id status } }`;
  const answer = (await (await served.ask(actor, { query })).json()) as {
    readonly data: { readonly fileRequest: { readonly id: string; readonly status: string } };
  };
  expect(answer).toMatchObject({ data: { fileRequest: { status: 'APPROVED' } } });
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
  served = parts.use(await serveAlone({ ...env, CARRYALL_WORKERS: '0' }));
  const request = await file('bob');
  let stop: (signal: NodeJS.Signals) => void = () => {};
  const working = runCli(['work', '--concurrency', '1'], env, (kill) => (stop = kill));
  const watched = await runCli(['request', 'watch', request, '--tenant', 'cr'], env);
  expect(watched.out).toMatch(/READY/);
  stop('SIGTERM');
  expect(await working).toMatchObject({ code: 0, out: 'At work. Ctrl-C stops it.\n' });
});
