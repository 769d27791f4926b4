import type { BundleStorage } from '../bundle/storage/storage.ts';
import { CarryallError, isCarryallError } from '../errors.ts';
import { MIGRATIONS, type Gateway } from '../gateway.ts';
import { assertMigrated } from '../store/migrate.ts';

export interface ReadinessOptions {
  readonly gateway: Pick<Gateway, 'database' | 'signing'>;
  readonly storage: Pick<BundleStorage, 'stat'>;
  /** Aborts when the process is asked to stop. */
  readonly stopping: AbortSignal;
  /** Hears of each change from ready to not ready, and why. */
  readonly onFault: (error: unknown) => void;
}

const PATIENCE_MS = 1000;
/** A verdict stands this long: everybody may ask, and asking must not cost a statement each. */
const KEPT_MS = 1000;
/** Of the form of a bundle's key, and never one. */
const NO_BUNDLE = 'carryall/readiness/probe.zip';

/**
 * Whether this process can do its work: the database answers within a second and has the migrations of this code (and more, while an upgrade is under way), there is a
 * key that signs, the storage of bundles can be reached, and nobody has asked it to stop.
 */
export function openReadiness({ gateway, storage, stopping, onFault }: ReadinessOptions): () => Promise<boolean> {
  let verdict: { readonly at: number; readonly isReady: Promise<boolean> } | undefined;
  let wasReady = true;
  const check = async (): Promise<boolean> => {
    const parts = [
      assertMigrated(gateway.database.pool, MIGRATIONS).catch(unlessNewer),
      gateway.signing.active(),
      storage.stat(NO_BUNDLE),
    ] as const;
    const fault = await inTime(Promise.all(parts)).then(
      () => null,
      (error: unknown) => error,
    );
    if (fault !== null && wasReady) onFault(fault);
    wasReady = fault === null;
    return wasReady;
  };
  return async () => {
    if (stopping.aborted) return false;
    const now = performance.now();
    if (verdict === undefined || now - verdict.at > KEPT_MS) verdict = { at: now, isReady: check() };
    return (await verdict.isReady) && !stopping.aborted;
  };
}

/** An upgrade migrates before it replaces anybody: until then those who serve go on. */
function unlessNewer(error: unknown): void {
  if (!isCarryallError(error, 'DATABASE_NEWER')) throw error;
}

async function inTime(work: Promise<unknown>): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () =>
      reject(new CarryallError('DATABASE_FAILED', `What the gateway needs did not answer within ${PATIENCE_MS} ms.`)),
    PATIENCE_MS,
  );
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
