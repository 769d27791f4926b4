import { appendFile, mkdir, readdir, readFile, readlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { openFile } from '../../src/bundle/random-access.ts';
import { openSealed } from '../../src/bundle/seal/open-sealed.ts';
import { openPaths } from '../support/open-files.ts';
import { openTemporaryFolder } from '../support/temporary-folder.ts';
import { newPair, seal, uneven } from './streams.ts';

const CHUNK = 64 * 1024;
const { sealing, key } = await newPair();
const plain = uneven(3 * CHUNK + 123);
const sealed = await seal(plain, sealing);

const folder = openTemporaryFolder(0o700);
afterAll(() => folder[Symbol.dispose]());
const path = join(folder.path, 'bundle.zip.age');
const work = join(folder.path, 'work');
await mkdir(work);

beforeEach(() => writeFile(path, sealed));

/** What the files that this process holds open below `work` contain, named or not. */
async function openFilesOf(): Promise<Buffer[]> {
  const found: Buffer[] = [];
  for (const fd of await readdir('/proc/self/fd')) {
    const target = await readlink(`/proc/self/fd/${fd}`).catch(() => '');
    if (target.startsWith(work)) found.push(await readFile(`/proc/self/fd/${fd}`));
  }
  return found;
}

test('a sealed file can be read from anywhere, as a plain one can', async () => {
  await writeFile(join(folder.path, 'plain'), plain);
  await using hidden = await openSealed(path, key, work);
  await using open = await openFile(join(folder.path, 'plain'));
  expect([hidden.size, open.size]).toEqual([plain.length, plain.length]);
  const place = fc.oneof(fc.nat(plain.length + 100), fc.integer({ min: CHUNK - 20, max: CHUNK + 20 }));
  await fc.assert(
    fc.asyncProperty(place, fc.nat(2 * CHUNK), async (at, length) => {
      const expected = plain.subarray(at, at + length);
      expect((await hidden.read(at, length)).equals(expected)).toBe(true);
      expect((await open.read(at, length)).equals(expected)).toBe(true);
    }),
  );
});

test('a sealed file of nothing is nothing', async () => {
  await writeFile(path, await seal(Buffer.alloc(0), sealing));
  await using hidden = await openSealed(path, key, work);
  expect([hidden.size, (await hidden.read(0, 10)).length]).toEqual([0, 0]);
});

test('what is kept while a sealed file is read has no name, is not readable, and is let go of', async () => {
  {
    await using hidden = await openSealed(path, key, work);
    expect(await readdir(work)).toEqual([]);
    const kept = await openFilesOf();
    expect(kept.map((bytes) => bytes.length)).toEqual([plain.length]);
    // Not a stretch of it: the content has no two alike, so one that came out would be found.
    for (let at = 0; at < plain.length - 8; at += 64) expect(kept[0]?.includes(plain.subarray(at, at + 8))).toBe(false);
    expect((await hidden.read(0, 100)).equals(plain.subarray(0, 100))).toBe(true);
  }
  expect(await openFilesOf()).toEqual([]);
});

test('of two readings of the same file, what is kept is not the same', async () => {
  await using _one = await openSealed(path, key, work);
  await using _two = await openSealed(path, key, work);
  const [first, second] = await openFilesOf();
  expect(first?.length).toBe(plain.length);
  expect(first?.equals(second ?? Buffer.alloc(0))).toBe(false);
});

test('Z-19: a file that was cut off or added to is refused before any of it can be read, and nothing is left', async () => {
  for (const change of [() => truncate(path, sealed.length - 200), () => appendFile(path, 'more')]) {
    await writeFile(path, sealed);
    await change();
    await expect(openSealed(path, key, work)).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringMatching(/bundle\.zip\.age.*changed or cut off/),
    });
    expect([await readdir(work), await openFilesOf()]).toEqual([[], []]);
  }
});

test('a file that its key does not open is not held open', async () => {
  const other = await newPair();
  await expect(openSealed(path, other.key, work)).rejects.toMatchObject({ code: 'BAD_INPUT' });
  expect(await openPaths(path)).toEqual([]);
});

test('a file that is not there, and a folder that is not there, are told apart', async () => {
  await expect(openSealed(join(folder.path, 'none'), key, work)).rejects.toMatchObject({ code: 'BAD_INPUT' });
  await expect(openSealed(path, key, join(work, 'none'))).rejects.toMatchObject({
    code: 'OUTPUT_FAILED',
    message: expect.stringContaining('TMPDIR'),
  });
});
