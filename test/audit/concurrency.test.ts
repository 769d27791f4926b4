import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { sqlState } from '../../src/store/failure.ts';
import { record } from '../../src/audit/append.ts';
import { look, openTestLog } from './open-log.ts';

const CONCURRENT = fileURLToPath(new URL('./concurrent-writer.ts', import.meta.url));
const DOOMED = fileURLToPath(new URL('./doomed-writer.ts', import.meta.url));

function runWriter(url: string, folder: string, count: number): Promise<number | null> {
  const child = spawn(process.execPath, [CONCURRENT, url, folder, String(count)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return new Promise((resolve) => child.once('close', resolve));
}

test('L-06: a hundred writers in each of two processes make one chain without a gap', async () => {
  await using log = await openTestLog();
  const codes = await Promise.all([1, 2].map(() => runWriter(log.database.url, log.folder, 100)));
  expect(codes).toEqual([0, 0]);
  expect(await log.verify()).toMatchObject({ entries: 200, last: 200, fault: null });
  const { rows } = await log.pool.query(
    `SELECT count(*)::int AS entries, count(DISTINCT previous_hash)::int AS followed, count(DISTINCT detail)::int AS told FROM audit_event`,
  );
  expect(rows).toEqual([{ entries: 200, followed: 200, told: 200 }]);
});

/** Kills a writer at some moment after its first entry. */
async function killOne(url: string, folder: string, afterMs: number): Promise<void> {
  const child = spawn(process.execPath, [DOOMED, url, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = new Promise((resolve) => child.once('close', resolve));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  await new Promise((resolve) => setTimeout(resolve, afterMs));
  child.kill('SIGKILL');
  await closed;
}

test('L-07: fifty writers that are killed leave a valid chain, and an entry for each effect', async () => {
  await using log = await openTestLog();
  await log.pool.query(`DELETE FROM subject WHERE tenant_id = 'acme'`);
  for (let round = 0; round < 10; round += 1) {
    await Promise.all(
      [0, 1, 2, 3, 4].map((index) => killOne(log.database.url, log.folder, (round * 7 + index * 11) % 40)),
    );
  }
  // A server process that lost its client still ends what it was doing.
  await expect
    .poll(() =>
      log.pool
        .query(`SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND database =
    (SELECT oid FROM pg_database WHERE datname = current_database())`)
        .then(({ rowCount }) => rowCount),
    )
    .toBe(0);
  const checked = await log.verify();
  expect(checked.fault).toBeNull();
  expect(checked.entries).toBeGreaterThanOrEqual(50);
  const { rows } = await log.pool.query<{ id: string; entries: string }>(
    `SELECT s.id, count(e.id) AS entries FROM subject s FULL JOIN audit_event e ON e.tenant_id = s.tenant_id AND e.subject_id = s.id
     WHERE coalesce(s.tenant_id, e.tenant_id) = 'acme' GROUP BY s.id HAVING count(e.id) <> 1 OR s.id IS NULL`,
  );
  expect(rows).toEqual([]);
});

test('who waits too long for the chain fails, and has written nothing', async () => {
  await using log = await openTestLog();
  await log.pool.query(`ALTER FUNCTION audit_head(text) SET lock_timeout = '100ms'`);
  const holder = await log.pool.connect();
  try {
    await holder.query(`BEGIN; SELECT audit_head('acme')`);
    const failed: unknown = await record(log.pool, log.keys, [look()]).catch((error: unknown) => error);
    expect(sqlState(failed)).toBe('55P03');
    // Another tenant does not wait.
    await record(log.pool, log.keys, [look('sub_1', { actor: { kind: 'GATEWAY', tenant: 'other' } })]);
  } finally {
    await holder.query('ROLLBACK');
    holder.release();
  }
  expect(await log.verify()).toMatchObject({ entries: 0, fault: null });
});
