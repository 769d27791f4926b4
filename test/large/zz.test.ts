import { afterAll, beforeAll, test } from 'vitest';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { openExporter, type Exporter } from '/work/main/test/bundle/exporter.ts';
import { addFiles, attach } from '/work/main/test/large/exported.ts';
let at: Exporter;
beforeAll(async () => { at = await openExporter(); });
afterAll(() => at[Symbol.asyncDispose]());
test('x', async () => {
  const many = Number(process.env.MANY ?? 70000);
  const [key = ''] = await addFiles(at, 'cp', 'many', [10]);
  await attach(at, { tenantId: 'cp', subjectId: 'many', from: 2, to: many }, { key, bytes: 10, sha256: key.slice(3) });
  const started = Date.now();
  const r = spawnSync('/usr/bin/time', ['-f', '%M kB %e s %U user %S sys', process.execPath, ...(process.env.FLAGS ?? '').split(' ').filter(Boolean), '/work/main/src/cli/main.ts', 'export', '--tenant', 'cp', '--subject', 'many', '--scope', 'access', '--out', join(at.folder, 'm.zip')], { env: { ...process.env, DATABASE_URL: at.pool.options.connectionString, CARRYALL_DATA: at.folder }, encoding: 'utf8', maxBuffer: 1e9 });
  console.log('RESULT', r.stdout.slice(-2000), r.stderr.slice(-3000), Date.now() - started);
}, 500000);
