import { rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { buildBundle, type BuildOptions, type BundleSources } from './build.ts';
import { withArchive, type BuiltArchive, type Cut } from './build-archive.ts';
import { CarryallError } from '../errors.ts';
import { newId } from '../ids.ts';
import type { Digest } from './digesting-writer.ts';
import type { BuiltBundle } from './finish.ts';
import { rememberUnfinished } from './leftovers.ts';
import { assertWritable, writeBytes, writeWhole } from './output-file.ts';
import type { BundleRequest } from './prepare.ts';
import { recordBundle, recordLoss } from './record.ts';
import type { Seal } from './seal/seal-to.ts';
import { readVolumeName, volumeName } from './volume-names.ts';

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
  /** Encrypts each file on its way; without it they are in the clear. */
  readonly seal?: Seal | undefined;
}

/**
 * Builds a bundle into a file and notes it in the store. The note is made before the file gets its name: no file goes out
 * of which the store knows nothing, and one that never gets its name is noted as lost. Throws what `buildBundle`,
 * `writeWhole` and `recordBundle` throw.
 */
export async function exportBundle(
  sources: BundleSources,
  request: BundleRequest,
  path: string,
  options: ExportOptions = {},
): Promise<ExportedBundle> {
  const id = newId('bundle');
  let isNoted = false;
  const record = async (built: BuiltBundle, digest: Digest, paths: readonly string[]): Promise<ExportedBundle> => {
    isNoted = true;
    await recordBundle(sources.pool, sources.clock, { request, built, digest, id, audit: sources.audit });
    return { ...built, ...digest, id, paths };
  };
  return exportWith(sources, request, path, options, record).catch(async (error: unknown) => {
    if (isNoted) await recordLoss(sources.pool, request.tenantId, id).catch(() => {});
    throw error;
  });
}

type Recorder = (built: BuiltBundle, digest: Digest, paths: readonly string[]) => Promise<ExportedBundle>;

async function exportWith(
  sources: BundleSources,
  request: BundleRequest,
  path: string,
  options: ExportOptions,
  record: Recorder,
): Promise<ExportedBundle> {
  const outputFolder = dirname(resolve(path));
  // What is to be sealed never lies on a disk in the clear, and so cannot be gone on with; volumes must be cut before.
  if (request.format === 'JSON' || (options.seal !== undefined && options.volumeBytes === undefined)) {
    const fill = async (destination: Writable, digest: () => Digest): Promise<ExportedBundle> => {
      const sealed = options.seal?.(destination) ?? destination;
      const built = await buildBundle(sources, request, sealed, { ...options, outputFolder });
      return record(built, digest(), [path]);
    };
    return rememberUnfinished(sources.workFolder, (unfinished) => writeWhole(path, fill, unfinished));
  }
  return exportArchive(sources, request, path, { ...options, outputFolder }, record);
}

async function exportArchive(
  sources: BundleSources,
  request: BundleRequest,
  path: string,
  { volumeBytes, seal, ...options }: ExportOptions,
  record: Recorder,
): Promise<ExportedBundle> {
  const folder = dirname(resolve(path));
  const cut = cutOf(path, volumeBytes === undefined || seal === undefined ? volumeBytes : beforeSealing(volumeBytes));
  // Inside a sealed volume lies the one that the manifest names.
  const ending = seal !== undefined && volumeBytes !== undefined ? '.age' : '';
  // What cannot be written is told before anything is built.
  await assertWritable(join(folder, cut.nameOf(1) + ending));
  return withArchive(sources, request, cut, options, async (archive, signal) => {
    const paths = archive.volumes.map(({ name }) => join(folder, name + ending));
    const publishing = { paths, seal, signal };
    return publish(archive, publishing, (digest) => record(archive, digest, paths));
  });
}

interface Publishing {
  readonly paths: readonly string[];
  readonly seal: Seal | undefined;
  readonly signal: AbortSignal;
}

/** Volumes get their names one after the other, the one with the manifest last; where one fails, none is left. */
async function publish<T>(
  { volumes, unfinished }: BuiltArchive,
  { paths, seal, signal }: Publishing,
  record: (digest: Digest) => Promise<T>,
): Promise<T> {
  const done: string[] = [];
  try {
    for (const [index, volume] of volumes.entries()) {
      const path = paths[index] ?? '';
      const last = index === volumes.length - 1;
      const fill = async (destination: Writable, digest: () => Digest): Promise<T[]> => {
        await pipeline(volume.open(), seal?.(destination) ?? destination, { signal });
        return last ? [await record(digest())] : [];
      };
      const recorded =
        volume.content !== null && seal === undefined
          ? await writeBytes(path, volume.content, async (digest) => [await record(digest)], unfinished)
          : await writeWhole(path, fill, unfinished);
      done.push(path);
      if (recorded[0] !== undefined) return recorded[0];
    }
    throw new TypeError('an archive without a volume');
  } catch (error) {
    for (const path of done) await rm(path, { force: true });
    throw error;
  }
}

/** What a sealed file of `bytes` may hold: age adds a header, of up to a hundred recipients, and 16 bytes for each 64 KiB. */
function beforeSealing(bytes: number): number {
  return Math.floor((bytes - 256 * 1024) * 0.999);
}

function cutOf(path: string, volumeBytes: number | undefined): Cut {
  const name = basename(path);
  if (volumeBytes === undefined) return { largest: Infinity, nameOf: () => name };
  if (readVolumeName(volumeName(name, 1)) === null)
    throw new CarryallError(
      'BAD_INPUT',
      `${path} cannot be the name of volumes: shorter, and without \\ or line breaks.`,
    );
  return { largest: volumeBytes, nameOf: (volume) => volumeName(name, volume) };
}
