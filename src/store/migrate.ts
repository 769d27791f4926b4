import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { CarryallError } from '../errors.ts';
import { sqlState, toDatabaseError } from './failure.ts';
import { readMigrations, type Migration } from './migration-files.ts';

/*
 * Keeps the table that `prisma migrate deploy` keeps, so that either may go on where the other stopped. A migration
 * and its line in that table are one transaction: it is applied or it is not. A line without `finished_at` can only
 * have been left by Prisma.
 */
const TABLE = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id                  VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum            VARCHAR(64) NOT NULL,
  finished_at         TIMESTAMPTZ,
  migration_name      VARCHAR(255) NOT NULL,
  logs                TEXT,
  rolled_back_at      TIMESTAMPTZ,
  started_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0
)`;

// The key that Prisma locks as well.
const LOCK = 72707369;

// RAISE EXCEPTION.
const RAISED = 'P0001';

/**
 * Applies the migrations of `folder` that the database lacks and returns their names; runs at the same time wait for each
 * other. Throws MIGRATION_BROKEN, DATABASE_NEWER, DATABASE_IN_USE when another run takes over a minute, DATABASE_FAILED.
 */
export async function migrate(pool: pg.Pool, folder: string): Promise<string[]> {
  const migrations = await readMigrations(folder);
  const client = await connect(pool);
  try {
    await lock(client);
    await client.query(TABLE);
    const pending = pendingOf(migrations, await readApplied(client));
    for (const migration of pending) await apply(client, migration);
    return pending.map(({ name }) => name);
  } catch (error) {
    throw toDatabaseError(error);
  } finally {
    // A script may have changed settings of the session. The lock goes with it too.
    client.release(true);
  }
}

/**
 * Checks that the database has exactly the migrations of `folder`. Throws DATABASE_MISSING when it was never migrated,
 * DATABASE_NEWER when it has more, MIGRATION_BROKEN when it has fewer or others.
 */
export async function assertMigrated(pool: pg.Pool, folder: string): Promise<void> {
  const migrations = await readMigrations(folder);
  const client = await connect(pool);
  let applied: Applied[];
  try {
    applied = await readApplied(client);
  } catch (error) {
    if (sqlState(error) !== '42P01') throw toDatabaseError(error);
    throw new CarryallError('DATABASE_MISSING', 'The database has no tables of Carryall yet. Run `carryall migrate`.');
  } finally {
    client.release();
  }
  const [next] = pendingOf(migrations, applied);
  if (next === undefined) return;
  throw new CarryallError(
    'MIGRATION_BROKEN',
    `The database lacks the migration ${next.name}. Run \`carryall migrate\`.`,
  );
}

interface Applied {
  readonly name: string;
  readonly checksum: string;
  readonly finished: boolean;
}

async function readApplied(client: pg.PoolClient): Promise<Applied[]> {
  const { rows } = await client.query<Applied>(
    `SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished
     FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at, migration_name`,
  );
  return rows;
}

function pendingOf(migrations: readonly Migration[], applied: readonly Applied[]): Migration[] {
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const { name, checksum, finished } of applied) {
    if (!finished) {
      throw new CarryallError(
        'MIGRATION_BROKEN',
        `The migration ${name} was started and not finished. Restore a backup, or put its changes right by hand and run ` +
          `\`prisma migrate resolve --rolled-back ${name}\`.`,
      );
    }
    const migration = known.get(name);
    if (migration === undefined) {
      throw new CarryallError(
        'DATABASE_NEWER',
        `The database has the migration ${name}, which this version lacks. Upgrade Carryall.`,
      );
    }
    if (migration.checksum !== checksum) {
      throw new CarryallError(
        'MIGRATION_BROKEN',
        `The migration ${name} was changed after it was applied. Restore its migration.sql, and put the change into a new one.`,
      );
    }
  }
  const names = new Set(applied.map(({ name }) => name));
  return migrations.filter(({ name }) => !names.has(name));
}

async function apply(client: pg.PoolClient, { name, script, checksum }: Migration): Promise<void> {
  try {
    await client.query('BEGIN');
    await client.query(script);
    // Scripts that a dump made empty the search path.
    await client.query('RESET ALL');
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, clock_timestamp(), clock_timestamp(), 1)`,
      [randomUUID(), checksum, name],
    );
    await client.query('COMMIT');
  } catch (cause) {
    const state = sqlState(cause);
    // What a migration raises itself says the way out.
    const told = state === RAISED && cause instanceof Error ? ` ${cause.message}` : '';
    throw new CarryallError(
      'MIGRATION_BROKEN',
      `The migration ${name} failed${state === undefined ? '' : ` (SQLSTATE ${state})`}. Nothing of it was kept, those before it were.${told}`,
      { cause },
    );
  }
}

async function lock(client: pg.PoolClient): Promise<void> {
  try {
    await client.query(`SET lock_timeout = '60s'`);
    await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
    await client.query('RESET lock_timeout');
  } catch (cause) {
    if (sqlState(cause) !== '55P03') throw cause;
    throw new CarryallError(
      'DATABASE_IN_USE',
      'Another migration has been running for a minute. Wait for it and try again.',
      { cause },
    );
  }
}

async function connect(pool: pg.Pool): Promise<pg.PoolClient> {
  return pool.connect().catch((error: unknown) => {
    throw toDatabaseError(error);
  });
}
