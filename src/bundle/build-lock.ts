import type pg from 'pg';
import { hash } from 'node:crypto';

/**
 * Runs `work` while no other process builds the same, and tells it whether that is so: a build that finds another at work
 * shares nothing with it. The lock is PostgreSQL's and ends with the process that holds it, however that ends.
 */
export async function withBuildLock<T>(pool: pg.Pool, name: string, work: (alone: boolean) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  const onError = (): void => {};
  client.on('error', onError);
  const key = hash('sha256', name, 'buffer').readBigInt64BE().toString();
  let broken = false;
  try {
    const { rows } = await client.query<{ alone: boolean }>('SELECT pg_try_advisory_lock($1::bigint) AS alone', [key]);
    return await work(rows[0]?.alone === true);
  } finally {
    await client.query('SELECT pg_advisory_unlock($1::bigint)', [key]).catch(() => (broken = true));
    client.off('error', onError);
    client.release(broken);
  }
}
