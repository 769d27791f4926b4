import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli, type CliResult } from '../cli/run-cli.ts';
import { openTestDatabase } from '../support/database.ts';
import { openTemporaryFolder } from '../support/temporary-folder.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
const folder = openTemporaryFolder();
const at = (...names: string[]): string => join(folder.path, ...names);
const cli = (args: readonly string[], data = 'data'): Promise<CliResult> =>
  runCli(args, { DATABASE_URL: database.url, CARRYALL_DATA: at(data) });
const take = (file: string, ...more: string[]): Promise<CliResult> =>
  cli(['import', 'bundle', file, '--tenant', 'next', ...more]);
const bundle = at('portability.zip');

beforeAll(async () => {
  database = await openTestDatabase();
  await cli(['tenant', 'add', 'acme', '--policy', 'CP', '--country', 'NL']);
  await cli(['tenant', 'add', 'next', '--policy', 'CP', '--country', 'NL']);
  await cli(['import', 'ndjson', 'samples/callerplugins/account.ndjson', '--tenant', 'acme']);
  const subject = (await cli(['subject', 'find', 'sanne.dewit@example.nl', '--tenant', 'acme'])).out.trim();
  for (const scope of ['portability', 'access'])
    await cli(['export', '--tenant', 'acme', '--subject', subject, '--scope', scope, '--out', at(`${scope}.zip`)]);
  writeFileSync(at('keys.json'), (await cli(['keys', 'list', '--jwks'])).out);
});

afterAll(async () => {
  await database.close();
  folder[Symbol.dispose]();
});

test('a bundle with one bit turned is refused by the name of the file in it, and with exit code 1', async () => {
  const bytes = readFileSync(bundle);
  bytes[60] = (bytes[60] ?? 0) ^ 1;
  writeFileSync(at('turned.zip'), bytes);
  const { code, out, err } = await take(at('turned.zip'));
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toMatch(/^BAD_INPUT: .*is not what its manifest says, first at data\/identifiers\.json: /);
});

test('without keys nobody is trusted, unless it is said out loud', async () => {
  const { code, err } = await cli(['import', 'bundle', bundle, '--tenant', 'next'], 'elsewhere');
  expect(code).toBe(1);
  expect(err).toContain('--jwks URL|FILE, or say --no-signature');
  const both = await take(bundle, '--no-signature', '--jwks', at('keys.json'));
  expect(both.code).toBe(1);
  expect(both.err).toContain('cannot be used with');
});

test('a bundle of Art. 15 is refused with the way out', async () => {
  const { code, err } = await take(at('access.zip'));
  expect(code).toBe(1);
  expect(err).toMatch(/BAD_INPUT: .* answers Art\. 15: .*PORTABILITY/);
});

test('a bundle is taken in with the keys of its sender, and changes nothing the second time', async () => {
  const { code, out, err } = await take(bundle, '--jwks', at('keys.json'));
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(
    /^portability\.zip from acme, signed by the key [\w-]+: sub_\w+, a new person\.\n {2}identifiers: 1 new/m,
  );
  const again = await take(bundle, '--no-signature');
  expect(again).toMatchObject({ code: 0, err: 'The signature was not checked: nothing shows who made this bundle.\n' });
  expect(again.out).toContain(', known here.');
  expect(again.out).not.toMatch(/: [1-9]\d* new/);
});

test('a bundle that is given for records of another system is told from them, with the way in', async () => {
  const { code, err } = await cli(['import', 'ndjson', bundle, '--tenant', 'next']);
  expect(code).toBe(1);
  expect(err).toBe(
    `BAD_INPUT: ${bundle} is an archive, not records of ndjson. A person's bundle is taken in by: carryall import bundle ${bundle} --tenant next\n`,
  );
});

test('other imports are called as ever', async () => {
  const again = ['import', 'ndjson', 'samples/callerplugins/account.ndjson', '--tenant', 'acme'];
  expect(await cli(again)).toMatchObject({ code: 0, err: '' });
  expect((await cli(['import', 'bundle', '--tenant', 'next'])).err).toContain("missing required argument 'file'");
  expect((await cli(['import', 'parquet', bundle, '--tenant', 'acme'])).err).toContain('no import of this kind');
});
