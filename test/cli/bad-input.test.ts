import { existsSync, readdirSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestDatabase } from '../support/database.ts';
import { openTemporaryFolder } from '../support/temporary-folder.ts';
import { runCli, type CliResult } from './run-cli.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
const folder = openTemporaryFolder();
let subject = '';

const cli = (...args: string[]): Promise<CliResult> =>
  runCli(args, { DATABASE_URL: database.url, CARRYALL_DATA: join(folder.path, 'data') });
const exportTo = (out: string, of = subject): Promise<CliResult> =>
  cli('export', '--tenant', 'acme', '--subject', of, '--scope', 'access', '--out', out);

beforeAll(async () => {
  database = await openTestDatabase();
  await cli('tenant', 'add', 'acme', '--policy', 'CP', '--country', 'NL');
  await cli('import', 'ndjson', 'samples/callerplugins/account.ndjson', '--tenant', 'acme');
  subject = (await cli('subject', 'find', 'sanne.dewit@example.nl', '--tenant', 'acme')).out.trim();
});

afterAll(async () => {
  await database.close();
  folder[Symbol.dispose]();
});

describe('what does not exist is named, with the way out', () => {
  test('an unknown policy is refused with the known ones', async () => {
    const { code, err } = await cli('tenant', 'add', 'other', '--policy', 'ZZ');
    expect(code).toBe(1);
    expect(err).toContain('NOT_FOUND: No policy ZZ; known are CP, CN, CR, CX, CT.');
  });

  test('an unknown tenant is refused', async () => {
    const { code, err } = await cli(
      'export',
      '--tenant',
      'nobody',
      '--subject',
      subject,
      '--scope',
      'access',
      '--out',
      join(folder.path, 'a.zip'),
    );
    expect(code).toBe(1);
    expect(err).toContain('NOT_FOUND: There is no such tenant');
  });

  test('an unknown person is refused and leaves no file', async () => {
    const out = join(folder.path, 'b.zip');
    const { code, err } = await exportTo(out, 'sub_unknown');
    expect(code).toBe(1);
    expect(err).toContain('NOT_FOUND: There is no such subject at this tenant.');
    expect(existsSync(out)).toBe(false);
  });

  test('an unknown scope is refused with the known ones', async () => {
    const { code, err } = await cli(
      'export',
      '--tenant',
      'acme',
      '--subject',
      subject,
      '--scope',
      'everything',
      '--out',
      join(folder.path, 'c.zip'),
    );
    expect(code).toBe(1);
    expect(err).toContain('Allowed choices are access, portability');
  });

  test('an unknown kind of import is refused with the known ones', async () => {
    const { code, err } = await cli('import', 'pigeon', 'samples/callerplugins/account.ndjson', '--tenant', 'acme');
    expect(code).toBe(1);
    expect(err).toContain('known are stripe, cdr, freshdesk, zendesk, lemonsqueezy, keygen, ndjson');
  });
});

describe('a file that cannot be written leaves nothing', () => {
  test('a folder that is not there is named', async () => {
    const { code, err } = await exportTo(join(folder.path, 'nowhere', 'd.zip'));
    expect(code).toBe(1);
    expect(err).toContain('is not a folder: make it first');
  });

  test('a device is never replaced by a bundle', async () => {
    const { code, err } = await exportTo('/dev/null');
    expect(code).toBe(1);
    expect(err).toContain('is not an ordinary file');
  });

  test('an interrupted export leaves no file and does not end with code 0', async () => {
    await database.pool.query(
      `INSERT INTO call_record (tenant_id, id, subject_id, source_system, started_at)
       SELECT 'acme', 'call_record_' || g, $1, 'test', now() - g * interval '1 minute' FROM generate_series(1, 150000) g`,
      [subject],
    );
    const place = join(folder.path, 'stopped');
    await mkdir(place);
    const { code, err } = await runCli(
      ['export', '--tenant', 'acme', '--subject', subject, '--scope', 'access', '--out', join(place, 'e.zip')],
      { DATABASE_URL: database.url, CARRYALL_DATA: join(folder.path, 'data') },
      (kill) => {
        const waiting = setInterval(() => {
          if (readdirSync(place).length === 0) return;
          clearInterval(waiting);
          kill('SIGINT');
        }, 10);
      },
    );
    expect(err).toContain('Stopped.');
    expect(code).toBe(130);
    expect(readdirSync(place)).toEqual([]);
    await database.pool.query(`DELETE FROM call_record WHERE tenant_id = 'acme'`);
  });
});

describe('a bad file tells all its faults at once', () => {
  test('a policy with ten faults names ten, each with line and reason', async () => {
    const file = join(folder.path, 'ten.yaml');
    const text = await readFile('policies/callerplugins.yaml', 'utf8');
    const broken = text
      .replace('code: CP', 'code: cp')
      .replace(/sha256: .*/, 'sha256: none')
      .replace('kind: EXPLICIT\n', 'kind: EXPLICITLY\n')
      .replace(/\n {4}provenance: PROVIDED\n/, '\n    provenance: GUESSED\n')
      .replace(/\n {4}purposes: \[CP-P1, CP-P3\]/, '\n    purposes: [CP-P1, CP-P99]')
      .replace(/\n {4}bases: \[CP-B1\]/, '\n    bases: [CP-B77]')
      .replace(/\n {4}recipients: \[CP-R1, CP-R2, CP-R3\]/, '\n    recipients: [CP-R55]')
      .replace(/\n {4}retention: \[CP-T1\]/, '\n    retention: [CP-T88]')
      .replace(/period: P24M/, 'period: two years')
      .replace('item: account.email', 'item: account.emial')
      .replace(/\n {4}role: CP-a\n/, '\n    role: CP-zz\n');
    await writeFile(file, broken);
    const { code, err } = await cli('policy', 'check', file);
    expect(code).toBe(1);
    expect(err.match(/ten\.yaml:\d+:\d+ \S+: /g)?.length).toBeGreaterThanOrEqual(10);
  });

  test.each([
    [
      'a broken row',
      'caller_id_number,destination_number,start_stamp,billsec,accountcode\n+31201234567,+31612345678,2026-11-01 10:00:00,5,x\n+31201234567,+31612345678\n',
      /broken\.csv:3: /,
    ],
    ['a wrong header', 'a,b\n1,2\n', /broken\.csv:?1?.*header/],
    [
      'a NUL',
      'caller_id_number,destination_number,start_stamp,billsec,accountcode\n+31201234567,+3161234\u00005678,2026-11-01 10:00:00,5,x\n',
      /broken\.csv:2: .*NUL/,
    ],
  ])('a call file with %s is refused by line, and nothing of it is stored', async (_what, text, expected) => {
    const file = join(folder.path, 'broken.csv');
    await writeFile(file, text);
    const { code, err } = await cli('import', 'cdr', file, '--tenant', 'acme');
    expect(code).toBe(1);
    expect(err).toMatch(expected);
    const { rows } = await database.pool.query(`SELECT 1 FROM call_record WHERE tenant_id = 'acme'`);
    expect(rows).toEqual([]);
  });
});
