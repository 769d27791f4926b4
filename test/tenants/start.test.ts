import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';
import { withOperator, withSnapshot, withTransaction } from '../../src/store/session.ts';
import { sql } from '../../src/store/sql.ts';
import { assertTenantsApart } from '../../src/store/tenants-apart.ts';
import { MIGRATIONS } from '../support/paths.ts';
import { openTemporaryFolder } from '../support/temporary-folder.ts';

// Roles belong to a whole server, so these tests change those of one of their own.
const folder = openTemporaryFolder();
let server: Database;
beforeAll(async () => {
  server = await openDatabase({ folder: folder.path, durable: false });
});
afterAll(async () => {
  await server.close();
  folder[Symbol.dispose]();
});

/** A database of its own for a login of its own, as an operator would give. */
async function openFor(login: string, owner: string, attributes = ''): Promise<Database> {
  await server.pool.query(
    `DO $$ BEGIN CREATE ROLE ${login} LOGIN ${attributes}; EXCEPTION WHEN duplicate_object THEN NULL; END $$`,
  );
  const { rowCount } = await server.pool.query('SELECT FROM pg_database WHERE datname = $1', [`of_${owner}`]);
  if (rowCount === 0) await server.pool.query(`CREATE DATABASE of_${owner} OWNER ${owner}`);
  const url = new URL(server.url);
  url.username = login;
  url.pathname = `/of_${owner}`;
  return openDatabase({ url: url.href });
}

const refused = (part: string): object => ({
  code: 'TENANTS_NOT_APART',
  message: expect.stringContaining(part) as string,
});

test('a login that may not create roles is told what a superuser must run, and after that it can migrate', async () => {
  await using database = await openFor('modest', 'modest');
  await expect(migrate(database.pool, MIGRATIONS)).rejects.toMatchObject({
    code: 'MIGRATION_BROKEN',
    message: expect.stringContaining('GRANT carryall_app, carryall_operator TO modest') as string,
  });
  await server.pool.query(`CREATE ROLE carryall_app NOLOGIN; CREATE ROLE carryall_operator NOLOGIN;
    GRANT carryall_app, carryall_operator TO modest`);
  await migrate(database.pool, MIGRATIONS);
  await assertTenantsApart(database.pool);
});

test('an owner of the tables that is no superuser serves tenants, and is bound by the policies like everybody', async () => {
  await using database = await openFor('owning', 'owning', 'CREATEROLE');
  await server.pool.query('GRANT carryall_app, carryall_operator TO owning');
  await migrate(database.pool, MIGRATIONS);
  await assertTenantsApart(database.pool);
  for (const tenant of ['a', 'b'])
    await withTransaction(database.pool, tenant, async (writer) => {
      await writer.execute(sql`INSERT INTO tenant (tenant_id, policy_code, name) VALUES (${tenant}, 'CP', 'x')`);
      await writer.execute(sql`INSERT INTO subject (tenant_id, id) VALUES (${tenant}, 's')`);
    });
  const list = sql`SELECT tenant_id AS tenant FROM tenant ORDER BY 1`;
  expect(await withSnapshot(database.pool, 'b', (reader) => reader.query(list))).toEqual([{ tenant: 'b' }]);
  expect(await withOperator(database.pool, (reader) => reader.query(list))).toEqual([{ tenant: 'a' }, { tenant: 'b' }]);
  expect((await database.pool.query('SELECT * FROM subject')).rows).toEqual([]);
});

test('A-31: a login that was not given the role of the gateway is refused, with the way out', async () => {
  await using database = await openFor('stranger', 'owning');
  await expect(assertTenantsApart(database.pool)).rejects.toMatchObject(refused('GRANT carryall_app'));
});

test.each(['carryall_app', 'carryall_operator'])(
  'A-31: a role %s that policies do not bind is refused, with the way out',
  async (role) => {
    await migrate(server.pool, MIGRATIONS);
    for (const [made, unmade] of [
      ['BYPASSRLS', 'NOBYPASSRLS'],
      ['SUPERUSER', 'NOSUPERUSER'],
    ]) {
      await server.pool.query(`ALTER ROLE ${role} ${made}`);
      await expect(assertTenantsApart(server.pool)).rejects.toMatchObject(refused(`ALTER ROLE ${role} NOSUPERUSER`));
      await server.pool.query(`ALTER ROLE ${role} ${unmade}`);
    }
    await assertTenantsApart(server.pool);
  },
);

test.each([
  ['without row-level security', 'ALTER TABLE message DISABLE ROW LEVEL SECURITY'],
  ['whose owner is not bound', 'ALTER TABLE message NO FORCE ROW LEVEL SECURITY'],
  ['without its policy', 'DROP POLICY tenant ON message'],
  ['of the gateway’s role', 'ALTER TABLE message OWNER TO carryall_app'],
  ['added later and not protected', 'CREATE TABLE message_later (tenant_id text)'],
])('A-31: a table %s is refused, with the way out', async (_case, statement) => {
  await migrate(server.pool, MIGRATIONS);
  await server.pool.query(statement);
  const error: unknown = await assertTenantsApart(server.pool).catch((reason: unknown) => reason);
  expect(error).toMatchObject(refused('carryall_protect'));
  const [wayOut = ''] = /SELECT carryall_protect\('\w+'\);/.exec((error as Error).message) ?? [];
  await server.pool.query(`ALTER TABLE message OWNER TO postgres; ${wayOut}`);
  await assertTenantsApart(server.pool);
});
