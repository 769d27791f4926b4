import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Fault } from '../errors.ts';
import type { BundleReader } from './bundle-reader.ts';
import { digestOfFile } from './file-digest.ts';
import { openBundle } from './open-bundle.ts';
import type { ListedVolume } from './read-manifest.ts';
import { readVolumeName } from './volume-names.ts';

/**
 * A bundle over all its volumes, of which `last` is open and lists the others. It has faults, and no files, where one of
 * them is not the file that the manifest means. To be closed before `last`, which it does not close.
 */
export async function withVolumes(
  last: BundleReader,
  volumes: readonly ListedVolume[],
  pathOf: (name: string) => string,
): Promise<BundleReader> {
  const faults: Fault[] = [];
  for (const volume of volumes) {
    const reason = await faultOf(volume, volumes, pathOf(volume.name));
    if (reason !== null) faults.push({ path: volume.name, reason });
  }
  await using opening = new AsyncDisposableStack();
  const readers: BundleReader[] = [];
  if (faults.length === 0) for (const { name } of volumes) readers.push(opening.use(await openBundle(pathOf(name))));
  const opened = opening.move();
  const all = [...readers, last];
  return {
    container: last.container,
    faults: [...faults, ...readers.flatMap((reader) => reader.faults)],
    *files() {
      for (const [index, reader] of all.entries())
        for (const file of reader.files()) yield { ...file, volume: index + 1 };
    },
    async part(path) {
      for (const reader of all) {
        const found = await reader.part(path);
        if (found !== null) return found;
      }
      return null;
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** Why a file is not the volume that the manifest means; null where it is. */
async function faultOf(
  { bytes, sha256 }: ListedVolume,
  all: readonly ListedVolume[],
  path: string,
): Promise<string | null> {
  const found = await stat(path).catch(() => null);
  if (found === null || !found.isFile()) return 'is not there: put all volumes into one folder, under their own names';
  // A file that is as large as none of them is not worth reading.
  const digest = all.some((each) => each.bytes === found.size) ? await digestOfFile(path).catch(() => null) : undefined;
  if (digest === null) return 'could not be read';
  if (digest?.bytes === bytes && digest.sha256 === sha256) return null;
  const other = all.find((each) => each.sha256 === digest?.sha256);
  if (other !== undefined) return `holds what ${other.name} should`;
  return found.size === bytes
    ? 'has another SHA-256 than the manifest says'
    : `has ${found.size} bytes, the manifest says ${bytes}`;
}

/** For an archive without a manifest: which file to give instead, as words for a person; null where it is no volume. */
export async function lastVolumeHint(path: string): Promise<string | null> {
  const own = readVolumeName(basename(path));
  if (own === null) return null;
  const folder = dirname(resolve(path));
  const numbers = (await readdir(folder).catch(() => [])).flatMap((name) => {
    const found = readVolumeName(name);
    return found?.stem === own.stem ? [found.number] : [];
  });
  const highest = Math.max(own.number, ...numbers);
  return highest > own.number
    ? `it is the volume ${own.number} of a bundle. Give the last one, which holds the manifest: ${join(folder, `${own.stem}.part${highest}.zip`)}`
    : `it is the volume ${own.number} of a bundle, and the last one, which holds the manifest, is not in its folder`;
}
