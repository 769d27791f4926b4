import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestDatabase } from '../support/database.ts';
import { openTemporaryFolder } from '../support/temporary-folder.ts';
import { runCli, type CliResult } from './run-cli.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
const folder = openTemporaryFolder();
const cli = (...args: string[]): Promise<CliResult> =>
  runCli(args, { DATABASE_URL: database.url, CARRYALL_DATA: join(folder.path, 'data') });

beforeAll(async () => {
  database = await openTestDatabase();
});

afterAll(async () => {
  await database.close();
  folder[Symbol.dispose]();
});

test('from a new tenant to a verified archive, as the README tells it', async () => {
  const out = join(folder.path, 'sanne.zip');
  expect(await cli('tenant', 'add', 'acme', '--policy', 'CP', '--country', 'NL')).toMatchObject({
    code: 0,
    out: 'acme works under CallerPlugins (CP).\n',
  });
  expect(await cli('import', 'ndjson', 'samples/callerplugins/account.ndjson', '--tenant', 'acme')).toMatchObject({
    code: 0,
  });
  const again = await cli('import', 'ndjson', 'samples/callerplugins/account.ndjson', '--tenant', 'acme');
  expect(again.out).toContain('account: 0 new, 0 changed, 2 as before');
  const subject = (await cli('subject', 'find', 'Sanne.deWit@example.nl', '--tenant', 'acme')).out.trim();
  expect(subject).toMatch(/^sub_/);
  expect(
    await cli('export', '--tenant', 'acme', '--subject', subject, '--scope', 'access', '--out', out),
  ).toMatchObject({ code: 0 });
  expect((await stat(out)).mode & 0o777).toBe(0o600);
  const verified = await cli('verify', out);
  expect(verified).toMatchObject({ code: 0, err: '' });
  expect(verified.out).toContain('are what the manifest says');
  expect(await cli('sweep', '--tenant', 'acme')).toMatchObject({
    code: 0,
    out: expect.stringContaining('api-requests: ') as string,
  });
});

test('the catalogue comes as a table and as JSON, a row for every column', async () => {
  const table = await cli('catalogue');
  const json = await cli('catalogue', '--json');
  const rows = JSON.parse(json.out) as { dataset: string; column: string; kind: string }[];
  expect(rows.length).toBeGreaterThan(300);
  expect(rows.find(({ column }) => column === 'passwordHash')).toMatchObject({ dataset: 'account', kind: 'secret' });
  for (const { column } of rows) expect(table.out).toContain(column);
});

test('the five policies are listed and check without a fault', async () => {
  const { out } = await cli('policy', 'list');
  const codes = out
    .trim()
    .split('\n')
    .map((line) => line.slice(0, 2));
  expect(new Set(codes)).toEqual(new Set(['CN', 'CP', 'CR', 'CT', 'CX']));
  for (const file of ['callerplugins', 'callrix', 'contractor', 'callnex', 'callr']) {
    expect(await cli('policy', 'check', `policies/${file}.yaml`)).toMatchObject({ code: 0 });
  }
});

test('a token names one actor of one tenant and is refused for an eternity', async () => {
  const { code, out } = await cli('token', '--tenant', 'acme', '--as', 'support-agent', '--id', 'agent-7');
  expect(code).toBe(0);
  expect(out.trim().split('.')).toHaveLength(3);
  expect(
    await cli('token', '--tenant', 'acme', '--as', 'support-agent', '--id', 'agent-7', '--hours', '100000'),
  ).toMatchObject({ code: 1 });
});

test('the demo builds and checks twenty bundles of five tenants and ends with code 0', async () => {
  const { code, out } = await runCli(['demo', '--no-serve'], { CARRYALL_DATA: join(folder.path, 'demo') });
  expect(code).toBe(0);
  expect(out.match(/ ok /g)).toHaveLength(20);
  expect(out).not.toContain('FAILED');
});
