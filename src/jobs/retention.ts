import type { Auditor } from '../audit/auditor.ts';
import type { AuditActor } from '../audit/entry.ts';
import { sweepTenant, type SweepReport, type SweepSources } from '../holdings/sweep.ts';
import { readAsking } from '../requests/asking.ts';
import type { Chore } from './chores.ts';

/** What expired rows are deleted with. */
export interface RetentionDesk extends Pick<SweepSources, 'pool' | 'policies' | 'clock'> {
  readonly audit: Pick<Auditor, 'append'>;
}

const DAY_SECONDS = 24 * 3600;

/**
 * Deletes what has expired of the tenant of `by`, but for people who wait for a copy of it. The audit log says how many rows of
 * which dataset, in the same transaction, and of nobody in particular. Throws NOT_FOUND and DATABASE_FAILED.
 */
export function sweepExpired({ audit, ...sources }: RetentionDesk, by: AuditActor): Promise<SweepReport> {
  return sweepTenant(
    {
      ...sources,
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

/** Deletes expired rows once a day, and as a process starts. */
export function retentionChore(desk: RetentionDesk): Chore {
  return {
    name: 'retention',
    kind: 'EACH_TENANT',
    everySeconds: DAY_SECONDS,
    run: (tenant) => sweepExpired(desk, { kind: 'GATEWAY', tenant }),
  };
}
