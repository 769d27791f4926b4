import { buildBundle, type BuildOptions, type BuiltBundle, type BundleRequest, type BundleSources } from './build.ts';
import type { Digest } from './digesting-writer.ts';
import { writeWhole } from './output-file.ts';
import { recordBundle } from './record.ts';

/** A bundle that lies in a file. */
export interface ExportedBundle extends BuiltBundle, Digest {
  /** Under which it is noted in the store. */
  readonly id: string;
}

/**
 * Builds a bundle into a file and notes it in the store. The note is made before the file gets its name: no file goes out
 * of which the store knows nothing. Throws what `buildBundle`, `writeWhole` and `recordBundle` throw.
 */
export function exportBundle(
  sources: BundleSources,
  request: BundleRequest,
  path: string,
  options: BuildOptions = {},
): Promise<ExportedBundle> {
  return writeWhole(path, async (destination, digest) => {
    const built = await buildBundle(sources, request, destination, options);
    const id = await recordBundle(sources.pool, sources.clock, { request, built, digest: digest() });
    return { ...built, ...digest(), id };
  });
}
