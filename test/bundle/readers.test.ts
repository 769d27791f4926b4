import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isSafePath } from '../../src/bundle/safe-path.ts';
import { addFiles, READERS, say } from '../large/exported.ts';
import { openTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import { openExporter, SCOPES, TENANT_IDS, type Exporter } from './exporter.ts';
import { seedEveryDataset } from './seed.ts';

let at: Exporter;
let folder: TemporaryFolder;
const HOSTILE = ['../../x', '/abs', 'C:\\x', 'a/../../b', '..\\x', '\\\\srv\\x', 'a/./b'] as const;
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

describe('archives open in the readers that people have', () => {
  test.each(archives)(
    'Z-04: %s %s: yauzl, unzip, Python, 7z and bsdtar find it sound and list the same files',
    async (tenantId, scope) => {
      const { path, paths } = await stored(tenantId, scope);
      expect(paths.length).toBeGreaterThan(20);
      // What `paths` holds was read by yauzl, in its strict mode.
      for (const [reader, list] of Object.entries(READERS)) expect(await list(path), reader).toEqual(paths);
    },
  );

  test.each(['unzip', 'python3', 'bsdtar', '7z'])('%s unpacks every byte as it was put in', async (reader) => {
    const { path, entries } = await stored('cr', 'ACCESS');
    const target = join(folder.path, reader);
    await mkdir(target);
    if (reader === 'unzip') await say('unzip', '-q', path, '-d', target);
    if (reader === 'python3') await say('python3', '-m', 'zipfile', '-e', path, target);
    if (reader === '7z') await say('7z', 'x', '-bd', `-o${target}`, path);
    if (reader === 'bsdtar') await say('bsdtar', '-xf', path, '-C', target);
    expect([...entries.keys()].some((name) => name.startsWith('files/'))).toBe(true);
    for (const [name, content] of entries) {
      expect(digest(await readFile(join(target, name))), name).toBe(digest(content));
    }
  });

  test('Z-05: no path of an archive is one that Windows cannot store', async () => {
    for (const [tenantId, scope] of archives)
      for (const name of (await stored(tenantId, scope)).paths) expect(windowsFault(name), name).toBeNull();
  });

  test('Z-05: no path is taken that Windows cannot store', () => {
    const name = fc.oneof(
      fc.string({ unit: fc.constantFrom('a', 'Z', '0', '.', '-', '_', ' ', ':', '\\', '*', '?', '\t', 'é') }),
      fc.constantFrom(
        'con',
        'CON',
        'nul.txt',
        'Com1',
        'lpt9.json',
        'aux.',
        'x.',
        '.x',
        '..',
        '.',
        'PRN.tar.gz',
        'a'.repeat(260),
      ),
    );
    const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'));
    fc.assert(
      fc.property(path, (each) => {
        if (isSafePath(each)) expect(windowsFault(each), each).toBeNull();
      }),
      { numRuns: 2000, examples: [['a./b'], ['x/y.'], ['com1'], ['a/NUL.csv']] },
    );
  });

  test.each(HOSTILE)('Z-01: a file that was called %j lies under a path of ours', async (fileName) => {
    const subjectId = `h${HOSTILE.indexOf(fileName)}`;
    await addFiles(at, 'cp', subjectId, [10]);
    await at.prisma.messageAttachment.updateMany({ where: { subjectId }, data: { fileName } });
    const { entries, data } = await at.export('cp', subjectId, 'ACCESS');
    const files = [...entries.keys()].filter((name) => name.startsWith('files/'));
    expect(files).toEqual([
      expect.stringMatching(new RegExp(`^files/message-attachments/${subjectId}-000001\\.[a-z0-9]{1,8}$`)),
    ]);
    // The row says what it was called, as it was.
    expect(data.get('message-attachments')).toMatchObject([{ fileName, file: files[0] }]);
  });

  test.each(HOSTILE)('Z-01: a row with the id %j puts nothing under that name anywhere', async (id) => {
    const subjectId = `i${HOSTILE.indexOf(id)}`;
    await addFiles(at, 'cp', subjectId, [10]);
    await at.prisma.messageAttachment.updateMany({ where: { subjectId }, data: { id } });
    const refused = {
      code: 'BUNDLE_FAILED',
      message: expect.stringContaining('a path that not every system can store') as string,
    };
    await expect(at.export('cp', subjectId, 'ACCESS')).rejects.toMatchObject(refused);
  });
});

/** Why Windows would not store a file under this path. */
function windowsFault(path: string): string | null {
  if (path.length > 240) return 'too long';
  for (const name of path.split('/')) {
    if (!/^[^<>:"/\\|?*\p{Cc}]+$/u.test(name)) return 'a character';
    if (/[. ]$/.test(name)) return 'its end';
    if (/^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i.test(name)) return 'a reserved name';
  }
  return null;
}

const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
