import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readSize } from '../../src/cli/size.ts';
import { openExporter, type Exporter } from '../bundle/exporter.ts';
import { addFiles } from '../large/exported.ts';
import { runCli, type CliResult } from './run-cli.ts';

let at: Exporter;

beforeAll(async () => {
  at = await openExporter();
  await addFiles(at, 'cp', 'ann', [400_000, 400_000, 400_000, 400_000]);
});

afterAll(() => at[Symbol.asyncDispose]());

function cli(...args: readonly string[]): Promise<CliResult> {
  const env = { DATABASE_URL: at.pool.options.connectionString ?? '', CARRYALL_DATA: at.folder };
  return runCli(args, { ...env, CARRYALL_NOW: '2026-11-22T00:00:00Z' });
}

const ANN = ['--tenant', 'cp', '--subject', 'ann', '--scope', 'access'] as const;

describe('carryall export', () => {
  test('cuts an archive into volumes, and verify checks all of them by the last', async () => {
    const folder = join(at.folder, 'volumes');
    await mkdir(folder);
    const { code, out } = await cli('export', ...ANN, '--out', join(folder, 'ann.zip'), '--volume-size', '1MB');
    expect(code).toBe(0);
    const names = (await readdir(folder)).toSorted();
    expect(names).toEqual(['ann.part1.zip', 'ann.part2.zip']);
    for (const name of names) {
      expect((await stat(join(folder, name))).size).toBeLessThanOrEqual(1e6);
      expect(out).toContain(join(folder, name));
    }
    expect(await cli('verify', join(folder, 'ann.part2.zip'))).toMatchObject({ code: 0 });
    const first = await cli('verify', join(folder, 'ann.part1.zip'));
    expect(first).toMatchObject({ code: 1, err: expect.stringContaining(join(folder, 'ann.part2.zip')) as string });
  });

  test('estimates and writes nothing', async () => {
    const before = await readdir(at.folder);
    const { code, out } = await cli('export', ...ANN, '--estimate');
    expect(code).toBe(0);
    expect(out).toMatch(
      /^An estimate: \d+ rows in \d+ files, about \d\.\d MB, 1\.\d MB packed\. Nothing was written\.\n$/,
    );
    expect(await readdir(at.folder)).toEqual(before);
  });

  test('seals with a passphrase: nothing of the archive is in the clear', async () => {
    const { writeFile } = await import('node:fs/promises');
    const passphrase = join(at.folder, 'passphrase');
    await writeFile(passphrase, 'five random words or so\n', { mode: 0o600 });
    const out = join(at.folder, 'ann.zip.age');
    expect(await cli('export', ...ANN, '--out', out, '--passphrase-file', passphrase)).toMatchObject({ code: 0 });
    expect((await readFile(out)).toString('latin1', 0, 21)).toBe('age-encryption.org/v1');
  });

  test.each([
    [['--volume-size', '500KB'], ['wanted 1 MB or more']],
    [['--volume-size', 'huge'], ['such as 500MB or 2GiB']],
    [['--volume-size', '10'], ['such as 500MB or 2GiB']],
    [['--volume-size', '2GB', '--format', 'json'], ['--volume-size: is for archives']],
    [
      ['--volume-size', '1KB', '--format', 'json'],
      ['wanted 1 MB or more', 'is for archives', '--out: is missing'],
    ],
  ])('says of %j all that is wrong with it', async (args, faults) => {
    const out = faults.includes('--out: is missing') ? [] : ['--out', join(at.folder, 'never.zip')];
    const { code, err } = await cli('export', ...ANN, ...args, ...out);
    expect(code).toBe(1);
    for (const fault of faults) expect(err).toContain(fault);
    expect(await readdir(at.folder)).not.toContainEqual(expect.stringContaining('never'));
  });

  test('takes an estimate and a target for a contradiction', async () => {
    const { code, err } = await cli('export', ...ANN, '--estimate', '--out', join(at.folder, 'never.zip'));
    expect(code).toBe(1);
    expect(err).toContain("option '--estimate' cannot be used with option '--out <file>'");
  });
});

test.each([
  ['500MB', 5e8],
  ['2GiB', 2 ** 31],
  ['1.5 gb', 1.5e9],
  ['1MB', 1e6],
  ['4tib', 2 ** 42],
  ['1024KiB', 2 ** 20],
])('the size %s is %i bytes', (text, bytes) => {
  expect(readSize(text, 'size', { least: 1e6, words: '1 MB' })).toBe(bytes);
});

test.each([
  '',
  '5',
  'MB',
  '-5MB',
  '0x10MB',
  '1e9MB',
  '5 M B',
  '5MB5',
  '1,5GB',
  '999999999TiB',
  '0.0000001TB',
  'NaN MB',
])('the size %j is none', (text) => {
  expect(readSize(text, 'size', { least: 1e6, words: '1 MB' })).toMatchObject({ path: 'size' });
});
