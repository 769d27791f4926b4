import { constants, type Stats } from 'node:fs';
import { lstat, open, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { writeWhole } from '../output-file.ts';
import { checkFolders, makeFolders, syncFolder } from './disk-folders.ts';
import { objectsIn, setAside } from './disk-objects.ts';
import { sweepFolder } from './disk-sweep.ts';
import { keyTaken, notStored, onDisk, outsideOf, storageFailed } from './failure.ts';
import { checkRange, readKey } from './key.ts';
import type { BundleStorage } from './storage.ts';

// Without O_NONBLOCK, opening a pipe would wait for somebody to write to it.
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Bundles as files of mode 0600 in folders of mode 0700. Only ordinary files in ordinary folders are touched (D-29). */
export function openDiskStorage(folder: string): BundleStorage {
  const root = resolve(folder);
  return {
    async write(key, fill) {
      const parts = readKey(key);
      const path = join(root, key);
      const taken = await onDisk(`${key} could not be written`, async () => {
        await makeFolders(root, parts);
        return statOf(path);
      });
      if (taken !== null) throw keyTaken(key);
      try {
        const digest = await writeWhole(path, async (destination, told) => {
          await fill(destination);
          return told;
        });
        return { key, ...digest() };
      } catch (error) {
        // It has its name already if syncing the folder was what failed.
        await rm(path, { force: true }).catch(() => {});
        throw error;
      }
    },

    async read(key, range) {
      const parts = readKey(key);
      if (range !== undefined) checkRange(range);
      const handle = await onDisk(`${key} could not be read`, async () =>
        (await checkFolders(root, parts)) ? open(join(root, key), READ).catch(orNull) : null,
      );
      if (handle === null) throw notStored(key);
      try {
        const found = await handle.stat();
        assertOrdinary(key, found);
        if (range !== undefined && range.start >= found.size) throw outsideOf(key, found.size);
        return handle.createReadStream(range ?? {});
      } catch (error) {
        await handle.close();
        throw error;
      }
    },

    async stat(key) {
      const parts = readKey(key);
      const found = await onDisk(`${key} could not be looked at`, async () =>
        (await checkFolders(root, parts)) ? statOf(join(root, key)) : null,
      );
      if (found === null) return null;
      assertOrdinary(key, found);
      return { bytes: found.size, version: versionOf(found) };
    },

    async remove(key) {
      const parts = readKey(key);
      const path = join(root, key);
      await onDisk(`${key} could not be removed`, async () => {
        if (!(await checkFolders(root, parts))) return;
        await rm(path, { force: true });
        await syncFolder(dirname(path));
      });
    },

    sweep: (olderThan) => onDisk('The leftovers could not be removed', () => sweepFolder(root, olderThan)),
    objects: (tenantId, olderThan) => objectsIn(root, tenantId, olderThan),
    setAside: (key) => onDisk(`${key} could not be set aside`, () => setAside(root, key, readKey(key))),
    presign: null,
    [Symbol.asyncDispose]: async () => {},
  };
}

function assertOrdinary(key: string, found: Stats): void {
  if (!found.isFile()) throw storageFailed(`${key} was refused`, 'what lies there is not an ordinary file');
}

/** Whoever changes bytes can set back the time of that, but not the time of the change of that time. */
function versionOf({ ino, size, mtimeMs, ctimeMs }: Stats): string {
  return [ino, size, mtimeMs, ctimeMs].join(' ');
}

function statOf(path: string): Promise<Stats | null> {
  return lstat(path).catch(orNull);
}

function orNull(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}
