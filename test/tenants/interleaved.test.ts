import fc from 'fast-check';
import { text } from 'node:stream/consumers';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../src/store/database.ts';
import { withSnapshot, withTransaction } from '../../src/store/session.ts';
import { sql } from '../../src/store/sql.ts';
import { createTenantClients, type TenantClients } from '../../src/store/tenant-clients.ts';
import { openTwoTenants, TENANTS } from './two-tenants.ts';

let database: Database;
let pool: pg.Pool;
let clients: TenantClients;
beforeAll(async () => {
  database = await openTwoTenants();
  pool = new pg.Pool({ ...database.pool.options, max: 2 });
  pool.on('error', () => {});
  clients = createTenantClients(pool);
});
afterAll(async () => {
  await pool.end();
  await database.close();
});

/** Every way in which the gateway works for a tenant; each gives the tenants whose rows it saw. */
const WAYS = {
  snapshot: async (tenant) => {
    const rows = await withSnapshot(pool, tenant, (reader) =>
      reader.query<{ tenant: string }>(sql`SELECT tenant_id AS tenant FROM call_record`),
    );
    return rows.map((row) => row.tenant);
  },
  copy: async (tenant) => {
    const copied = withSnapshot(pool, tenant, (reader) =>
      text(reader.copyOut(sql`SELECT tenant_id FROM call_record`, 'lines')),
    );
    return (await copied).trimEnd().split('\n');
  },
  write: async (tenant) => {
    const rows = await withTransaction(pool, tenant, (writer) =>
      writer.query<{ tenant: string }>(
        sql`UPDATE subject_identifier SET source_system = 'z' RETURNING tenant_id AS tenant`,
      ),
    );
    return rows.map((row) => row.tenant);
  },
  failure: async (tenant) => {
    const work = withTransaction(pool, tenant, (writer) => writer.query(sql`SELECT 1 / 0`));
    return work.then(
      () => ['no failure'],
      () => [tenant],
    );
  },
  prisma: async (tenant) => (await clients.of(tenant).callRecord.findMany()).map(({ tenantId }) => tenantId),
  prismaTransaction: async (tenant) =>
    clients.of(tenant).$transaction(async (tx) => (await tx.callRecord.findMany()).map(({ tenantId }) => tenantId), {
      maxWait: 60_000,
    }),
  prismaFailure: async (tenant) =>
    clients.of(tenant).$queryRaw`SELECT 1 / 0`.then(
      () => ['no failure'],
      () => [tenant],
    ),
} satisfies Record<string, (tenant: string) => Promise<string[]>>;

type Way = keyof typeof WAYS;

test('A-38: whatever runs at the same time, in whatever order, each piece of work sees its own tenant alone', async () => {
  const step = fc.record({
    tenant: fc.constantFrom(...TENANTS),
    way: fc.constantFrom(...(Object.keys(WAYS) as Way[])),
    wait: fc.nat({ max: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 16 }), async (steps) => {
      const seen = await Promise.all(
        steps.map(async ({ tenant, way, wait }) => {
          for (let turn = 0; turn < wait; turn++) await new Promise(setImmediate);
          return WAYS[way](tenant);
        }),
      );
      expect(seen).toEqual(steps.map(({ tenant }) => [tenant]));
    }),
    { numRuns: 60 },
  );
});
