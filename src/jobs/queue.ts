import type { PgBoss } from 'pg-boss';
import type { BuildQueue } from '../requests/queue.ts';
import { BUILDS, inTransaction } from './boss.ts';

/** What a job says: which request, and nothing of it. */
export interface BuildJob {
  readonly tenantId: string;
  readonly requestId: string;
}

/**
 * Where approved requests wait. A job is there if and only if the transaction that sent it is committed (U-17), and once for
 * each request, however often it is sent.
 */
export function createBuildQueue(boss: PgBoss): BuildQueue {
  return {
    async enqueue(writer, { tenantId, requestId, notBefore }) {
      await boss.send(BUILDS, { tenantId, requestId } satisfies BuildJob, {
        ...sendOptions({ tenantId, requestId }, notBefore),
        db: inTransaction(writer),
      });
    },
  };
}

/** How a job is sent: in its tenant's turn, and once for its request; not before an instant, or for so many seconds. */
export function sendOptions({ tenantId, requestId }: BuildJob, notBefore?: Date | number) {
  return {
    singletonKey: requestId,
    group: { id: tenantId },
    ...(notBefore === undefined ? {} : { startAfter: notBefore }),
  };
}
