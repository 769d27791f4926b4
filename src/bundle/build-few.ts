import { traced } from '../spans.ts';
import { withSnapshot } from '../store/session.ts';
import type { BuildOptions, BundleSources } from './build.ts';
import { collect, countedFor } from './collect.ts';
import { readFew } from './few.ts';
import { finish, type BuiltBundle } from './finish.ts';
import { openMemoryOutlet } from './memory-outlet.ts';
import { areFew, prepare, survey, type BundleRequest } from './prepare.ts';
import { singleArchive } from './volumes.ts';
import { witnessBetween } from './witness/witness.ts';
import { zipTarget } from './zip-target.ts';

/** An archive that lies in memory. */
export interface SmallArchive extends BuiltBundle {
  readonly chunks: readonly Buffer[];
}

/**
 * Builds an archive of few rows in memory; null where there are many, or files belong to them. Nothing of it is anywhere
 * when its process is killed: it is made anew in less time than it would take to note what was made. Throws what
 * `buildBundle` throws.
 */
export async function buildFew(
  sources: BundleSources,
  request: BundleRequest,
  { signal, onProgress }: BuildOptions,
): Promise<SmallArchive | null> {
  const { pool, policies, blobs, clock, workFolder } = sources;
  const now = clock.now();
  const signer = await sources.signing?.active();
  const outlet = openMemoryOutlet(signal);
  const target = zipTarget(singleArchive(outlet), workFolder);
  const collected = await withSnapshot(pool, request.tenantId, async (reader, limit) => {
    const stop = signal === undefined ? limit : AbortSignal.any([signal, limit]);
    const prepared = await traced('bundle.stage', { stage: 'PREPARING' }, async () => {
      const surveyed = await survey(reader, policies, request, now);
      return areFew(surveyed) ? countedFor(request, await prepare(reader, surveyed)) : null;
    });
    if (prepared === null) return null;
    return traced('bundle.stage', { stage: 'COLLECTING' }, async () => {
      const few = await readFew(reader, request, prepared, await witnessBetween(pool, reader, request));
      if (few === null) return null;
      stop.throwIfAborted();
      return collect(reader, request, target, prepared, { ...sources, signal: stop, onProgress, now, few });
    });
  });
  if (collected === null) return null;
  return traced('bundle.stage', { stage: 'FINISHING' }, async () => {
    const built = await finish(target, collected, { blobs, signer: signer ?? null });
    await target.end();
    return { ...built, chunks: outlet.chunks };
  });
}
