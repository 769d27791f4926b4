import type { Dirent } from 'node:fs';
import { lstat, opendir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { checkFolders, makeFolders, syncFolder } from './disk-folders.ts';
import { notStored } from './failure.ts';
import { partsOfKey, type KeyParts } from './key.ts';

/** Where objects are set aside: no key begins with a dot. */
const ASIDE = '.set-aside';

/** The keys of finished ordinary files of a tenant that were last written before `olderThan`. */
export async function* objectsIn(root: string, tenantId: string, olderThan: Date): AsyncGenerator<string> {
  for await (const bundle of entriesOf(join(root, tenantId))) {
    if (!bundle.isDirectory()) continue;
    for await (const { name } of entriesOf(join(root, tenantId, bundle.name))) {
      const key = `${tenantId}/${bundle.name}/${name}`;
      if (partsOfKey(key) === null) continue;
      const found = await lstat(join(root, key)).catch(() => null);
      if (found?.isFile() === true && found.mtime < olderThan) yield key;
    }
  }
}

/** Moves an object beside all others. Throws NOT_FOUND. */
export async function setAside(root: string, key: string, parts: KeyParts): Promise<void> {
  if (!(await checkFolders(root, parts))) throw notStored(key);
  const [from, to] = [join(root, key), join(root, ASIDE, key)];
  await makeFolders(join(root, ASIDE), parts);
  await rename(from, to).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? notStored(key) : error;
  });
  await syncFolder(dirname(to));
  await syncFolder(dirname(from));
}

async function* entriesOf(folder: string): AsyncGenerator<Dirent> {
  try {
    yield* await opendir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
