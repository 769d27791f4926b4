import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PrismaClient } from '../../src/generated/prisma/client.ts';
import type { Database } from '../../src/store/database.ts';
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

/** What a connection is left with: as whom and for which tenant. */
async function leftBehind(): Promise<unknown[]> {
  const held = await Promise.all([pool.connect(), pool.connect()]);
  const states = await Promise.all(
    held.map(async (client) => {
      const { rows } = await client.query<{ state: string }>(
        `SELECT concat(current_user = session_user, ' ', current_setting('app.tenant', true)) AS state`,
      );
      return rows[0]?.state;
    }),
  );
  for (const client of held) client.release();
  return states;
}

const CLEAN = ['t ', 't '];

async function tenantsSeen(prisma: Pick<PrismaClient, '$queryRaw'>): Promise<unknown> {
  return prisma.$queryRaw`SELECT current_setting('app.tenant') AS set, current_user::text AS role,
    (SELECT string_agg(tenant_id, ' ') FROM subject) AS seen`;
}

const seenBy = (tenant: string): unknown => [{ set: tenant, role: 'carryall_app', seen: tenant }];

test('A-36: models, raw SQL, interactive and batch transactions of a tenant’s client see that tenant alone', async () => {
  for (const tenant of TENANTS) {
    const prisma = clients.of(tenant);
    const own = [{ tenantId: tenant }];
    const select = { tenantId: true } as const;
    expect(await prisma.callRecord.findMany({ select })).toEqual(own);
    expect(await prisma.callRecord.count({ where: { tenantId: 'b' } })).toBe(tenant === 'b' ? 1 : 0);
    expect(await tenantsSeen(prisma)).toEqual(seenBy(tenant));
    expect(await prisma.$queryRawUnsafe('SELECT tenant_id AS "tenantId" FROM call_record')).toEqual(own);
    expect(await prisma.$executeRaw`UPDATE subject_identifier SET source_system = 'y'`).toBe(1);
    expect(await prisma.$transaction([prisma.callRecord.findMany({ select }), prisma.account.count()])).toEqual([
      own,
      1,
    ]);
    for (const isolationLevel of ['ReadCommitted', 'Serializable'] as const) {
      const inside = prisma.$transaction(
        async (tx) => [await tenantsSeen(tx), await tx.callRecord.findMany({ select })],
        {
          isolationLevel,
        },
      );
      expect(await inside).toEqual([seenBy(tenant), own]);
    }
  }
  expect(await leftBehind()).toEqual(CLEAN);
});

test('A-36: a tenant’s client writes nothing of another tenant, in no form', async () => {
  const prisma = clients.of('a');
  const data = { tenantId: 'b', id: 'new' };
  await expect(prisma.subject.create({ data })).rejects.toThrow('row-level security');
  await expect(prisma.$transaction([prisma.subject.create({ data })])).rejects.toThrow('row-level security');
  await expect(prisma.$transaction((tx) => tx.subject.create({ data }))).rejects.toThrow('row-level security');
  await expect(prisma.$executeRaw`INSERT INTO subject VALUES ('b', 'new')`).rejects.toThrow('row-level security');
  expect(await prisma.subject.deleteMany({ where: { tenantId: 'b' } })).toEqual({ count: 0 });
  expect(await leftBehind()).toEqual(CLEAN);
  expect(await clients.of('b').subject.count()).toBe(1);
});

test('A-35: 200 interleaved transactions of two tenants on two connections never mix', async () => {
  const giveUp = new Error('give up');
  const outcomes = await Promise.all(
    Array.from({ length: 200 }, async (_, index) => {
      const tenant = TENANTS[index % 2] ?? 'a';
      const prisma = clients.of(tenant);
      if (index % 3 === 0) return [tenant, await tenantsSeen(prisma)];
      const inside: unknown[] = [];
      const work = prisma.$transaction(
        async (tx) => {
          inside.push(await tenantsSeen(tx));
          if (index % 3 === 1) throw giveUp;
        },
        { maxWait: 60_000, timeout: 60_000 },
      );
      await work.catch((error: unknown) => expect(error).toBe(giveUp));
      return [tenant, inside[0]];
    }),
  );
  expect(outcomes).toHaveLength(200);
  for (const [tenant, seen] of outcomes) expect(seen).toEqual(seenBy(String(tenant)));
  expect(await leftBehind()).toEqual(CLEAN);
});

test('A-35: what fails, or loses its connection, leaves no tenant behind and the next query works', async () => {
  const prisma = clients.of('a');
  await expect(prisma.$queryRaw`SELECT 1 / 0`).rejects.toThrow('division by zero');
  expect(await leftBehind()).toEqual(CLEAN);
  const [own] = await prisma.$queryRaw<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
  const cut = prisma.$queryRaw`SELECT pg_sleep(60)`.then(
    () => 'slept',
    () => 'cut',
  );
  for (;;) {
    const { rowCount } = await database.pool.query(
      `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
       WHERE datname = current_database() AND query LIKE 'SELECT pg_sleep(60)' AND pid <> pg_backend_pid()`,
    );
    if (rowCount === 1) break;
  }
  expect(await cut).toBe('cut');
  expect(own?.pid).toBeTypeOf('number');
  expect(await tenantsSeen(prisma)).toEqual(seenBy('a'));
  expect(await leftBehind()).toEqual(CLEAN);
});

test('many identical look-ups at once, which Prisma makes one query of, stay with their tenants', async () => {
  const id = '0'.repeat(64);
  const found = await Promise.all(
    Array.from({ length: 40 }, (_, index) => {
      const tenant = TENANTS[index % 2] ?? 'a';
      // Asked for the rows of a by both, so that a mix would show.
      return clients.of(tenant).subject.findUnique({ where: { tenantId_id: { tenantId: 'a', id } } });
    }),
  );
  expect(found.map((subject) => subject?.tenantId ?? null)).toEqual(
    found.map((_, index) => (index % 2 === 0 ? 'a' : null)),
  );
});

test('a client of a tenant that others have pushed out is made again, and one in use goes on', async () => {
  const first = clients.of('a');
  const working = first.$transaction(
    async (tx) => {
      for (let index = 0; index < 20; index++) clients.of(`t${index}`);
      return tenantsSeen(tx);
    },
    { timeout: 60_000 },
  );
  expect(await working).toEqual(seenBy('a'));
  expect(clients.of('a')).not.toBe(first);
  expect(await tenantsSeen(first)).toEqual(seenBy('a'));
  expect(() => clients.of('')).toThrow('none was named');
});
