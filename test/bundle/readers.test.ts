import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import { openExporter, SCOPES, TENANT_IDS, type Exporter } from './exporter.ts';
import { seedEveryDataset } from './seed.ts';

const run = promisify(execFile);
let at: Exporter;
let folder: TemporaryFolder;
const archives = TENANT_IDS.flatMap((tenantId) => SCOPES.map((scope) => [tenantId, scope] as const));

beforeAll(async () => {
  at = await openExporter();
  folder = openTemporaryFolder();
  for (const tenantId of TENANT_IDS) {
    await seedEveryDataset(at.prisma, {
      tenantId,
      subjectId: 'ann',
      prefix: 'ann',
      phone: '+31612345678',
      blobs: at.sources.blobs,
      fill: () => undefined,
    });
  }
});

afterAll(async () => {
  await at[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

async function stored(
  tenantId: (typeof TENANT_IDS)[number],
  scope: (typeof SCOPES)[number],
): Promise<{ path: string; paths: string[]; entries: ReadonlyMap<string, Buffer> }> {
  const { bytes, entries } = await at.export(tenantId, 'ann', scope);
  const path = join(folder.path, `${tenantId}-${scope}.zip`);
  await writeFile(path, bytes);
  return { path, paths: [...entries.keys()], entries };
}

/** What a command prints, and nothing on its other channel. */
async function say(command: string, ...words: readonly string[]): Promise<string> {
  const { stdout, stderr } = await run(command, words);
  expect(stderr, command).toBe('');
  return stdout;
}

const listIn = (text: string): string[] => text.split('\n').filter(Boolean);

describe('archives open in the readers that people have', () => {
  test.each(archives)(
    '%s %s: unzip, Python and bsdtar find it sound and list the same files',
    async (tenantId, scope) => {
      const { path, paths } = await stored(tenantId, scope);
      expect(paths.length).toBeGreaterThan(20);
      expect(await say('unzip', '-t', path)).toContain('No errors detected');
      expect(listIn(await say('unzip', '-Z1', path))).toEqual(paths);
      expect(
        listIn(
          await say(
            'python3',
            '-c',
            'import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\nassert z.testzip() is None\nprint("\\n".join(z.namelist()))',
            path,
          ),
        ),
      ).toEqual(paths);
      expect(listIn(await say('bsdtar', '-tf', path))).toEqual(paths);
    },
  );

  test.each(['unzip', 'python3', 'bsdtar'])('%s unpacks every byte as it was put in', async (reader) => {
    const { path, entries } = await stored('cr', 'ACCESS');
    const target = join(folder.path, reader);
    await mkdir(target);
    if (reader === 'unzip') await say('unzip', '-q', path, '-d', target);
    if (reader === 'python3') await say('python3', '-m', 'zipfile', '-e', path, target);
    if (reader === 'bsdtar') await say('bsdtar', '-xf', path, '-C', target);
    expect([...entries.keys()].some((name) => name.startsWith('files/'))).toBe(true);
    for (const [name, content] of entries) {
      expect(digest(await readFile(join(target, name))), name).toBe(digest(content));
    }
  });

  test('no path of an archive is one that a system cannot store', async () => {
    for (const [tenantId, scope] of archives) {
      for (const name of (await stored(tenantId, scope)).paths) {
        expect(name).toMatch(/^[A-Za-z0-9][A-Za-z0-9_.\-/]*$/);
        expect(name).not.toMatch(/\.\.|\/\/|\/$/);
      }
    }
  });
});

const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
