import { lstat, mkdir, open, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { storageFailed } from './failure.ts';
import type { KeyParts } from './key.ts';

// Outermost first.
function foldersOf(root: string, { tenantId, bundleId }: KeyParts): readonly string[] {
  return [join(root, tenantId), join(root, tenantId, bundleId)];
}

/** Makes the folders of an object, durably and for the owner alone. Throws OUTPUT_FAILED where one is no folder. */
export async function makeFolders(root: string, parts: KeyParts): Promise<void> {
  const made = await mkdir(root, { recursive: true, mode: 0o700 });
  if (made !== undefined) await syncFolder(dirname(made));
  for (const folder of foldersOf(root, parts)) {
    await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    await assertFolder(folder);
    // Also when it was there: whoever made it may not have come as far as this.
    await syncFolder(dirname(folder));
  }
}

/** True if the folders of an object are there. Throws OUTPUT_FAILED where one is a link or no folder (D-29). */
export async function checkFolders(root: string, parts: KeyParts): Promise<boolean> {
  try {
    // The root is the operator's word, and may be a link.
    if (!(await stat(root)).isDirectory()) throw storageFailed('The bundles were refused', `${root} is not a folder`);
    for (const folder of foldersOf(root, parts)) await assertFolder(folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

async function assertFolder(folder: string): Promise<void> {
  if (!(await lstat(folder)).isDirectory())
    throw storageFailed('A bundle was refused', `${folder} is a link or no folder`);
}

/** Makes the names in a folder durable. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
