import { setTimeout as pause } from 'node:timers/promises';
import type { Job } from 'pg-boss';
import { BUILDS, onClient, type Boss } from './boss.ts';
import { buildClaimed } from './build.ts';
import { claimBuild } from './claim.ts';
import { failDead } from './dead.ts';
import type { BuildDesk } from './desk.ts';
import { failureOf } from './failure.ts';
import { sendOptions, type BuildJob } from './queue.ts';
import { createTurns } from './turns.ts';

export interface WorkerOptions {
  /** How many bundles are built at once. */
  readonly concurrency: number;
  /**
   * How long builds may go on once the worker is to end, in ms.
   * @default 20 s
   */
  readonly graceMs?: number;
  /**
   * How often an empty queue is asked, in ms.
   * @default 1 s
   */
  readonly pollMs?: number;
}

const GRACE_MS = 20_000;
const POLL_MS = 1000;

/**
 * Builds what is queued, until it is disposed: then it takes nothing more, builds under way may end within the grace period,
 * and what has not is let go of (U-27). A tenant waits for at most one build of each other tenant.
 */
export function startWorker(
  desk: BuildDesk,
  { boss, pool }: Boss,
  { concurrency, graceMs = GRACE_MS, pollMs = POLL_MS }: WorkerOptions,
): AsyncDisposable {
  const ending = new AbortController();
  const stop = new AbortController();
  const ended = new Promise((resolve) => ending.signal.addEventListener('abort', resolve, { once: true }));
  const running = new Set<Promise<void>>();
  const turns = createTurns();

  const next = async (): Promise<Job<BuildJob> | undefined> => {
    const ignoreGroups = [...turns.served()];
    const [job] = await boss.fetch<BuildJob>(BUILDS, { ignoreGroups });
    if (job !== undefined) turns.serve(job.data.tenantId);
    else if (ignoreGroups.length > 0) {
      turns.newRound();
      return next();
    }
    return job;
  };

  /** Puts the job back as a new one: no failure is counted. Both or neither: a job lost between the two would be late. */
  const putBack = async ({ id, data }: Job<BuildJob>, notBefore?: Date | number): Promise<void> => {
    const client = await pool.connect();
    let isBroken = true;
    try {
      const db = onClient(client);
      await client.query('BEGIN');
      await boss.complete(BUILDS, id, undefined, { db });
      await boss.send(BUILDS, data, { ...sendOptions(data, notBefore), db });
      await client.query('COMMIT');
      isBroken = false;
    } finally {
      client.release(isBroken);
    }
  };

  const work = async (job: Job<BuildJob>): Promise<void> => {
    const patienceSeconds = job.heartbeatSeconds ?? 30;
    const claimed = await claimBuild(desk, job.data, patienceSeconds / 3);
    switch (claimed.kind) {
      case 'DONE':
        await boss.complete(BUILDS, job.id);
        return;
      case 'BUSY':
        return putBack(job, patienceSeconds);
      case 'HELD':
        return putBack(job, claimed.until);
      case 'CLAIMED':
        break;
      default:
        return claimed satisfies never;
    }
    const touch = () => boss.touch(BUILDS, job.id);
    const settled = await buildClaimed(desk, claimed.claim, { stop: stop.signal, touch, patienceSeconds });
    switch (settled.kind) {
      case 'PUBLISHED':
      case 'FAILED':
      case 'UNWANTED':
        await boss.complete(BUILDS, job.id);
        return;
      case 'RELEASED':
        if (stop.signal.aborted) return putBack(job);
        await boss.fail(BUILDS, job.id, { code: settled.code });
        return;
      case 'SUPERSEDED':
        return;
      default:
        return settled satisfies never;
    }
  };

  const run = (job: Job<BuildJob>): void => {
    const task = work(job)
      .catch(async (error: unknown) => {
        desk.onFault(error);
        // Without an answer the queue hears nothing more of it, and gives it to another.
        await boss.fail(BUILDS, job.id, { code: failureOf(error).code }).catch(desk.onFault);
      })
      .finally(() => running.delete(task));
    running.add(task);
  };

  const loop = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      try {
        await failDead(desk, boss);
        while (!ending.signal.aborted && running.size < concurrency) {
          const job = await next();
          if (job === undefined) break;
          run(job);
        }
      } catch (error) {
        desk.onFault(error);
      }
      if (running.size < concurrency) await pause(pollMs, undefined, { signal: ending.signal }).catch(() => {});
      else await Promise.race([...running, ended]);
    }
  };
  const looping = loop();

  return {
    async [Symbol.asyncDispose]() {
      ending.abort();
      await looping;
      const grace = setTimeout(() => stop.abort(), graceMs);
      while (running.size > 0) await Promise.all(running);
      clearTimeout(grace);
    },
  };
}
