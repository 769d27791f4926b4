import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, link, mkdir, readdir, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { OPEN, startNode } from './child.ts';
import { failureOf, filledWith, KEY, openDiskPlace, someBytes } from './places.ts';

let place: Awaited<ReturnType<typeof openDiskPlace>>;

beforeEach(async () => {
  place = await openDiskPlace();
});

afterEach(() => place[Symbol.asyncDispose]());

const inFolder = (path: string) => join(place.folder, path);
const modeOf = async (path: string) => (await stat(inFolder(path))).mode & 0o777;

test('a bundle on disk is its owner’s alone', async () => {
  await place.storage.write(KEY, filledWith(someBytes(10)));
  expect(await modeOf(KEY)).toBe(0o600);
  for (const folder of ['', 'cp', 'cp/bundle_1']) expect(await modeOf(folder)).toBe(0o700);
});

describe('D-29: what is no ordinary file in an ordinary folder', () => {
  const refused = async () => {
    for (const attempt of [() => place.storage.read(KEY), () => place.storage.stat(KEY)])
      expect(await failureOf(attempt())).toMatchObject({ code: 'OUTPUT_FAILED' });
  };
  const replaced = async (make: (path: string) => unknown) => {
    await place.storage.write(KEY, filledWith(someBytes(10)));
    await rm(inFolder(KEY));
    await make(inFolder(KEY));
  };

  test('is not read: a link to another file', async () => {
    await replaced((path) => symlink('/etc/passwd', path));
    await refused();
  });

  test('is not read: a folder', async () => {
    await replaced((path) => mkdir(path));
    await refused();
  });

  test('is not read: a pipe, and nobody waits for it', async () => {
    await replaced((path) => execFileSync('bash', ['-c', 'mkfifo "$0"', path]));
    await refused();
  });

  test.each(['cp', 'cp/bundle_1'])('is not read, written or removed: a file behind the link %s', async (folder) => {
    const elsewhere = join(place.folder, '../elsewhere');
    await mkdir(join(elsewhere, 'bundle_1'), { recursive: true });
    for (const path of ['bundle_1/attempt_1.zip', 'attempt_1.zip']) await writeFile(join(elsewhere, path), 'secret');
    await mkdir(join(inFolder(folder), '..'), { recursive: true });
    await symlink(elsewhere, inFolder(folder));
    await refused();
    for (const attempt of [
      () => place.storage.write('cp/bundle_1/attempt_2.zip', async () => {}),
      () => place.storage.remove(KEY),
    ])
      expect(await failureOf(attempt())).toMatchObject({ code: 'OUTPUT_FAILED' });
    expect((await readdir(elsewhere, { recursive: true })).toSorted()).toEqual([
      'attempt_1.zip',
      'bundle_1',
      'bundle_1/attempt_1.zip',
    ]);
  });

  test('is removed as what it is, and what it points to stays', async () => {
    const other = join(place.folder, '../other');
    await writeFile(other, 'mine');
    await replaced((path) => symlink(other, path));
    await place.storage.remove(KEY);
    expect(await place.everything()).toEqual([]);
    expect((await stat(other)).size).toBe(4);
  });
});

describe('U-23: what a killed attempt left on disk', () => {
  const killed = async (key: string) => {
    const child = startNode(`
      const { openStorage } = await import(${OPEN});
      const storage = await openStorage({ kind: 'DISK', folder: ${JSON.stringify(place.folder)} });
      await storage.write(${JSON.stringify(key)}, async (destination) => {
        await new Promise((resolve) => destination.write(Buffer.alloc(100_000), resolve));
        console.log('written');
        await new Promise((resolve) => setInterval(() => {}, 1000));
      });`);
    if (child.stdout === null) throw new Error('no pipe');
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'close');
  };
  const soon = () => new Date(Date.now() + 60_000);

  test('is no bundle, and a sweep takes it away', async () => {
    await place.storage.write('cp/bundle_1/attempt_0.zip', filledWith(someBytes(10)));
    await killed(KEY);
    expect(await place.storage.stat(KEY)).toBeNull();
    expect(await place.everything()).toHaveLength(2);
    expect(await place.storage.sweep(soon())).toEqual([{ key: KEY, since: expect.any(Date) }]);
    expect(await place.everything()).toEqual([inFolder('cp/bundle_1/attempt_0.zip')]);
    expect(await place.storage.sweep(soon())).toEqual([]);
  });

  test('stays while it may still be written', async () => {
    await killed(KEY);
    expect(await place.storage.sweep(new Date(Date.now() - 60_000))).toEqual([]);
    expect(await place.everything()).toHaveLength(1);
  });

  test('is told from what others put there', async () => {
    await killed(KEY);
    const others = ['notes.txt', '.hidden', '.attempt_1.zip.part_short'];
    for (const name of others) await writeFile(inFolder(`cp/bundle_1/${name}`), '');
    const outside = join(place.folder, '../outside');
    await mkdir(join(outside, 'bundle_1'), { recursive: true });
    await writeFile(join(outside, 'bundle_1', `.attempt_1.zip.part_${'0'.repeat(24)}`), '');
    await symlink(outside, inFolder('cn'));
    expect(await place.storage.sweep(soon())).toHaveLength(1);
    expect((await readdir(inFolder('cp/bundle_1'))).toSorted()).toEqual(others.toSorted());
    expect(await readdir(join(outside, 'bundle_1'))).toHaveLength(1);
  });

  test('leaves no folder behind: one that is empty goes when it is as old', async () => {
    await place.storage.write(KEY, filledWith(someBytes(10)));
    await place.storage.remove(KEY);
    await place.storage.sweep(new Date(Date.now() - 60_000));
    expect(await readdir(inFolder('cp'))).toEqual(['bundle_1']);
    await mkdir(inFolder('cp/Not Ours'));
    for (const folder of ['cp/bundle_1', 'cp/Not Ours']) await utimes(inFolder(folder), new Date(0), new Date(0));
    await place.storage.sweep(new Date(Date.now() - 60_000));
    expect(await readdir(inFolder('cp'))).toEqual(['Not Ours']);
  });

  test('a folder that is not there has nothing to sweep', async () => {
    expect(await place.storage.sweep(soon())).toEqual([]);
  });
});

test('a file with two names is an ordinary file: backups make such', async () => {
  await place.storage.write(KEY, filledWith(someBytes(10)));
  await link(inFolder(KEY), join(place.folder, '../backup'));
  await chmod(inFolder(KEY), 0o400);
  expect(await place.storage.stat(KEY)).toMatchObject({ bytes: 10 });
});
