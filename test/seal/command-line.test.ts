import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli, type CliResult } from '../cli/run-cli.ts';
import { openTestDatabase } from '../support/database.ts';
import { openTemporaryFolder } from '../support/temporary-folder.ts';
import { age } from './age-program.ts';

const PERSON = 'Sanne.deWit@example.nl';

// Each command is a process of its own, on a machine that may be busy.
const PATIENCE = 180_000;

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let subject = '';
let recipient = '';
const folder = openTemporaryFolder(0o700);
const at = (...names: string[]): string => join(folder.path, ...names);
const cli = (...args: readonly string[]): Promise<CliResult> =>
  runCli(args, { DATABASE_URL: database.url, CARRYALL_DATA: at('data'), TMPDIR: at('tmp') });
const exportTo = (out: string, ...args: readonly string[]): Promise<CliResult> =>
  cli('export', '--tenant', 'acme', '--subject', subject, '--scope', 'portability', '--out', out, ...args);

beforeAll(async () => {
  database = await openTestDatabase();
  mkdirSync(at('tmp'));
  await promisify(execFile)('age-keygen', ['--output', at('key')]);
  recipient = /age1\w+/.exec(readFileSync(at('key'), 'utf8'))?.[0] ?? '';
  writeFileSync(at('passphrase'), 'five random words or more\n', { mode: 0o600 });
  for (const tenant of ['acme', 'other']) await cli('tenant', 'add', tenant, '--policy', 'CP', '--country', 'NL');
  await cli('import', 'ndjson', 'samples/callerplugins/account.ndjson', '--tenant', 'acme');
  subject = (await cli('subject', 'find', PERSON, '--tenant', 'acme')).out.trim();
}, PATIENCE);

afterAll(async () => {
  await database.close();
  folder[Symbol.dispose]();
});

test(
  'Z-20: a bundle is exported for a recipient, verified, opened by the age program, and taken in elsewhere',
  async () => {
    const out = at('sealed.zip.age');
    expect(await exportTo(out, '--recipient', recipient)).toMatchObject({ code: 0, err: '' });
    const verified = await cli('verify', out, '--identity', at('key'));
    expect(verified).toMatchObject({ code: 0, err: '', out: expect.stringContaining('signed by the key') as string });
    expect(readdirSync(at('tmp')).filter((name) => name.endsWith('.tmp'))).toEqual([]);

    writeFileSync(at('clear.zip'), await age('--decrypt', '--identity', at('key'), out));
    expect(await cli('verify', at('clear.zip'))).toMatchObject({ code: 0, err: '' });

    const taken = await cli('import', 'bundle', out, '--tenant', 'other', '--identity', at('key'));
    expect(taken).toMatchObject({ code: 0, err: '' });
    expect((await cli('subject', 'find', PERSON, '--tenant', 'other')).out.trim()).not.toBe('');
  },
  PATIENCE,
);

test(
  'a bundle may be sealed with a passphrase',
  async () => {
    const out = at('passphrase.zip.age');
    expect(await exportTo(out, '--passphrase-file', at('passphrase'))).toMatchObject({ code: 0, err: '' });
    expect(await cli('verify', out, '--passphrase-file', at('passphrase'))).toMatchObject({ code: 0, err: '' });
  },
  PATIENCE,
);

test(
  'what cannot be sealed is told before anything is built, and leaves nothing',
  async () => {
    writeFileSync(at('open'), 'five random words or more\n');
    chmodSync(at('open'), 0o644);
    for (const [args, told] of [
      [['--recipient', 'age1', '--recipient', 'ben'], 'recipient 2 is not a recipient of age'],
      [['--passphrase-file', at('open')], 'chmod 600'],
    ] as const) {
      const { code, err } = await exportTo(at('none.age'), ...args);
      expect(code).toBe(1);
      expect(err).toContain(told);
    }
    expect(readdirSync(folder.path).filter((name) => name.includes('none'))).toEqual([]);
  },
  PATIENCE,
);
