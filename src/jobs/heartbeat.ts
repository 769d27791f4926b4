import { withTransaction } from '../store/session.ts';
import { noteProgress, type AttemptKey, type AttemptProgress } from './attempt.ts';
import type { BuildDesk } from './desk.ts';

/** The life signs of one attempt, while it is open. */
export interface Heartbeat extends AsyncDisposable {
  /** Aborts once the attempt is not wanted any more, or cannot say that it is alive. */
  readonly lost: AbortSignal;
}

export interface HeartbeatOptions {
  /** Asked before each sign. */
  readonly progress: () => AttemptProgress;
  /** Tells the queue as well. */
  readonly touch: () => Promise<unknown>;
  /** How long the queue waits for a sign, in s. */
  readonly patienceSeconds: number;
}

const EVERY_MS = 1000;

/** Once a second, notes how far an attempt is; three times as often as the queue asks for, tells the queue. */
export function openHeartbeat(
  desk: Pick<BuildDesk, 'pool'>,
  attempt: AttemptKey,
  { progress, touch, patienceSeconds }: HeartbeatOptions,
): Heartbeat {
  const lost = new AbortController();
  const patience = patienceSeconds * 1000;
  let heard = performance.now();
  let touched = heard;
  let beating: Promise<void> | null = null;

  const beat = async (): Promise<void> => {
    const now = performance.now();
    try {
      if (!(await withTransaction(desk.pool, attempt.tenantId, (writer) => noteProgress(writer, attempt, progress()))))
        return lost.abort();
      if (now - touched >= patience / 3) {
        await touch();
        touched = now;
      }
      heard = now;
    } catch {
      // A database that is away for a moment is waited for; by then others may have taken over.
      if (now - heard > patience) lost.abort();
    }
  };
  const timer = setInterval(() => {
    beating ??= beat().finally(() => (beating = null));
  }, EVERY_MS);

  return {
    lost: lost.signal,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await beating;
    },
  };
}
