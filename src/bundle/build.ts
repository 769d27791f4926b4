import type { Writable } from 'node:stream';
import type pg from 'pg';
import type { Auditor } from '../audit/auditor.ts';
import type { AuditActor } from '../audit/entry.ts';
import type { Clock } from '../clock.ts';
import { CarryallError } from '../errors.ts';
import type { PolicyBook } from '../policy/book.ts';
import type { BlobStore } from '../store/blobs.ts';
import { traced } from '../spans.ts';
import { withSnapshot } from '../store/session.ts';
import { collect, planned, type BuildProgress } from './collect.ts';
import { finish, type BuiltBundle } from './finish.ts';
import { openOutlet } from './outlet.ts';
import { assertRoomFor } from './room.ts';
import type { BundleRequest } from './prepare.ts';
import type { SigningKeys } from './sign/signing-keys.ts';
import { openTarget } from './target.ts';

/** What a build needs of its surroundings. */
export interface BundleSources {
  readonly pool: pg.Pool;
  readonly policies: PolicyBook;
  readonly clock: Clock;
  readonly blobs: BlobStore;
  /** A folder for scratch files, on a disk with room for the largest table of a bundle. */
  readonly workFolder: string;
  /** Where it is recorded that a bundle was made, and for whom; without it nothing is. */
  readonly audit?: BundleAudit | undefined;
  /** The keys that sign manifests; without them a bundle is not signed, and `carryall verify` refuses it. */
  readonly signing?: SigningKeys | undefined;
}

/** The audit log, and who has the bundle made. */
export interface BundleAudit {
  readonly log: Pick<Auditor, 'append'>;
  readonly actor: AuditActor;
}

export interface BuildOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: BuildProgress) => void;
  /** Where the result is to lie, if on a disk of ours: whether there is room is seen to first. */
  readonly outputFolder?: string | undefined;
}

/**
 * Builds a bundle straight into a destination: what comes from the database from one snapshot, one file after another, no
 * dataset ever whole in memory. It is complete or it throws: NOT_FOUND, BUNDLE_TOO_LARGE, FOREIGN_ROW, BUNDLE_FAILED,
 * CANCELLED, OUTPUT_FAILED where there is no room, or what broke the destination.
 */
export async function buildBundle(
  sources: BundleSources,
  request: BundleRequest,
  destination: Writable,
  options: BuildOptions = {},
): Promise<BuiltBundle> {
  return cancellable(options.signal, async () => {
    // Before anything is read: a key that cannot sign is known at once.
    const signer = (await sources.signing?.active()) ?? null;
    using outlet = openOutlet(destination, options.signal);
    try {
      const { target, collected } = await withSnapshot(sources.pool, request.tenantId, async (reader, limit) => {
        const signal = options.signal === undefined ? limit : AbortSignal.any([options.signal, limit]);
        // A destination that is stuck would keep who waits for it.
        limit.addEventListener('abort', () => void destination.destroy(limit.reason as Error), { once: true });
        const collecting = { ...sources, ...options, signal, now: sources.clock.now() };
        const build = await traced('bundle.stage', { stage: 'PREPARING' }, () => planned(reader, request, collecting));
        if (options.outputFolder !== undefined)
          await assertRoomFor(reader, request, build, { ...collecting, archive: false });
        const target = openTarget(request.format, outlet, sources.workFolder);
        const collected = await traced('bundle.stage', { stage: 'COLLECTING' }, () =>
          collect(reader, request, target, build, collecting),
        );
        return { target, collected };
      });
      // The snapshot is closed: stored files may take long, and need none.
      const built = await traced('bundle.stage', { stage: 'FINISHING' }, () =>
        finish(target, collected, { blobs: sources.blobs, signer }),
      );
      await target.end();
      return built;
    } catch (error) {
      destination.destroy();
      // What stopped the outlet is the cause; what whoever feeds it says is the consequence.
      throw outlet.signal.aborted ? outlet.signal.reason : error;
    }
  });
}

/** Runs `work`, and says CANCELLED of whatever it failed with once the caller had given up. */
export async function cancellable<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  const isCancelled = (): boolean => signal?.aborted ?? false;
  if (isCancelled()) throw cancelled(signal?.reason);
  try {
    return await work();
  } catch (cause) {
    throw isCancelled() ? cancelled(cause) : cause;
  }
}

function cancelled(cause: unknown): CarryallError {
  return new CarryallError('CANCELLED', 'The bundle was cancelled; nothing of it is kept.', { cause });
}
