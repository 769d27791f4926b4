import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { record } from '../../src/audit/append.ts';
import { runCli, type CliResult } from '../cli/run-cli.ts';
import { looks, openTestLog, type TestLog } from './open-log.ts';

function cli(log: TestLog, ...args: string[]): Promise<CliResult> {
  return runCli(['audit', ...args], { DATABASE_URL: log.database.url, CARRYALL_DATA: log.folder });
}

test('from signing a log to a copy that verifies elsewhere; a change ends it with code 1 and its place', async () => {
  await using log = await openTestLog();
  await record(log.pool, log.keys, looks(3));
  expect(await cli(log, 'checkpoint')).toMatchObject({
    code: 0,
    out: '*: no entries.\nacme: signed up to entry 3.\nother: no entries.\n',
  });
  expect(await cli(log, 'verify')).toMatchObject({
    code: 0,
    err: '',
    out: '*: no entries.\nacme: 3 entries, 1 to 3, are what was written.\nother: no entries.\n',
  });

  const out = join(log.folder, 'audit.ndjson');
  expect(await cli(log, 'export', '--tenant', 'acme', '--out', out)).toMatchObject({ code: 0 });
  // The export is an entry of its own, after the checkpoint.
  const offline = await cli(log, 'verify', '--file', out);
  expect(offline).toMatchObject({ code: 0, out: expect.stringContaining('acme: 4 entries, 1 to 4') });
  expect(offline.out).toContain('up to 3');

  await log.tamper(`UPDATE audit_event SET purpose = 'billing' WHERE seq = 2`);
  expect(await cli(log, 'verify', '--tenant', 'acme')).toMatchObject({
    code: 1,
    err: 'acme: entry 2 is not what was written.\n',
  });
  await log.tamper(`DELETE FROM audit_event`, `DELETE FROM subject`, `DELETE FROM tenant WHERE tenant_id = 'acme'`);
  expect(await cli(log, 'verify')).toMatchObject({ code: 1, err: expect.stringContaining('acme: entry 1 is missing') });
});

test('old entries are pruned by a command, and the rest still verifies', async () => {
  await using log = await openTestLog();
  await record(log.pool, log.keys, looks(3));
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
  expect(await cli(log, 'prune', '--tenant', 'acme', '--before', tomorrow)).toMatchObject({
    code: 0,
    out: '3 entries, up to 3, are gone.\n',
  });
  expect(await cli(log, 'verify', '--tenant', 'acme')).toMatchObject({
    code: 0,
    err: '',
    out: expect.stringContaining('Entries 1 to 3 were pruned'),
  });
});

test('the log of a tenant that nobody knows is neither vouched for nor begun', async () => {
  await using log = await openTestLog();
  const out = join(log.folder, 'audit.ndjson');
  const ways: readonly (readonly string[])[] = [
    ['verify'],
    ['checkpoint'],
    ['export', '--out', out],
    ['prune', '--before', '2026-01-01T00:00:00Z'],
  ];
  for (const way of ways)
    expect(await cli(log, ...way, '--tenant', 'acne')).toMatchObject({
      code: 1,
      out: '',
      err: 'NOT_FOUND: There is no such tenant. List them with: carryall tenant list\n',
    });
  const { rows } = await log.pool.query(`SELECT 1 FROM audit_event WHERE tenant_id = 'acne'`);
  expect(rows).toEqual([]);
  expect(existsSync(out)).toBe(false);
});
