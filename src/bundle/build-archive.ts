import { hash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { CarryallError, isCarryallError } from '../errors.ts';
import { newId } from '../ids.ts';
import { withSnapshot } from '../store/session.ts';
import { cancellable, type BuildOptions, type BundleSources } from './build.ts';
import { withBuildLock } from './build-lock.ts';
import { collect, planned } from './collect.ts';
import { siteFolder } from './leftovers.ts';
import { finish, type BuiltBundle } from './finish.ts';
import { asOutputError } from './output-file.ts';
import type { BundleRequest } from './prepare.ts';
import { assertRoomFor } from './room.ts';
import { openSite } from './site.ts';
import { Volumes } from './volumes.ts';
import { zipTarget } from './zip-target.ts';

/** An archive that is whole and lies on a disk of ours. */
export interface BuiltArchive extends BuiltBundle {
  /** Its volumes, in their order; the last holds the manifest. */
  readonly volumes: readonly { readonly name: string; readonly path: string }[];
  /** Whether it goes on from what an earlier attempt left. */
  readonly resumed: boolean;
  /** Notes a file elsewhere that is to be removed if this process dies. */
  readonly unfinished: (path: string) => Promise<void>;
}

/** How an archive is cut. */
export interface Cut {
  /** The most bytes of a volume; Infinity for one archive. */
  readonly largest: number;
  readonly nameOf: (volume: number) => string;
}

/** Counted up when a site of another version of the code can not be gone on with. */
const SITE_VERSION = 1;

/**
 * Builds an archive on a disk of ours and hands it to `use`; afterwards it is gone. A build of the same request that was
 * killed is gone on with where its snapshot is no longer needed, and is then verified whole before it is handed over;
 * otherwise it starts from the beginning. `use` stops when its signal aborts. Throws what `buildBundle` throws, and
 * OUTPUT_FAILED for what our disk refuses.
 */
export async function withArchive<T>(
  sources: BundleSources,
  request: BundleRequest,
  cut: Cut,
  options: BuildOptions,
  use: (archive: BuiltArchive, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { tenantId, subjectId, scope } = request;
  const name = JSON.stringify([SITE_VERSION, tenantId, subjectId, scope, cut.largest, cut.nameOf(1)]);
  return cancellable(options.signal, () =>
    withBuildLock(sources.pool, name, async (alone, lost) => {
      const folder = siteFolder(sources.workFolder, alone ? hash('sha256', name) : newId('build'));
      const signal = options.signal === undefined ? lost : AbortSignal.any([options.signal, lost]);
      try {
        return await use(await build(sources, request, cut, { ...options, signal }, folder), signal);
      } catch (error) {
        throw lost.aborted ? lost.reason : asOutputError(folder, error);
      } finally {
        // What cannot be removed is the sweep's, as is what a process that is killed leaves.
        await rm(folder, { recursive: true, force: true }).catch(() => {});
      }
    }),
  );
}

async function build(
  sources: BundleSources,
  request: BundleRequest,
  cut: Cut,
  { signal, onProgress, outputFolder }: BuildOptions,
  folder: string,
): Promise<BuiltArchive> {
  const now = sources.clock.now();
  const signer = (await sources.signing?.active()) ?? null;
  const site = await openSite(folder, { now, nameOf: cut.nameOf });
  const volume = await site.begin(signal);
  const sink = new Volumes(site.place, cut.largest, volume);
  const target = zipTarget(sink, sources.workFolder);
  try {
    const collected =
      site.left?.collected ??
      (await withSnapshot(sources.pool, request.tenantId, async (reader, limit) => {
        const stop = signal === undefined ? limit : AbortSignal.any([signal, limit]);
        const collecting = { ...sources, signal: stop, onProgress, now };
        const build = await planned(reader, request, collecting);
        await assertRoomFor(reader, request, build, { ...collecting, outputFolder, archive: true });
        return collect(reader, request, target, build, collecting);
      }));
    if (site.left === null) await site.collected(collected);
    const written = (site.left?.written ?? []).map(({ path, bytes, sha256, volume }, index) => {
      const dataset = collected.storedFiles[index]?.dataset ?? '';
      return { path, bytes, sha256, ...(Number.isFinite(cut.largest) ? { volume } : {}), dataset };
    });
    const built = await finish(target, collected, { blobs: sources.blobs, signer, written });
    await target.end();
    const volumes = Array.from({ length: sink.count }, (_, index) => {
      return { name: cut.nameOf(index + 1), path: site.path(index + 1) };
    });
    if (site.left !== null) await assertWhole(volumes);
    return { ...built, volumes, resumed: site.left !== null, unfinished: (path) => site.unfinished(path) };
  } catch (error) {
    const { reason, aborted } = sink.signal;
    await sink.destroy();
    throw aborted ? reason : error;
  }
}

/** What lay on a disk while nobody watched is not signed for unseen. */
async function assertWhole(volumes: BuiltArchive['volumes']): Promise<void> {
  // Large, and seldom needed here.
  const { verifyBundle } = await import('./verify.ts');
  const volumePath = (name: string): string => volumes.find((volume) => volume.name === name)?.path ?? name;
  const [fault] = await verifyBundle(volumes.at(-1)?.path ?? '', { volumePath }).then(
    ({ faults }) => faults,
    (error: unknown) => {
      if (!isCarryallError(error, 'BAD_INPUT')) throw error;
      return [{ path: 'its archive', reason: 'is broken' }];
    },
  );
  if (fault === undefined) return;
  throw new CarryallError(
    'BUNDLE_FAILED',
    `What an earlier attempt had left was not whole: ${fault.path} ${fault.reason}. It is removed; export again.`,
  );
}
