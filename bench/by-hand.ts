import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { ZipArchive } from 'archiver';
import type pg from 'pg';
import type { SeededSubject } from './seed.ts';
import { TABLES } from './seed-typical.ts';

/** What one would write without Carryall: a query for each table, a line of JSON for each row, an archive of it all. */
export async function exportByHand(pool: pg.Pool, { tenantId, subjectId }: SeededSubject, path: string): Promise<void> {
  const archive = new ZipArchive({ zlib: { level: 6 } });
  const written = pipeline(archive, createWriteStream(path));
  const client = await pool.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    for (const table of TABLES) {
      const { rows } = await client.query<object>(
        `SELECT * FROM ${table} WHERE tenant_id = $1 AND subject_id = $2 ORDER BY id`,
        [tenantId, subjectId],
      );
      archive.append(rows.map((row) => `${JSON.stringify(row)}\n`).join(''), { name: `${table}.ndjson` });
    }
    await client.query('COMMIT');
  } finally {
    client.release();
  }
  await archive.finalize();
  await written;
}
