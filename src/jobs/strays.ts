import { sweepSites } from '../bundle/leftovers.ts';
import { withTransaction } from '../store/session.ts';
import { forgetStrays, strayKeys } from './attempt.ts';
import type { BuildDesk } from './desk.ts';

/** Longer than any build takes: what was not written to for so long belongs to nobody. */
const ABANDONED_MS = 24 * 3600 * 1000;

/**
 * Removes what attempts that broke off have left of a tenant's bundles: whole ones that were not published (U-01), also where
 * their worker came back and wrote after all. Returns how many were looked for. Throws OUTPUT_FAILED and DATABASE_FAILED.
 */
export async function sweepStrays(desk: Pick<BuildDesk, 'pool' | 'storage'>, tenantId: string): Promise<number> {
  const keys = await withTransaction(desk.pool, tenantId, (reader) => strayKeys(reader, tenantId));
  for (const key of keys) await desk.storage.remove(key);
  // After a day nobody comes back.
  await withTransaction(desk.pool, tenantId, (writer) => forgetStrays(writer, tenantId, keys));
  return keys.length;
}

/** Removes what lies half written in the storage and on our own disk. Throws OUTPUT_FAILED. */
export async function sweepLeftovers({ storage, sources }: Pick<BuildDesk, 'storage' | 'sources'>): Promise<void> {
  const before = new Date(Date.now() - ABANDONED_MS);
  await storage.sweep(before);
  await sweepSites(sources.workFolder, before);
}
