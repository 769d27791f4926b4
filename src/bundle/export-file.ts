import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { buildBundle, type BuildOptions, type BundleSources } from './build.ts';
import { withArchive, type BuiltArchive, type Cut } from './build-archive.ts';
import type { Digest } from './digesting-writer.ts';
import type { BuiltBundle } from './finish.ts';
import { assertWritable, writeWhole } from './output-file.ts';
import type { BundleRequest } from './prepare.ts';
import { recordBundle } from './record.ts';

/** A bundle that lies in a file. */
export interface ExportedBundle extends BuiltBundle, Digest {
  /** Under which it is noted in the store. */
  readonly id: string;
  /** The files that hold it; the digest is of the last. */
  readonly paths: readonly string[];
}

export interface ExportOptions extends BuildOptions {
  /** The most bytes of a file; without it there is one. */
  readonly volumeBytes?: number | undefined;
}

/**
 * Builds a bundle into a file and notes it in the store. The note is made before the file gets its name: no file goes out
 * of which the store knows nothing. Throws what `buildBundle`, `writeWhole` and `recordBundle` throw.
 */
export async function exportBundle(
  sources: BundleSources,
  request: BundleRequest,
  path: string,
  options: ExportOptions = {},
): Promise<ExportedBundle> {
  const record = async (built: BuiltBundle, digest: Digest, paths: readonly string[]): Promise<ExportedBundle> => {
    const id = await recordBundle(sources.pool, sources.clock, { request, built, digest });
    return { ...built, ...digest, id, paths };
  };
  if (request.format === 'JSON') {
    return writeWhole(path, async (destination, digest) => {
      const built = await buildBundle(sources, request, destination, options);
      return record(built, digest(), [path]);
    });
  }
  return exportArchive(sources, request, path, options, record);
}

type Recorder = (built: BuiltBundle, digest: Digest, paths: readonly string[]) => Promise<ExportedBundle>;

async function exportArchive(
  sources: BundleSources,
  request: BundleRequest,
  path: string,
  { volumeBytes, ...options }: ExportOptions,
  record: Recorder,
): Promise<ExportedBundle> {
  const folder = dirname(resolve(path));
  const cut = cutOf(path, volumeBytes);
  // What cannot be written is told before anything is built.
  await assertWritable(join(folder, cut.nameOf(1)));
  return withArchive(sources, request, cut, options, async (archive) => {
    const paths = archive.volumes.map(({ name }) => join(folder, name));
    return publish(archive, paths, options.signal, (digest) => record(archive, digest, paths));
  });
}

/** Volumes get their names one after the other, the one with the manifest last; where one fails, none is left. */
async function publish<T>(
  { volumes }: BuiltArchive,
  paths: readonly string[],
  signal: AbortSignal | undefined,
  record: (digest: Digest) => Promise<T>,
): Promise<T> {
  const done: string[] = [];
  try {
    for (const [index, volume] of volumes.entries()) {
      const path = paths[index] ?? '';
      const last = index === volumes.length - 1;
      const recorded = await writeWhole(path, async (destination, digest) => {
        await pipeline(createReadStream(volume.path), destination, { signal });
        return last ? [await record(digest())] : [];
      });
      done.push(path);
      if (recorded[0] !== undefined) return recorded[0];
    }
    throw new TypeError('an archive without a volume');
  } catch (error) {
    for (const path of done) await rm(path, { force: true });
    throw error;
  }
}

function cutOf(path: string, volumeBytes: number | undefined): Cut {
  const name = basename(path);
  if (volumeBytes === undefined) return { largest: Infinity, nameOf: () => name };
  const stem = name.replace(/\.zip$/i, '');
  return { largest: volumeBytes, nameOf: (volume) => `${stem}.part${volume}.zip` };
}
