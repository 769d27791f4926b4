import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate } from '../../src/store/migrate.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { openGateway, type TestGateway } from '../graphql/open-gateway.ts';
import { subject } from '../graphql/people.ts';
import { send } from '../door/send.ts';
import { schemaWith } from '../door/test-schema.ts';
import { MIGRATIONS } from '../support/paths.ts';
import { openRestartableServer, type RestartableServer } from '../support/restartable-server.ts';

let server: RestartableServer;
let database: Database;
let at: TestGateway;
const faults: unknown[] = [];
const ann = subject('cp', 'ann');

beforeAll(async () => {
  server = await openRestartableServer();
  database = await openDatabase({ url: server.url });
  await migrate(database.pool, MIGRATIONS);
  const schema = schemaWith(
    {
      pool: async (_root, _args, { pool }) => (await pool.query('SELECT 1')).rowCount,
      prisma: async (_root, _args, { prisma }) => String(await prisma.tenant.count()),
      during: async (_root, _args, { pool }) => {
        const waiting = pool.query('SELECT pg_sleep(600)');
        await Promise.all([waiting, server.stop()]);
      },
      // What needs nothing of the database is answered beside what does.
      nothing: () => 'done',
    },
    'pool: String prisma: String during: String nothing: String',
  );
  at = await openGateway({ schema, onFault: (error) => faults.push(error) }, database);
});

afterAll(async () => {
  await at[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const UNAVAILABLE = { status: 503, codes: ['UNAVAILABLE'] };

test('U-07: without its database the gateway answers 503 with Retry-After, whatever is asked, and afterwards as before', async () => {
  const known = await send(at, ann, { query: '{ pool prisma }' });
  expect(known).toMatchObject({ status: 200, data: { pool: '1' } });

  const during = await send(at, ann, { query: '{ during }' });
  expect(during).toMatchObject(UNAVAILABLE);
  for (const query of ['{ pool }', '{ prisma }', '{ nothing }']) {
    const sent = await send(at, ann, { query });
    expect(sent).toMatchObject(UNAVAILABLE);
    expect(Number(sent.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(sent.text).not.toMatch(/postgres|connect|socket|\/tmp/i);
  }

  await server.start();
  expect(await send(at, ann, { query: '{ pool prisma nothing }' })).toMatchObject({
    status: 200,
    data: { ...(known.data as object), nothing: 'done' },
  });
  expect(faults).toEqual([]);
});

test('U-07: a fault that is not the connection’s stays what it is', async () => {
  const schema = schemaWith({ wrong: async (_root, _args, { pool }) => (await pool.query('SELECT nope')).rowCount });
  await using other = await openGateway({ schema, onFault: () => {} });
  expect(await send(other, ann, { query: '{ wrong }' })).toMatchObject({ status: 200, codes: ['INTERNAL'] });
});
