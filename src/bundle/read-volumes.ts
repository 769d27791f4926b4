import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { isCarryallError, type Fault } from '../errors.ts';
import type { BundleReader } from './bundle-reader.ts';
import { openClear } from './open-bundle.ts';
import { readRange, type RandomAccess } from './random-access.ts';
import { bundleArchive } from './read-archive.ts';
import type { ListedVolume } from './read-manifest.ts';
import type { UnsealKey } from './seal/seal-mark.ts';
import { readVolumeName } from './volume-names.ts';

/** Where volumes lie, and what opens them. */
export interface VolumeSource {
  readonly pathOf: (name: string) => string;
  /** For volumes that are sealed: then each lies under its name with `.age` behind it. */
  readonly unsealKey: UnsealKey | undefined;
  /** Looks at each volume before its directory is read. */
  readonly check?: ((path: string, archive: RandomAccess) => Promise<void>) | undefined;
}

/**
 * A bundle over all its volumes, of which `last` is open and lists the others. It has faults, and no files, where one of
 * them is not the file that the manifest means. To be closed before `last`, which it does not close.
 */
export async function withVolumes(
  last: BundleReader,
  volumes: readonly ListedVolume[],
  { pathOf, unsealKey, check }: VolumeSource,
): Promise<BundleReader> {
  await using opening = new AsyncDisposableStack();
  const faults: Fault[] = [];
  const readers: BundleReader[] = [];
  for (const volume of volumes) {
    const path = `${pathOf(volume.name)}${unsealKey === undefined ? '' : '.age'}`;
    const found = await openVolume(path, volume, volumes, unsealKey);
    if (typeof found === 'string') faults.push({ path: volume.name, reason: found });
    else {
      opening.use(found);
      await check?.(path, found);
      if (faults.length === 0) readers.push(await bundleArchive(path, found));
    }
  }
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

/** Opens the volume that the manifest means; why not, where the file is another. */
async function openVolume(
  path: string,
  volume: ListedVolume,
  all: readonly ListedVolume[],
  key: UnsealKey | undefined,
): Promise<RandomAccess | string> {
  const found = await stat(path).catch(() => null);
  if (found === null || !found.isFile()) return 'is not there: put all volumes into one folder, under their own names';
  // A file that is as large as none of them is not worth reading; what a sealed one holds shows only when it is open.
  if (key === undefined && !all.some(({ bytes }) => bytes === found.size)) return sizeFault(found.size, volume);
  try {
    const file = await openClear(path, key);
    const reason = await faultOf(file, volume, all).catch(() => 'could not be read');
    if (reason === null) return file;
    await file[Symbol.asyncDispose]();
    return reason;
  } catch (error) {
    if (isCarryallError(error, 'BAD_INPUT')) return `could not be opened: ${error.message}`;
    throw error;
  }
}

async function faultOf(file: RandomAccess, volume: ListedVolume, all: readonly ListedVolume[]): Promise<string | null> {
  const digest = createHash('sha256');
  for await (const page of readRange(file, 0, file.size)) digest.update(page);
  const sha256 = digest.digest('hex');
  if (file.size === volume.bytes && sha256 === volume.sha256) return null;
  const other = all.find((each) => each.sha256 === sha256);
  if (other !== undefined) return `holds what ${other.name} should`;
  return file.size === volume.bytes ? 'has another SHA-256 than the manifest says' : sizeFault(file.size, volume);
}

function sizeFault(size: number, { bytes }: ListedVolume): string {
  return `has ${size} bytes, the manifest says ${bytes}`;
}

/** For an archive without a manifest: which file to give instead, as words for a person; null where it is no volume. */
export async function lastVolumeHint(path: string): Promise<string | null> {
  const [, name = '', sealed = ''] = /^(.*?)(\.age)?$/.exec(basename(path)) ?? [];
  const own = readVolumeName(name);
  if (own === null) return null;
  const folder = dirname(resolve(path));
  const numbers = (await readdir(folder).catch(() => [])).flatMap((each) => {
    const found = each.endsWith(sealed) ? readVolumeName(each.slice(0, each.length - sealed.length)) : null;
    return found?.stem === own.stem ? [found.number] : [];
  });
  const highest = Math.max(own.number, ...numbers);
  return highest > own.number
    ? `it is the volume ${own.number} of a bundle. Give the last one, which holds the manifest: ${join(folder, `${own.stem}.part${highest}.zip${sealed}`)}`
    : `it is the volume ${own.number} of a bundle, and the last one, which holds the manifest, is not in its folder`;
}
