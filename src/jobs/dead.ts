import type { PgBoss } from 'pg-boss';
import { lockIfThere, take } from '../requests/write.ts';
import { withTransaction } from '../store/session.ts';
import { endAttempt, isAlive, outcomeOf } from './attempt.ts';
import { DEAD_BUILDS } from './boss.ts';
import type { BuildDesk } from './desk.ts';
import type { BuildJob } from './queue.ts';

const AT_ONCE = 20;
/** What a worker that is alive says at least so often. */
const SILENT_SECONDS = 30;

/** Fails the requests whose builds have used up their attempts, so that people see it and may ask again (U-25). */
export async function failDead(desk: BuildDesk, boss: PgBoss): Promise<void> {
  const jobs = await boss.fetch<BuildJob>(DEAD_BUILDS, { batchSize: AT_ONCE });
  for (const { id, data } of jobs) {
    if (await failRequest(desk, data)) await boss.complete(DEAD_BUILDS, id);
    else await boss.fail(DEAD_BUILDS, id, { code: 'BUSY' });
  }
}

/** False while a worker is still at it. */
async function failRequest(desk: BuildDesk, { tenantId, requestId }: BuildJob): Promise<boolean> {
  return withTransaction(desk.pool, tenantId, async (writer) => {
    const known = await lockIfThere(writer, { tenantId, requestId });
    if (known === null || (known.status !== 'APPROVED' && known.status !== 'BUILDING')) return true;
    const last = { tenantId, requestId, attempt: known.attempt };
    if (known.status === 'BUILDING' && (await isAlive(writer, last, SILENT_SECONDS))) return false;
    await endAttempt(writer, last, 'LOST');
    const failureCode = (await outcomeOf(writer, last)) ?? 'LOST';
    const by = { kind: 'GATEWAY', tenant: tenantId } as const;
    const { entry } = await take(desk, writer, { tenantId, requestId, step: 'FAIL', by, changes: { failureCode } });
    await desk.audit.append(writer, entry);
    return true;
  });
}
