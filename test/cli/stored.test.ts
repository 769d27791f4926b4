import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../src/store/database.ts';
import { openTestDatabase } from '../support/database.ts';
import { openTemporaryFolder } from '../support/temporary-folder.ts';
import { runCli, type CliResult } from './run-cli.ts';

let database: Database;
let folder: ReturnType<typeof openTemporaryFolder>;
let subject: string;

const carryall = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CliResult> =>
  runCli(args, {
    DATABASE_URL: database.url,
    CARRYALL_DATA: folder.path,
    CARRYALL_NOW: '2026-11-22T12:00:00Z',
    ...env,
  });

const put = (env?: Readonly<Record<string, string>>): Promise<CliResult> =>
  carryall(['stored', 'put', '--tenant', 'acme', '--subject', subject, '--scope', 'portability'], env);

const keyIn = ({ out }: CliResult): string => /^(\S+):/.exec(out)?.[1] ?? 'no key';

beforeAll(async () => {
  database = await openTestDatabase();
  folder = openTemporaryFolder();
  await carryall(['tenant', 'add', 'acme', '--policy', 'CP', '--name', 'Acme', '--country', 'NL']);
  await carryall(['import', 'ndjson', 'samples/callerplugins/account.ndjson', '--tenant', 'acme']);
  const { out } = await carryall(['subject', 'find', 'sanne.dewit@example.nl', '--tenant', 'acme']);
  subject = out.trim();
});

afterAll(async () => {
  await database.close();
  folder[Symbol.dispose]();
});

test('a bundle is put into the storage, fetched as it lies there, verified, and removed', async () => {
  const stored = await put();
  expect(stored.code, stored.err).toBe(0);
  const key = keyIn(stored);
  const out = join(folder.path, 'fetched.zip');
  expect((await carryall(['stored', 'fetch', key, '--out', out])).code).toBe(0);
  expect((await carryall(['verify', out])).out).toContain('are what the manifest says, signed by');
  expect((await carryall(['stored', 'remove', key])).code).toBe(0);
  const gone = await carryall(['stored', 'fetch', key, '--out', out]);
  expect([gone.code, gone.err]).toEqual([1, expect.stringContaining('NOT_FOUND')]);
});

test('with a recipient, what lies in the storage can be opened by nobody else, and by age', async () => {
  const identity = join(folder.path, 'identity');
  execFileSync('age-keygen', ['-o', identity], { stdio: 'ignore' });
  const recipient = execFileSync('age-keygen', ['-y', identity], { encoding: 'utf8' }).trim();
  const stored = await put({ CARRYALL_SEAL_TO: recipient });
  expect(stored.code, stored.err).toBe(0);
  const out = join(folder.path, 'sealed.age');
  await carryall(['stored', 'fetch', keyIn(stored), '--out', out]);
  expect(readFileSync(out).subarray(0, 19).toString()).toBe('age-encryption.org/');
  const clear = execFileSync('age', ['-d', '-i', identity, out], { maxBuffer: 64 * 1024 * 1024 });
  expect(clear.subarray(0, 2).toString()).toBe('PK');
  expect((await carryall(['verify', out, '--identity', identity])).code).toBe(0);
});

test('what was made is in the audit log, once, and the log holds', async () => {
  const { rows } = await database.pool.query<{ action: string; subject_id: string }>(
    `SELECT action, subject_id FROM audit_event WHERE action = 'EXPORT'`,
  );
  expect(rows).toEqual([
    { action: 'EXPORT', subject_id: subject },
    { action: 'EXPORT', subject_id: subject },
  ]);
  expect((await carryall(['audit', 'verify', '--tenant', 'acme'])).out).toContain('are what was written');
});

test('a recipient that is none is told before anything is built', async () => {
  const { code, err } = await put({ CARRYALL_SEAL_TO: 'age1nobody' });
  expect([code, err]).toEqual([1, expect.stringContaining('CARRYALL_SEAL_TO')]);
});

test('nothing of what was made stays behind in the work folder', () => {
  const work = join(folder.path, 'work');
  const left = existsSync(work) ? readdirSync(work, { recursive: true }) : [];
  expect(left.filter((name) => name !== 'builds')).toEqual([]);
});
