import type { AuditEntry } from '../audit/entry.ts';
import type { ReviewedPart } from '../bundle/plan.ts';
import { bundleKey, type BundleName } from '../bundle/store-bundle.ts';
import { newId } from '../ids.ts';
import type { RequestRow } from '../requests/read.ts';
import { readSealing, type SealedTo } from '../requests/sealing.ts';
import { reviewedParts } from '../requests/reviews.ts';
import { lockIfThere, take } from '../requests/write.ts';
import { withTransaction, type Writer } from '../store/session.ts';
import { beginAttempt, endAttempt, isAlive, type AttemptKey } from './attempt.ts';
import type { BuildDesk } from './desk.ts';
import type { BuildJob } from './queue.ts';

/** A request that is ours to build. */
export interface Claim extends AttemptKey {
  readonly subjectId: string;
  readonly scope: 'ACCESS' | 'PORTABILITY';
  readonly format: 'ZIP' | 'JSON';
  readonly name: BundleName;
  /** The person's own wish; null where the configuration decides. */
  readonly sealedTo: SealedTo | null;
  readonly storageKey: string;
  /** Of what the policy leaves open, what a person has found to be the operator's own. */
  readonly reviewed: readonly ReviewedPart[];
  /** In which the person wants the pages; null for their own. */
  readonly language: string | null;
}

export type Claimed =
  | { readonly kind: 'CLAIMED'; readonly claim: Claim }
  /** Nothing is to be built: it is ready, taken back, or gone. */
  | { readonly kind: 'DONE' }
  /** A worker that is alive is at it. */
  | { readonly kind: 'BUSY' }
  /** Not before an instant: a changed address cools off. */
  | { readonly kind: 'HELD'; readonly until: Date };

/**
 * Takes a request: its status, the number of the attempt, and the row by which the attempt is seen to be alive, in one
 * transaction. An attempt that was not heard of for `silentSeconds` is let go of first: from then on it can publish nothing
 * (U-03). Throws DATABASE_FAILED, and KEYS_INVALID for a wish to seal that cannot be read.
 */
export function claimBuild(desk: BuildDesk, job: BuildJob, silentSeconds: number): Promise<Claimed> {
  return withTransaction(desk.pool, job.tenantId, async (writer): Promise<Claimed> => {
    const known = await lockIfThere(writer, job);
    if (known === null || !isBuildable(known)) return { kind: 'DONE' };
    const present = { ...job, attempt: known.attempt };
    const entries: AuditEntry[] = [];
    const by = { kind: 'GATEWAY', tenant: job.tenantId } as const;
    if (known.status === 'BUILDING') {
      if (await isAlive(writer, present, silentSeconds)) return { kind: 'BUSY' };
      entries.push((await take(desk, writer, { ...present, step: 'RELEASE', by })).entry);
      await endAttempt(writer, present, 'LOST');
    }
    if (known.heldUntil !== null && known.heldUntil > desk.clock.now()) {
      if (entries.length > 0) await desk.audit.append(writer, ...entries);
      return { kind: 'HELD', until: known.heldUntil };
    }
    const { row, entry } = await take(desk, writer, { ...job, step: 'BUILD', by });
    const claim = await claimOf(desk, writer, row);
    await beginAttempt(writer, claim, desk.worker, claim.storageKey);
    await desk.audit.append(writer, ...entries, entry);
    return { kind: 'CLAIMED', claim };
  });
}

function isBuildable({ status, right, subjectId }: RequestRow): boolean {
  return (
    (status === 'APPROVED' || status === 'BUILDING') &&
    (right === 'ACCESS' || right === 'PORTABILITY') &&
    subjectId !== null
  );
}

async function claimOf(desk: BuildDesk, writer: Writer, row: RequestRow): Promise<Claim> {
  const { tenantId, id: requestId, attempt, subjectId, right } = row;
  if (subjectId === null || (right !== 'ACCESS' && right !== 'PORTABILITY'))
    throw new TypeError('a request that cannot be built was taken');
  const format = row.format === 'JSON' ? 'JSON' : 'ZIP';
  const name = { id: newId('bundle'), attempt: `a${attempt}` };
  const sealedTo = await readSealing(writer, desk.box, { tenantId, requestId });
  const isSealed = sealedTo !== null || desk.sealTo !== undefined;
  const storageKey = bundleKey({ tenantId, format }, name, isSealed);
  const reviewed = await reviewedParts(writer, { tenantId, requestId });
  const { language } = row;
  return {
    tenantId,
    requestId,
    attempt,
    subjectId,
    scope: right,
    format,
    name,
    sealedTo,
    storageKey,
    reviewed,
    language,
  };
}
