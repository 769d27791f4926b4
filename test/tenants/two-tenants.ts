import type pg from 'pg';
import { openTestDatabase } from '../support/database.ts';
import type { Database } from '../../src/store/database.ts';

export const TENANTS = ['a', 'b'] as const;

/** A database in which two tenants have a row in every table, the same in both but for the tenant. */
export async function openTwoTenants(): Promise<Database> {
  const database = await openTestDatabase();
  await fill(database.pool);
  return database;
}

/** Every table that has a tenant. */
export async function tenantTables(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(`
    SELECT c.relname AS name FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
    WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace ORDER BY 1`);
  return rows.map(({ name }) => name);
}

async function fill(pool: pg.Pool): Promise<void> {
  const client = await pool.connect();
  try {
    // Without foreign keys and triggers, so that tables may be filled in any order.
    await client.query(`SET session_replication_role = replica`);
    for (const table of await tenantTables(pool)) {
      const { rows } = await client.query<{ name: string; type: string; label: string | null }>(
        `SELECT a.attname AS name, format_type(t.oid, NULL) AS type,
           (SELECT enumlabel FROM pg_enum WHERE enumtypid = t.oid ORDER BY enumsortorder LIMIT 1) AS label
         FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
         WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped AND a.attname <> 'tenant_id'
           AND (a.attnotnull OR a.attname = 'id')`,
        [table],
      );
      const names = ['tenant_id', ...rows.map(({ name }) => name)];
      for (const tenant of TENANTS) {
        const values = [
          tenant,
          ...rows.map(({ name, type, label }) => WORDS[`${table}.${name}`] ?? label ?? valueOf(type)),
        ];
        await client.query(
          `INSERT INTO "${table}" (${names.map((name) => `"${name}"`).join(', ')})
           VALUES (${values.map((_, index) => `$${index + 1}`).join(', ')})`,
          values,
        );
      }
    }
  } finally {
    client.release(true);
  }
}

/** What the database's checks let stand in a column. */
const WORDS: Readonly<Record<string, string>> = {
  'data_subject_request.status': 'AWAITING_IDENTITY',
  'portability_bundle.status': 'EXPIRED',
  'transmission.status': 'RECEIVED',
  'reception.status': 'TAKEN',
  'processor_request.status': 'RECEIVED',
};

function valueOf(type: string): string {
  if (type.endsWith('[]')) return '{}';
  if (type.startsWith('json')) return '{}';
  if (type === 'boolean') return 'false';
  if (type === 'bytea') return '\\x00';
  if (type.startsWith('timestamp') || type === 'date') return '2026-01-01';
  if (/^(?:bigint|integer|smallint|numeric|double precision|real)$/.test(type)) return '1';
  // Also what a check of a digest takes.
  return '0'.repeat(64);
}
