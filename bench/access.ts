import { join } from 'node:path';
import pg from 'pg';
import { readConfig } from '../src/config.ts';
import { openGateway } from '../src/gateway.ts';
import { readPage } from '../src/store/keyset.ts';
import { createPrisma } from '../src/store/prisma.ts';
import { withSnapshot } from '../src/store/session.ts';
import { sql } from '../src/store/sql.ts';
import { bindTenant } from '../src/store/tenancy.ts';
import { createTenantClients, type TenantClients } from '../src/store/tenant-clients.ts';
import { seedCaller, type SeededSubject } from './seed.ts';

/** Queries per second with row-level security and without, and the one over the other. */
export interface AccessFigures {
  readonly with: number;
  readonly without: number;
  readonly ratio: number;
}

/** One way to the same rows. */
interface Way {
  readonly pool: pg.Pool;
  readonly clients: TenantClients;
}

const ROWS = 20_000;
const CALLERS = 4;
const QUERIES = 100;

/**
 * Asks as a list of the schema does (a page of keys in a snapshot, then its rows by Prisma) in rounds by turns: as the
 * gateway, bound to the tenant, and by the same code as a superuser, whom no policy binds.
 */
export async function benchAccess(rounds: number): Promise<AccessFigures> {
  const config = readConfig();
  await using gateway = await openGateway({ ...config, dataFolder: join(config.dataFolder, 'bench') }, 'MIGRATE');
  const { pool } = gateway.database;
  const subject = await seedCaller(pool, ROWS);
  const unbound = new pg.Pool({ ...pool.options, Client: unboundClient(subject.tenantId) } as pg.PoolConfig);
  const prisma = createPrisma(unbound);
  const behind: Way = { pool, clients: createTenantClients(pool) };
  const before: Way = { pool: unbound, clients: { of: () => prisma } };
  try {
    for (const way of [behind, before, behind, before]) await run(way, subject);
    const seconds = { behind: 0, before: 0 };
    for (let round = 0; round < rounds; round++) {
      // Whoever comes first in a round finds another machine than who comes second.
      const order = round % 2 === 0 ? (['behind', 'before'] as const) : (['before', 'behind'] as const);
      for (const name of order) seconds[name] += await run({ behind, before }[name], subject);
    }
    const perSecond = (time: number): number => Math.round((rounds * CALLERS * QUERIES) / time);
    return {
      with: perSecond(seconds.behind),
      without: perSecond(seconds.before),
      ratio: Math.round((seconds.before / seconds.behind) * 1000) / 1000,
    };
  } finally {
    await unbound.end();
  }
}

/** A client whose transactions lack what binds them to the tenant. */
function unboundClient(tenantId: string): typeof pg.Client {
  const bind = `; ${bindTenant(tenantId)}`;
  return class extends pg.Client {
    constructor(config?: pg.ClientConfig) {
      super(config);
      const query = this.query.bind(this) as (config: pg.QueryConfig, ...rest: unknown[]) => unknown;
      this.query = ((given: pg.QueryConfig, ...rest: unknown[]) =>
        query(
          given.text?.endsWith(bind) ? { ...given, text: given.text.slice(0, -bind.length) } : given,
          ...rest,
        )) as never;
    }
  };
}

async function run(way: Way, subject: SeededSubject): Promise<number> {
  const start = performance.now();
  await Promise.all(
    Array.from({ length: CALLERS }, async () => {
      for (let query = 0; query < QUERIES; query++) await ask(way, subject);
    }),
  );
  return (performance.now() - start) / 1000;
}

async function ask({ pool, clients }: Way, { tenantId, subjectId }: SeededSubject): Promise<void> {
  const { rows } = await withSnapshot(pool, tenantId, (reader) =>
    readPage<{ id: string }>(
      reader,
      {
        select: sql`id`,
        from: sql`call_record`,
        where: sql`tenant_id = ${tenantId} AND subject_id = ${subjectId}`,
        order: { column: sql`started_at`, type: 'timestamptz', id: sql`id`, direction: 'descending' },
      },
      { first: 20 },
    ),
  );
  const where = { tenantId, id: { in: rows.map(({ id }) => id) } };
  const found = await clients.of(tenantId).callRecord.findMany({ where });
  if (found.length !== 20) throw new Error(`20 rows were asked for and ${found.length} came.`);
}
