import { mkdtemp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exportBundle } from '../../src/bundle/export-file.ts';
import { verifyBundle } from '../../src/bundle/verify.ts';
import { unpack } from '../bundle/unpack.ts';
import { openBreakablePool } from './broken-pool.ts';
import { openSmallExport, type SmallExport } from './small-export.ts';

const CALLS = 30;
let small: SmallExport;
beforeAll(async () => {
  small = await openSmallExport(CALLS);
});
afterAll(() => small[Symbol.asyncDispose]());

test('U-33: while rows are changed, added and removed at every statement of an export, all its files tell of one moment', async () => {
  const { at, url } = small;
  let version = 0;
  let changes: Promise<unknown> = Promise.resolve();
  const change = (): void => {
    version += 1;
    const text = `
      WITH removed AS (DELETE FROM call_record WHERE id = 'call-' || ${version - 1}),
        added AS (INSERT INTO call_record (tenant_id, id, subject_id, source_system, started_at)
          VALUES ('cr', 'added-${version}', 'ann', 'test', '2026-02-01T00:00:00Z')),
        named AS (UPDATE legal_document SET file_name = 'version-${version}.txt')
      UPDATE account SET last_name = 'version-${version}'`;
    changes = changes.then(() => at.pool.query(text));
  };
  await at.pool.query(
    `UPDATE account SET last_name = 'version-0'; UPDATE legal_document SET file_name = 'version-0.txt'`,
  );
  const pool = openBreakablePool(url, (what) => void (what === 'QUERY' && change()));
  try {
    const path = join(await mkdtemp(join(at.folder, 'out-')), 'bundle.zip');
    const request = { tenantId: 'cr', subjectId: 'ann', scope: 'ACCESS', format: 'ZIP' } as const;
    await exportBundle({ ...at.sources, pool }, request, path);
    expect(version).toBeGreaterThan(10);
    expect((await verifyBundle(path)).faults).toEqual([]);
    const { data, manifest } = await unpack(await readFile(path), 'ZIP');
    const seen = new Set(JSON.stringify([...data]).match(/version-\d+/g));
    expect(seen.size).toBe(1);
    const [, moment] = /version-(\d+)/.exec([...seen][0] ?? '') ?? [];
    const calls = data.get('call-records') ?? [];
    // One was removed and one added by each change.
    expect(calls.filter(({ id }) => String(id).startsWith('added-'))).toHaveLength(Number(moment));
    expect(calls).toHaveLength(CALLS);
    for (const { expected, exported } of manifest.datasets) expect(exported).toEqual(expected);
  } finally {
    await changes;
    await pool.end();
  }
});
