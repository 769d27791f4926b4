import { afterEach, beforeEach, expect, test } from 'vitest';
import { startWorker } from '../../src/jobs/worker.ts';
import { migrate } from '../../src/store/migrate.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { openRestartableServer, type RestartableServer } from '../support/restartable-server.ts';
import { createDatabase } from '../support/test-server.ts';
import { MIGRATIONS } from '../support/paths.ts';
import { aftermath } from './aftermath.ts';
import { openOffice, type Office } from './office.ts';
import { slowly } from './slowly.ts';

let server: RestartableServer;
let database: Database;
let office: Office;
beforeEach(async () => {
  server = await openRestartableServer();
  database = await openDatabase({ url: await createDatabase(server.url, 'carryall_jobs') });
  await migrate(database.pool, MIGRATIONS);
  office = await openOffice({ database });
});
afterEach(async () => {
  await office[Symbol.asyncDispose]();
  await database.close();
  await server[Symbol.asyncDispose]();
});

test('U-06: when the database is restarted at once while three bundles are built, all are built, without anybody doing anything', async () => {
  const after = aftermath(office);
  const asked = await Promise.all(
    Array.from({ length: 3 }, async () => {
      const person = await after.somebody();
      return { person, request: await office.ask('cr', person) };
    }),
  );
  const { busy, storage } = slowly(office.process.desk.storage, 1000);
  {
    await using _ = startWorker({ ...office.process.desk, storage }, office.process.boss, {
      concurrency: 3,
      pollMs: 50,
    });
    await busy(3);
    const [{ pid }] = (await office.rows<{ pid: number }>(
      `SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int AS pid`,
    )) as [{ pid: number }];
    // As pg_ctl -m immediate does.
    process.kill(pid, 'SIGQUIT');
    await server.stop();
    await server.start();
    await office.until(
      'cr',
      asked.map(({ request }) => request),
      'READY',
    );
  }
  await after.isWhole(asked);
});

test('U-07: a worker outlives a database that is away, and then goes on by itself', async () => {
  const after = aftermath(office);
  const person = await after.somebody();
  {
    await using _ = startWorker(office.process.desk, office.process.boss, { concurrency: 1, pollMs: 50 });
    await server.stop();
    await expect.poll(() => office.process.faults.length).toBeGreaterThan(2);
    await server.start();
    const request = await office.ask('cr', person);
    await office.until('cr', [request], 'READY');
    await after.isWhole([{ request, person }]);
  }
});
