import type { DeliveryDesk } from '../delivery/desk.ts';
import { expireBundles } from '../delivery/expire.ts';
import { forgetOld } from '../delivery/forget.ts';
import { reconcileStorage } from '../delivery/reconcile.ts';
import { sendDueNotices, type NoticeDesk } from '../notices/send.ts';
import { dueRequests } from '../requests/clock.ts';
import { resumeInstructed } from '../requests/instructed.ts';
import { expireUnproven } from '../requests/identity/expire-unproven.ts';
import type { StepDesk } from '../requests/write.ts';
import { withTransaction } from '../store/session.ts';
import { sql } from '../store/sql.ts';
import type { Chore } from './chores.ts';
import type { BuildDesk } from './desk.ts';
import { sweepLeftovers, sweepStrays } from './strays.ts';

/** What is kept in order beside the builds. */
export interface HousekeepingDesk {
  readonly builds: BuildDesk;
  readonly notices: NoticeDesk;
  readonly delivery: DeliveryDesk;
}

const DAY_MS = 24 * 3600 * 1000;

/** All that is done again and again, and how often. */
export function housekeeping({ builds, notices, delivery }: HousekeepingDesk): readonly Chore[] {
  return [
    {
      name: 'notices',
      kind: 'EACH_TENANT',
      everySeconds: 5,
      run: (tenantId, signal) => sendDueNotices(notices, tenantId, signal),
    },
    { name: 'reminders', kind: 'EACH_TENANT', everySeconds: 900, run: (tenantId) => remind(builds, tenantId) },
    { name: 'expiry', kind: 'EACH_TENANT', everySeconds: 300, run: (tenantId) => expireBundles(delivery, tenantId) },
    { name: 'unproven', kind: 'EACH_TENANT', everySeconds: 900, run: (tenantId) => expireUnproven(builds, tenantId) },
    { name: 'requests', kind: 'EACH_TENANT', everySeconds: 60, run: (tenantId) => enqueueForgotten(builds, tenantId) },
    { name: 'instructed', kind: 'EACH_TENANT', everySeconds: 900, run: (tenantId) => goOn(builds, tenantId) },
    { name: 'answers', kind: 'EACH_TENANT', everySeconds: 3600, run: (tenantId) => forgetAnswers(builds, tenantId) },
    {
      name: 'storage',
      kind: 'EACH_TENANT',
      everySeconds: 3600,
      run: (tenantId) => reconcileStorage(delivery, tenantId),
    },
    { name: 'records', kind: 'EACH_TENANT', everySeconds: 3600, run: (tenantId) => forgetOld(delivery, tenantId) },
    { name: 'strays', kind: 'EACH_TENANT', everySeconds: 3600, run: (tenantId) => sweepStrays(builds, tenantId) },
    { name: 'leftovers', kind: 'ONCE', everySeconds: 3600, run: () => sweepLeftovers(builds) },
  ];
}

/** Tells the operator of deadlines that near or are over, once each. Throws DATABASE_FAILED. */
export async function remind(
  { pool, clock, outbox }: Pick<BuildDesk, 'pool' | 'clock' | 'outbox'>,
  tenantId: string,
): Promise<void> {
  await withTransaction(pool, tenantId, async (writer) => {
    for (const { kind, event, requestId, subjectId, language } of await dueRequests(writer, tenantId, clock.now()))
      await outbox.put(writer, { tenantId, kind, event, requestId, subjectId, language });
  });
}

/** Lets requests go on whose instruction has begun in the meantime. Throws DATABASE_FAILED. */
export async function goOn(
  desk: StepDesk & { readonly pool: BuildDesk['pool']; readonly sources: Pick<BuildDesk['sources'], 'policies'> },
  tenantId: string,
): Promise<void> {
  await withTransaction(desk.pool, tenantId, async (writer) => {
    const entries = await resumeInstructed({ ...desk, policies: desk.sources.policies }, writer, tenantId);
    if (entries.length > 0) await desk.audit.append(writer, ...entries);
  });
}

/**
 * Queues the requests that wait for a build and have no job, and those whose worker has been silent for minutes: after a
 * restore, or where a job was lost in some way that nobody thought of. For all others it does nothing. Throws DATABASE_FAILED.
 */
export async function enqueueForgotten(
  { pool, queue }: Pick<BuildDesk, 'pool'> & Pick<StepDesk, 'queue'>,
  tenantId: string,
): Promise<void> {
  await withTransaction(pool, tenantId, async (writer) => {
    const rows = await writer.query<{ requestId: string; notBefore: Date | null }>(sql`
      SELECT r.id AS "requestId", r.held_until AS "notBefore" FROM data_subject_request r
      LEFT JOIN build_attempt a ON a.tenant_id = r.tenant_id AND a.request_id = r.id AND a.attempt = r.attempt
      WHERE r.tenant_id = ${tenantId} AND r."right" IN ('ACCESS', 'PORTABILITY')
        AND (r.status = 'APPROVED' OR (r.status = 'BUILDING' AND (a.seen_at IS NULL OR a.seen_at < now() - interval '10 minutes')))
      ORDER BY r.due_at LIMIT 1000`);
    for (const { requestId, notBefore } of rows)
      await queue.enqueue(writer, { tenantId, requestId, ...(notBefore === null ? {} : { notBefore }) });
  });
}

/** Forgets what was answered under idempotency keys more than a day ago. Throws DATABASE_FAILED. */
export async function forgetAnswers(
  { pool, clock }: Pick<BuildDesk, 'pool' | 'clock'>,
  tenantId: string,
): Promise<void> {
  const before = new Date(clock.now().getTime() - DAY_MS);
  await withTransaction(pool, tenantId, (writer) =>
    writer.execute(
      sql`DELETE FROM idempotent_answer WHERE tenant_id = ${tenantId} AND created_at < ${before}::timestamptz`,
    ),
  );
}
