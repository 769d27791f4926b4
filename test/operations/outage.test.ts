import { expect, test } from 'vitest';
import type { Actor } from '../../src/access/actor.ts';
import { openDatabase } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';
import { createPrisma } from '../../src/store/prisma.ts';
import { MIGRATIONS } from '../support/paths.ts';
import { openRestartableServer } from '../support/restartable-server.ts';
import { openTemporaryFolder } from '../support/temporary-folder.ts';
import { serveAlone } from './served.ts';

const ann: Actor = { kind: 'SUBJECT', tenant: 'cp', subjectId: 'sub_ann' };
const createdAt = new Date('2026-01-01T00:00:00Z');

test('U-07: a process that serves and works outlives its database, says so, and goes on', async () => {
  await using server = await openRestartableServer();
  using folder = openTemporaryFolder();
  {
    await using database = await openDatabase({ url: server.url });
    await migrate(database.pool, MIGRATIONS);
    const prisma = createPrisma(database.pool);
    await prisma.tenant.create({
      data: { tenantId: 'cp', policyCode: 'CP', name: 'Operator', country: 'NL', createdAt },
    });
    await prisma.subject.create({ data: { tenantId: 'cp', id: 'sub_ann', createdAt } });
    await prisma.$disconnect();
  }
  await using served = await serveAlone({ DATABASE_URL: server.url, CARRYALL_DATA: folder.path });
  const ask = async (): Promise<readonly [number, string | null]> => {
    const response = await served.ask(ann, { query: '{ viewer { id } }' });
    return [response.status, response.headers.get('retry-after')];
  };
  const ready = async (): Promise<number> => (await fetch(`${served.url}/readyz`)).status;
  const file = async (): Promise<string> => {
    const mutation = 'mutation { fileRequest(right: "ACCESS", idempotencyKey: "one") { id } }';
    const { data } = (await (await served.ask(ann, { query: mutation })).json()) as {
      data: { fileRequest: { id: string } };
    };
    return data.fileRequest.id;
  };
  expect(await ask()).toEqual([200, null]);

  await server.stop();
  await expect.poll(ready).toBe(503);
  expect(await ask()).toEqual([503, '5']);
  await expect.poll(() => served.metrics()).toMatch(/^carryall_database_up 0$/m);
  // So long that all that is done again and again has been tried.
  await new Promise((resolve) => setTimeout(resolve, 6000));
  expect((await fetch(`${served.url}/healthz`)).status).toBe(200);

  await server.start();
  await expect.poll(ready).toBe(200);
  expect(await ask()).toEqual([200, null]);
  const id = await file();
  await expect
    .poll(
      async () => (await (await served.ask(ann, { query: `{ request(id: "${id}") { status } }` })).json()) as unknown,
      { timeout: 180_000, interval: 250 },
    )
    .toEqual({ data: { request: { status: 'READY' } } });
  expect(await served.stop(), served.said()).toBe(0);
});
