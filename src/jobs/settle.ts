import { lockIfThere, take } from '../requests/write.ts';
import { withTransaction } from '../store/session.ts';
import { endAttempt, outcomeOf } from './attempt.ts';
import type { Claim } from './claim.ts';
import type { BuildDesk } from './desk.ts';
import { failureOf } from './failure.ts';

/** What has become of an attempt. */
export type Settled =
  | { readonly kind: 'PUBLISHED' }
  /** The request failed, and its person was told. */
  | { readonly kind: 'FAILED'; readonly code: string }
  /** Let go of: the next attempt may try. */
  | { readonly kind: 'RELEASED'; readonly code: string }
  /** The request was taken back, or is gone. */
  | { readonly kind: 'UNWANTED' }
  /** Another attempt has taken its place, and the job with it. */
  | { readonly kind: 'SUPERSEDED' };

/**
 * Settles an attempt that failed; `isStopped` says that this process let go of it on purpose. The request is locked and asked,
 * as an error does not tell what is so: a commit may have come through though its answer did not. What the attempt had
 * written is removed, or left to the sweep. Throws DATABASE_FAILED.
 */
export async function settleFailure(
  desk: BuildDesk,
  claim: Claim,
  error: unknown,
  isStopped: boolean,
): Promise<Settled> {
  const { tenantId, requestId, attempt, subjectId } = claim;
  const failure = failureOf(error);
  const settled = await withTransaction(desk.pool, tenantId, async (writer): Promise<Settled> => {
    const known = await lockIfThere(writer, claim);
    if (known === null) return { kind: 'UNWANTED' };
    if (known.attempt !== attempt) return { kind: 'SUPERSEDED' };
    if (known.status !== 'BUILDING') {
      if ((await outcomeOf(writer, claim)) === 'PUBLISHED') return { kind: 'PUBLISHED' };
      await endAttempt(writer, claim, known.status);
      return known.status === 'APPROVED' ? { kind: 'SUPERSEDED' } : { kind: 'UNWANTED' };
    }
    const { code } = failure;
    const by = { kind: 'GATEWAY', tenant: tenantId } as const;
    const isFailed = failure.isFinal && !isStopped;
    await endAttempt(writer, claim, isStopped ? 'RELEASED' : code);
    const { row, entry } = await take(desk, writer, {
      tenantId,
      requestId,
      attempt,
      by,
      ...(isFailed ? { step: 'FAIL', changes: { failureCode: code } } : { step: 'RELEASE' }),
    });
    if (isFailed && failure.isIncident)
      await desk.outbox.put(writer, {
        tenantId,
        kind: 'INCIDENT',
        event: `${requestId}.${attempt}`,
        requestId,
        subjectId,
        language: row.language,
      });
    await desk.audit.append(writer, entry);
    return { kind: isFailed ? 'FAILED' : 'RELEASED', code };
  });
  if (settled.kind !== 'PUBLISHED') await desk.storage.remove(claim.storageKey).catch(desk.onFault);
  return settled;
}
