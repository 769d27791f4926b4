import { hash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { CarryallError, isCarryallError } from '../errors.ts';
import { newId } from '../ids.ts';
import { traced } from '../spans.ts';
import { withSnapshot } from '../store/session.ts';
import { cancellable, type BuildOptions, type BundleSources } from './build.ts';
import { buildFew, type SmallArchive } from './build-few.ts';
import { withBuildLock } from './build-lock.ts';
import { collect, planned, type Collected } from './collect.ts';
import { MANY } from './count.ts';
import { rememberUnfinished, siteFolder } from './leftovers.ts';
import { finish, type BuiltBundle } from './finish.ts';
import { asOutputError } from './output-file.ts';
import type { BundleRequest } from './prepare.ts';
import { assertRoomFor } from './room.ts';
import { openSite } from './site.ts';
import { Volumes } from './volumes.ts';
import { zipTarget } from './zip-target.ts';

/** A volume that is whole, and how it is read. */
export interface BuiltVolume {
  readonly name: string;
  /** All of it, where that is in memory. */
  readonly content: Buffer | null;
  open(): Readable;
}

/** An archive that is whole, in memory or on a disk of ours. */
export interface BuiltArchive extends BuiltBundle {
  /** Its volumes, in their order; the last holds the manifest. */
  readonly volumes: readonly BuiltVolume[];
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

/** Read so many bytes at a time: a step costs the same whether it carries little or much. */
const PAGE = 256 * 1024;

/**
 * Builds an archive and hands it to `use`; afterwards it is gone. One of few rows is built in memory, any other on a disk of
 * ours: see docs/decisions/0018-resumed-builds.md. A build of the same request that was
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
  const { tenantId, subjectId, scope, otherParties, reviewed = [], language = null } = request;
  // What other people are called depends on it, and it is not to be told.
  const parties = otherParties === undefined ? null : hash('sha256', otherParties.key);
  const wish = [cut.largest, cut.nameOf(1), parties, reviewed, language];
  const name = JSON.stringify([SITE_VERSION, tenantId, subjectId, scope, ...wish]);
  const site = siteFolder(sources.workFolder, hash('sha256', name));
  return cancellable(options.signal, async () => {
    // What an earlier attempt left is gone on with, or removed.
    const few = Number.isFinite(cut.largest) || existsSync(site) ? null : await buildFew(sources, request, options);
    if (few !== null) return useFew(sources, few, cut, options, use);
    return withBuildLock(sources.pool, name, async (alone, lost) => {
      const folder = alone ? site : siteFolder(sources.workFolder, newId('build'));
      const signal = options.signal === undefined ? lost : AbortSignal.any([options.signal, lost]);
      try {
        return await use(await build(sources, request, cut, { ...options, signal }, folder), signal);
      } catch (error) {
        throw lost.aborted ? lost.reason : asOutputError(folder, error);
      } finally {
        // What cannot be removed is the sweep's, as is what a process that is killed leaves.
        await rm(folder, { recursive: true, force: true }).catch(() => {});
      }
    });
  });
}

function useFew<T>(
  { workFolder }: BundleSources,
  { chunks, ...built }: SmallArchive,
  cut: Cut,
  { signal = new AbortController().signal }: BuildOptions,
  use: (archive: BuiltArchive, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const content = Buffer.concat(chunks);
  const volumes = [{ name: cut.nameOf(1), content, open: () => Readable.from([content]) }];
  return rememberUnfinished(workFolder, (unfinished) =>
    use({ ...built, volumes, resumed: false, unfinished }, signal).catch((error: unknown) => {
      throw asOutputError(workFolder, error);
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
        const build = await traced('bundle.stage', { stage: 'PREPARING' }, () => planned(reader, request, collecting));
        await assertRoomFor(reader, request, build, { ...collecting, outputFolder, archive: true });
        return traced('bundle.stage', { stage: 'COLLECTING' }, () =>
          collect(reader, request, target, build, collecting),
        );
      }));
    if (site.left === null && isWorthKeeping(collected)) await site.collected(collected);
    const written = (site.left?.written ?? []).map(({ path, bytes, sha256, volume }, index) => {
      const dataset = collected.storedFiles[index]?.dataset ?? '';
      return { path, bytes, sha256, ...(Number.isFinite(cut.largest) ? { volume } : {}), dataset };
    });
    const built = await traced('bundle.stage', { stage: 'FINISHING' }, () =>
      finish(target, collected, { blobs: sources.blobs, signer, written }),
    );
    await target.end();
    const volumes = Array.from({ length: sink.count }, (_, index) => {
      const path = site.path(index + 1);
      return {
        name: cut.nameOf(index + 1),
        path,
        content: null,
        open: () => createReadStream(path, { highWaterMark: PAGE }),
      };
    });
    if (site.left !== null) await assertWhole(volumes);
    return { ...built, volumes, resumed: site.left !== null, unfinished: (path) => site.unfinished(path) };
  } catch (error) {
    const { reason, aborted } = sink.signal;
    await sink.destroy();
    throw aborted ? reason : error;
  }
}

/** Few rows are collected anew in less time than it takes to note that they were. */
function isWorthKeeping({ rows, storedFiles }: Collected): boolean {
  return rows > MANY || storedFiles.length > 0;
}

/** What lay on a disk while nobody watched is not signed for unseen. */
async function assertWhole(volumes: readonly { readonly name: string; readonly path: string }[]): Promise<void> {
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
