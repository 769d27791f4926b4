import type { BuildProgress } from '../bundle/collect.ts';
import type { Sealing } from '../bundle/seal/recipients.ts';
import type { Seal } from '../bundle/seal/seal-to.ts';
import { storeBundle } from '../bundle/store-bundle.ts';
import { CarryallError } from '../errors.ts';
import type { SealedTo } from '../requests/sealing.ts';
import { count, observe } from '../metrics.ts';
import { traced } from '../spans.ts';
import { take } from '../requests/write.ts';
import { after } from '../store/patience.ts';
import { endAttempt, type AttemptProgress } from './attempt.ts';
import type { Claim } from './claim.ts';
import type { BuildDesk } from './desk.ts';
import { openHeartbeat, type HeartbeatOptions } from './heartbeat.ts';
import { settleFailure, type Settled } from './settle.ts';

export interface BuildOptions extends Omit<HeartbeatOptions, 'progress'> {
  /** Aborts when this process is to end: the attempt is let go of. */
  readonly stop: AbortSignal;
}

/** How long an attempt that was lost may take to come to an end before it is left to itself. */
const UNWINDING_MS = 30_000;

/**
 * Builds the bundle of a request that was claimed and publishes it, or settles what becomes of the request. Throws
 * DATABASE_FAILED where not even that can be noted: then the attempt falls silent, and another follows.
 */
export function buildClaimed(desk: BuildDesk, claim: Claim, options: BuildOptions): Promise<Settled> {
  const { scope, format } = claim;
  return traced('bundle.build', { scope, format }, async ({ note }) => {
    const settled = await buildAndSettle(desk, claim, options);
    note({ outcome: 'code' in settled ? settled.code : settled.kind });
    return settled;
  });
}

async function buildAndSettle(desk: BuildDesk, claim: Claim, options: BuildOptions): Promise<Settled> {
  let progress: AttemptProgress = { stage: 'PREPARING', rows: 0, expectedRows: null, bytes: 0 };
  const began = performance.now();
  count('carryall_builds_started_total', {});
  const ended = (settled: Settled): Settled => {
    const isByFailure = settled.kind === 'FAILED' || (settled.kind === 'RELEASED' && !options.stop.aborted);
    const outcome = isByFailure ? settled.code : settled.kind;
    count('carryall_builds_ended_total', { outcome });
    observe('carryall_build_seconds', { outcome }, (performance.now() - began) / 1000);
    return settled;
  };
  await using heartbeat = openHeartbeat(desk, claim, { ...options, progress: () => progress });
  try {
    const seal = await sealFor(desk, claim.sealedTo);
    const onProgress = ({ rows, expectedRows }: BuildProgress): void => {
      const stage = rows < expectedRows ? 'COLLECTING' : 'FINISHING';
      progress = { stage, rows, expectedRows, bytes: 0 };
    };
    const signal = AbortSignal.any([options.stop, heartbeat.lost]);
    await orLeft(heartbeat.lost, build(desk, claim, { seal, onProgress, signal }));
    return ended({ kind: 'PUBLISHED' });
  } catch (error) {
    return ended(await settleFailure(desk, claim, error, options.stop.aborted));
  }
}

interface Building {
  readonly seal: Seal | undefined;
  readonly onProgress: (progress: BuildProgress) => void;
  readonly signal: AbortSignal;
}

async function build(desk: BuildDesk, claim: Claim, { seal, onProgress, signal }: Building): Promise<void> {
  const { tenantId, subjectId, scope, format, requestId, attempt, name, reviewed, language } = claim;
  const actor = { kind: 'GATEWAY', tenant: tenantId } as const;
  let rows = 0;
  let expectedRows: number | null = null;
  const { bytes } = await storeBundle(
    { ...desk.sources, audit: { log: desk.audit, actor } },
    desk.storage,
    { tenantId, subjectId, scope, format, reviewed, ...(language === null ? {} : { language }) },
    {
      name,
      seal,
      signal,
      onProgress(progress) {
        ({ rows, expectedRows } = progress);
        onProgress(progress);
      },
      publication: {
        requestId,
        sealed: claim.sealedTo !== null,
        keptFor: desk.keptFor,
        async publish(writer, { id, ...published }) {
          const { row, entry } = await take(desk, writer, { tenantId, requestId, step: 'PUBLISH', by: actor, attempt });
          await endAttempt(writer, claim, 'PUBLISHED', {
            stage: 'FINISHING',
            rows,
            expectedRows,
            bytes: published.bytes,
          });
          await desk.outbox.put(writer, {
            tenantId,
            kind: 'BUNDLE_READY',
            event: id,
            requestId,
            bundleId: id,
            subjectId,
            language: row.language,
          });
          return entry;
        },
      },
    },
  );
  count('carryall_build_rows_total', {}, rows);
  count('carryall_build_bytes_total', {}, bytes);
}

async function sealFor({ sealTo }: BuildDesk, own: SealedTo | null): Promise<Seal | undefined> {
  const sealing = own === null ? sealTo : sealingOf(own);
  if (sealing === undefined) return undefined;
  const module = await import('../bundle/seal/seal-to.ts');
  return module.sealTo(sealing);
}

function sealingOf(own: SealedTo): Sealing {
  switch (own.kind) {
    case 'PASSPHRASE':
      return own;
    case 'RECIPIENT':
      return { kind: 'RECIPIENTS', recipients: [own.recipient] };
    default:
      return own satisfies never;
  }
}

/** What `work` comes to, unless it hangs when it is not wanted any more, as on a line that went dead (U-08). */
async function orLeft(lost: AbortSignal, work: Promise<void>): Promise<void> {
  const left = Promise.withResolvers<void>();
  let timer: Disposable | undefined;
  const onLost = (): void => {
    timer = after(UNWINDING_MS, () =>
      left.reject(new CarryallError('CANCELLED', 'A build that was not wanted any more did not end, and was left.')),
    );
  };
  lost.addEventListener('abort', onLost, { once: true });
  try {
    await Promise.race([work, left.promise]);
  } finally {
    lost.removeEventListener('abort', onLost);
    timer?.[Symbol.dispose]();
  }
}
