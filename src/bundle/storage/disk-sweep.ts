import type { Dirent } from 'node:fs';
import { lstat, opendir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { partsOfKey } from './key.ts';
import type { Leftover } from './storage.ts';

// The names that `writeWhole` gives to what it has not finished.
const PARTIAL = /^\.(.+)\.part_[0-9a-z]{24}$/;

/** Removes the unfinished files of attempts that wrote nothing since `olderThan`, and folders that are empty as long. */
export async function sweepFolder(root: string, olderThan: Date): Promise<readonly Leftover[]> {
  const removed: Leftover[] = [];
  for await (const tenant of foldersIn(root)) {
    for await (const bundle of foldersIn(join(root, tenant))) {
      if (partsOfKey(`${tenant}/${bundle}/1.zip`) === null) continue;
      const folder = join(root, tenant, bundle);
      const since = (await lstat(folder)).mtime;
      for await (const { name } of entriesOf(folder)) {
        const key = `${tenant}/${bundle}/${PARTIAL.exec(name)?.[1] ?? ''}`;
        if (partsOfKey(key) === null) continue;
        const leftover = await removeOlder(join(folder, name), olderThan);
        if (leftover !== null) removed.push({ key, since: leftover });
      }
      if (since < olderThan) await removeEmpty(folder);
    }
  }
  return removed;
}

/** When the file was last written to, if it was removed. */
async function removeOlder(path: string, olderThan: Date): Promise<Date | null> {
  const found = await lstat(path).catch(() => null);
  if (found === null || !found.isFile() || found.mtime >= olderThan) return null;
  await rm(path, { force: true });
  return found.mtime;
}

async function removeEmpty(folder: string): Promise<void> {
  await rmdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST' && error.code !== 'ENOENT') throw error;
  });
}

// No link counts as a folder here: nothing is removed outside of the root.
async function* foldersIn(folder: string): AsyncGenerator<string> {
  for await (const entry of entriesOf(folder)) if (entry.isDirectory()) yield entry.name;
}

async function* entriesOf(folder: string): AsyncGenerator<Dirent> {
  try {
    yield* await opendir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
