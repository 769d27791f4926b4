import { afterAll, beforeAll, expect, test } from 'vitest';
import { text } from 'node:stream/consumers';
import type { Database } from '../../src/store/database.ts';
import { sqlState } from '../../src/store/failure.ts';
import { withOperator, withSnapshot, withTransaction } from '../../src/store/session.ts';
import { Sql, sql } from '../../src/store/sql.ts';
import { openTwoTenants, tenantTables, TENANTS } from './two-tenants.ts';

let database: Database;
let tables: string[];
beforeAll(async () => {
  database = await openTwoTenants();
  tables = await tenantTables(database.pool);
});
afterAll(() => database.close());

/** The SQLSTATE with which a statement fails for tenant a; null when it does not. */
async function refusal(statement: string): Promise<string | null> {
  const attempt = withTransaction(database.pool, 'a', async (writer) => {
    await writer.execute(new Sql([statement], []));
    throw new Error('done');
  });
  return attempt.catch((error: unknown) => sqlState(error) ?? null);
}

async function tenantsIn(table: string, tenant: string): Promise<unknown[]> {
  return withSnapshot(database.pool, tenant, (reader) =>
    reader.query(sql`SELECT tenant_id AS tenant FROM ${sql.identifier(table)}`),
  );
}

test('A-18: in every table a tenant finds its own rows and nobody else’s', async () => {
  expect(tables.length).toBeGreaterThan(50);
  for (const table of tables) {
    for (const tenant of TENANTS) expect([table, await tenantsIn(table, tenant)]).toEqual([table, [{ tenant }]]);
    expect([table, await tenantsIn(table, 'nobody')]).toEqual([table, []]);
  }
});

test('A-18: another tenant’s rows are not there to be changed or deleted, in any table', async () => {
  for (const table of tables) {
    const deleted = await withTransaction(database.pool, 'a', (writer) =>
      writer.execute(sql`DELETE FROM ${sql.identifier(table)} WHERE tenant_id = 'b'`),
    ).catch((error: unknown) => sqlState(error));
    // No row is found, or the gateway may delete nothing there.
    expect([table, deleted]).toEqual([table, deleted === '42501' ? '42501' : 0]);
  }
  const changed = await withTransaction(database.pool, 'a', async (writer) => [
    await writer.execute(sql`UPDATE call_record SET status = 'BUSY' WHERE tenant_id = 'b'`),
    await writer.execute(sql`UPDATE call_record SET status = 'BUSY'`),
    await writer.execute(sql`DELETE FROM subject_identifier WHERE tenant_id = 'b'`),
  ]);
  expect(changed).toEqual([0, 1, 0]);
});

test('A-32: as the role of the gateway without a tenant, every table is empty, before a tenant was set and after', async () => {
  const client = await database.pool.connect();
  try {
    for (const before of ['', `BEGIN; SET LOCAL app.tenant = 'a'; COMMIT`]) {
      await client.query(`${before}; SET ROLE carryall_app`);
      for (const table of tables) {
        const { rows } = await client.query(`SELECT * FROM "${table}"`);
        expect([table, rows]).toEqual([table, []]);
      }
      await client.query('RESET ROLE');
    }
  } finally {
    client.release(true);
  }
});

test('work for no tenant is refused before anything is sent', async () => {
  for (const tenant of ['', undefined as unknown as string]) {
    const work = (): Promise<never> => Promise.reject(new Error('was run'));
    await expect(withTransaction(database.pool, tenant, work)).rejects.toMatchObject({ code: 'BAD_INPUT' });
    await expect(withSnapshot(database.pool, tenant, work)).rejects.toMatchObject({ code: 'BAD_INPUT' });
  }
});

/** Tables whose rows are counted over all tenants, by states and times. */
const COUNTED: readonly string[] = ['data_subject_request', 'notice', 'portability_bundle'];

/** What is wrong with the protection of tables and views: nothing, or the names of those at fault. */
async function unprotected(): Promise<string[]> {
  const { rows } = await database.pool.query<{ name: string }>(`
    SELECT c.relname AS name FROM pg_class c
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
      AND c.relname NOT IN ('_prisma_migrations', 'rate_limit')
      AND NOT (c.relrowsecurity AND c.relforcerowsecurity AND EXISTS (
        SELECT FROM pg_policies p WHERE p.tablename = c.relname AND p.schemaname = current_schema()
          AND p.permissive = 'PERMISSIVE' AND p.cmd = 'ALL' AND p.roles = '{public}' AND p.qual = p.with_check
          AND p.qual = '(tenant_id = NULLIF(current_setting(''app.tenant''::text, true), ''''::text))'))
    UNION ALL
    SELECT c.relname FROM pg_class c WHERE c.relkind IN ('v', 'm') AND c.relnamespace = current_schema()::regnamespace
      AND coalesce('security_invoker=true' <> ALL (c.reloptions), true)
    UNION ALL
    SELECT p.tablename || '.' || p.policyname FROM pg_policies p WHERE p.schemaname = current_schema()
      AND NOT (p.policyname = 'tenant' OR (p.tablename, p.policyname, p.cmd) = ('tenant', 'operator', 'SELECT')
        OR (p.policyname, p.cmd, p.qual) = ('operator', 'SELECT', '(CURRENT_USER = ''carryall_operator''::name)')
          AND p.tablename IN (${COUNTED.map((name) => `'${name}'`).join()}))
    ORDER BY 1`);
  return rows.map(({ name }) => name);
}

test('A-33: every table is behind its policy, forced, for reading and for writing, and every view asks as its caller', async () => {
  expect(await unprotected()).toEqual([]);
});

test('A-33: a table or a view that is added without protection is found', async () => {
  await database.pool.query(`CREATE TABLE added (tenant_id text); CREATE VIEW seen AS SELECT * FROM subject;
    ALTER TABLE message NO FORCE ROW LEVEL SECURITY; ALTER POLICY tenant ON account USING (true);
    CREATE POLICY more ON payment USING (true)`);
  expect(await unprotected()).toEqual(['account', 'added', 'message', 'payment.more', 'seen']);
  await database.pool
    .query(`SELECT carryall_protect(name::regclass) FROM unnest(ARRAY['added', 'message', 'account']) name;
    DROP VIEW seen; DROP POLICY more ON payment`);
  expect(await unprotected()).toEqual([]);
  await database.pool.query('DROP TABLE added');
});

test('A-33: the role of the gateway owns nothing, and has no privilege on tables without a tenant', async () => {
  const { rows } = await database.pool.query(`
    SELECT relname FROM pg_class WHERE relowner = 'carryall_app'::regrole
    UNION ALL SELECT table_name FROM information_schema.role_table_grants
      WHERE grantee IN ('carryall_app', 'PUBLIC') AND table_schema = current_schema() AND table_name = '_prisma_migrations'`);
  expect(rows).toEqual([]);
});

test('A-34: a row of another tenant cannot be written, nor can a row be moved to one', async () => {
  expect(await refusal(`INSERT INTO subject (tenant_id, id) VALUES ('b', 'new')`)).toBe('42501');
  expect(await refusal(`UPDATE subject SET tenant_id = 'b'`)).toBe('42501');
  expect(await refusal(`INSERT INTO subject (tenant_id, id) VALUES ('a', 'new')`)).toBeNull();
});

test('A-37: whether another tenant’s id exists cannot be told from how a write fails', async () => {
  const known = '0'.repeat(64);
  const write = (id: string): Promise<unknown> =>
    withTransaction(database.pool, 'a', (writer) =>
      writer.execute(sql`INSERT INTO subject (tenant_id, id) VALUES ('b', ${id})`),
    ).catch((error: unknown) => (error as Error).message);
  const refer = (tenant: string, id: string): Promise<unknown> =>
    withTransaction(database.pool, 'a', (writer) =>
      writer.execute(sql`INSERT INTO subject_identifier (tenant_id, id, subject_id, source_system, kind, value)
        VALUES (${tenant}, 'i', ${id}, 'x', 'EMAIL', 'x')`),
    ).catch((error: unknown) => (error as Error).message);
  expect(await write(known)).toBe(await write('unknown'));
  expect(await refer('b', known)).toBe(await refer('b', 'unknown'));
  await database.pool.query(`INSERT INTO subject (tenant_id, id) VALUES ('b', 'only-of-b')`);
  expect(await refer('a', 'only-of-b')).toBe(await refer('a', 'unknown'));
});

test('L-08: the role of the gateway adds to the audit log and reads it, and can do nothing else with it', async () => {
  for (const statement of [
    `UPDATE audit_event SET action = 'x'`,
    'DELETE FROM audit_event',
    'TRUNCATE audit_event',
    'ALTER TABLE audit_event ADD COLUMN x int',
    'ALTER TABLE audit_event DISABLE TRIGGER ALL',
    'ALTER TABLE audit_event DISABLE ROW LEVEL SECURITY',
    'DROP POLICY tenant ON audit_event',
    'DROP TABLE audit_event',
  ]) {
    expect([statement, await refusal(statement)]).toEqual([statement, '42501']);
  }
  const { rows } = await database.pool.query(`SELECT string_agg(privilege_type, ' ' ORDER BY privilege_type) AS may
    FROM information_schema.role_table_grants WHERE grantee = 'carryall_app' AND table_name = 'audit_event'`);
  expect(rows).toEqual([{ may: 'INSERT SELECT' }]);
});

test('the bytes of a COPY are one tenant’s', async () => {
  for (const tenant of TENANTS) {
    const copied = await withSnapshot(database.pool, tenant, (reader) =>
      text(reader.copyOut(sql`SELECT tenant_id FROM call_record`, 'lines')),
    );
    expect(copied).toBe(`${tenant}\n`);
  }
});

test('the operator’s door shows which tenants there are, of what is counted states and times, and opens nothing else', async () => {
  const list = sql`SELECT tenant_id AS tenant FROM tenant ORDER BY 1`;
  expect(await withOperator(database.pool, (reader) => reader.query(list))).toEqual([{ tenant: 'a' }, { tenant: 'b' }]);
  const read = (query: Sql): Promise<unknown> =>
    withOperator(database.pool, (reader) => reader.query(query)).catch((error: unknown) => sqlState(error));
  for (const table of tables.filter((name) => name !== 'tenant')) {
    expect(await read(sql`SELECT * FROM ${sql.identifier(table)}`)).toBe('42501');
    if (!COUNTED.includes(table)) expect(await read(sql`SELECT 1 FROM ${sql.identifier(table)}`)).toBe('42501');
    else expect(await read(sql`SELECT id FROM ${sql.identifier(table)}`)).toBe('42501');
  }
});
