import type { Auditor } from '../audit/auditor.ts';
import type { AuditActor } from '../audit/entry.ts';
import { namedFiles } from '../holdings/stored-files.ts';
import { sweepTenant, type SweepReport, type SweepSources } from '../holdings/sweep.ts';
import { readAsking } from '../requests/asking.ts';
import type { BlobStore } from '../store/blobs.ts';
import { withTransaction } from '../store/session.ts';
import type { Chore } from './chores.ts';

/** What expired rows and the files that they named are deleted with. */
export interface RetentionDesk extends Pick<SweepSources, 'pool' | 'policies' | 'clock'> {
  readonly audit: Pick<Auditor, 'append'>;
  readonly blobs: Pick<BlobStore, 'keys' | 'remove' | 'removeUnfinished'>;
}

const DAY_SECONDS = 24 * 3600;

/**
 * Deletes what has expired of the tenant of `by`, but for people who wait for a copy of it. The audit log says how many rows of
 * which dataset, in the same transaction, and of nobody in particular. Throws NOT_FOUND and DATABASE_FAILED.
 */
export function sweepExpired({ audit, pool, policies, clock }: RetentionDesk, by: AuditActor): Promise<SweepReport> {
  return sweepTenant(
    {
      pool,
      policies,
      clock,
      readAsking,
      async record(writer, { deleted }) {
        const counts = Object.entries(deleted);
        if (counts.length === 0) return;
        await audit.append(writer, {
          actor: by,
          action: 'SWEEP',
          outcome: 'ALLOWED',
          detail: {
            step: 'EXPIRED_DELETED',
            rows: counts.reduce((sum, [, rows]) => sum + rows, 0),
            deleted: counts.map(([dataset, rows]) => `${dataset}:${rows}`).toSorted(),
          },
        });
      },
    },
    by.tenant,
  );
}

/** An import stores files before the rows that name them are committed. */
const GRACE_MS = DAY_SECONDS * 1000;
/** How many files are asked for at once: each time the tables that name files are read once. */
const BATCH = 10_000;

/**
 * Removes the stored files of the tenant of `by` that no row names any more and that were stored a day ago or before, and what imports
 * that were killed have left: nothing else deletes a file when its rows expire. The audit log hears of each batch before it goes.
 * Gives how many. Throws DATABASE_FAILED and what the disk says.
 */
export async function sweepFiles({ pool, audit, blobs }: RetentionDesk, by: AuditActor): Promise<number> {
  // Files know the time of the machine, whatever the clock of the data is set to.
  const olderThan = new Date(Date.now() - GRACE_MS);
  let removed = await blobs.removeUnfinished(by.tenant, olderThan);
  const sweep = async (keys: readonly string[]): Promise<void> => {
    const unnamed = await withTransaction(pool, by.tenant, async (writer) => {
      const named = await namedFiles(writer, by.tenant, keys);
      const others = keys.filter((key) => !named.has(key));
      const detail = { step: 'FILES_DELETED', files: others.length };
      if (others.length > 0) await audit.append(writer, { actor: by, action: 'SWEEP', outcome: 'ALLOWED', detail });
      return others;
    });
    for (const key of unnamed) if (await blobs.remove(key, olderThan)) removed += 1;
  };
  const batch: string[] = [];
  for await (const key of blobs.keys(by.tenant, olderThan)) {
    batch.push(key);
    if (batch.length === BATCH) await sweep(batch.splice(0));
  }
  if (batch.length > 0) await sweep(batch);
  return removed;
}

/** Deletes expired rows, and then the files that none names, once a day and as a process starts. */
export function retentionChore(desk: RetentionDesk): Chore {
  return {
    name: 'retention',
    kind: 'EACH_TENANT',
    everySeconds: DAY_SECONDS,
    run: async (tenant) => {
      const by = { kind: 'GATEWAY', tenant } as const;
      await sweepExpired(desk, by);
      await sweepFiles(desk, by);
    },
  };
}
