import type pg from 'pg';
import { recordChecked } from './append.ts';
import type { Link } from './chain.ts';
import { checkEntry, type AuditEntry, type CheckedEntry } from './entry.ts';
import type { AuditKeys } from './keys.ts';

/** Adds entries; resolves when they are on the disk, and not before. Throws as `append` does. */
export type Recorder = (entries: readonly AuditEntry[]) => Promise<readonly Link[]>;

interface Waiting {
  readonly entries: readonly CheckedEntry[];
  readonly settle: (result: Promise<readonly Link[]>) => void;
}

const MOST_AT_ONCE = 500;

/**
 * A recorder that writes what arrives while it is writing in one transaction: a tenant's chain takes one at a time, so
 * waiting for each would bound looks by the disk's latency.
 */
export function openRecorder(pool: pg.Pool, keys: AuditKeys): Recorder {
  const queues = new Map<string, Waiting[]>();
  const drain = async (tenant: string, queue: Waiting[]): Promise<void> => {
    for (let batch = takeBatch(queue); batch.length > 0; batch = takeBatch(queue)) {
      const links = recordChecked(
        pool,
        keys,
        batch.flatMap(({ entries }) => entries),
      );
      let from = 0;
      for (const { entries, settle } of batch) {
        const [start, end] = [from, from + entries.length];
        settle(links.then((all) => all.slice(start, end)));
        from = end;
      }
      await links.catch(() => {});
    }
    queues.delete(tenant);
  };
  return async (entries) => {
    const [first] = entries;
    if (first === undefined) return [];
    // Each caller's faults are its own.
    const checked = entries.map(checkEntry);
    const { tenant } = first.actor;
    const links = new Promise<readonly Link[]>((settle) => {
      const waiting = { entries: checked, settle };
      const queue = queues.get(tenant);
      if (queue !== undefined) return void queue.push(waiting);
      const opened = [waiting];
      queues.set(tenant, opened);
      void drain(tenant, opened);
    });
    return links;
  };
}

function takeBatch(queue: Waiting[]): readonly Waiting[] {
  let entries = 0;
  const end = queue.findIndex((waiting) => (entries += waiting.entries.length) > MOST_AT_ONCE);
  return queue.splice(0, end < 0 ? queue.length : Math.max(end, 1));
}
