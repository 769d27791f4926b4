import type pg from 'pg';
import { withTransaction } from '../store/session.ts';
import { sql } from '../store/sql.ts';
import type { DeliveryLimits } from './limits.ts';

/** A connection that is looked after. */
export interface Watched {
  readonly tenantId: string;
  readonly streamId: string;
  /** Bytes that this connection has sent; null while it is not time to send any. */
  sent(): number | null;
  /** Ends it. */
  cut(): void;
}

/** Looks after the connections of a process: what is revoked, taken over or too slow is cut. */
export interface StreamWatch extends Disposable {
  watch(stream: Watched): Watching;
}

export interface Watching {
  /** Looks after it no more. Returns how many of its bytes are noted already: whoever ends it notes the rest. */
  end(): Promise<number>;
}

interface Entry extends Watched {
  readonly since: number;
  noted: number;
}

/** Watches connections while there are any. */
export function openStreamWatch(
  pool: pg.Pool,
  limits: DeliveryLimits,
  onFault: (error: unknown) => void,
  monotonic: () => number = () => performance.now(),
): StreamWatch {
  const entries = new Set<Entry>();
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | null = null;
  let lookedAt = 0;

  const look = async (): Promise<void> => {
    const now = monotonic();
    for (const entry of entries) if (isTooSlow(entry, limits, now)) entry.cut();
    const byTenant = Map.groupBy(entries, ({ tenantId }) => tenantId);
    for (const [tenantId, streams] of byTenant) {
      const told = streams.map((stream) => ({ stream, sent: stream.sent() ?? 0 }));
      const alive = await stillAlive(
        pool,
        tenantId,
        told.map(({ stream, sent }) => ({ id: stream.streamId, more: sent - stream.noted })),
      );
      for (const { stream, sent } of told) {
        if (alive.has(stream.streamId)) stream.noted = sent;
        else stream.cut();
      }
    }
    lookedAt = now;
  };
  const tick = (): void => {
    // While nobody can be asked nothing can be revoked; before another may take over, this one must have stopped.
    if (monotonic() - lookedAt > (limits.leaseSeconds * 1000) / 2) for (const each of entries) each.cut();
    looking ??= look()
      .catch(onFault)
      .finally(() => (looking = null));
  };
  const stop = (): void => {
    clearInterval(timer);
    timer = undefined;
  };
  return {
    watch(stream) {
      const entry: Entry = { ...stream, since: monotonic(), noted: 0 };
      entries.add(entry);
      if (timer === undefined) {
        lookedAt = monotonic();
        timer = setInterval(tick, limits.watchMs).unref();
      }
      return {
        async end() {
          entries.delete(entry);
          if (entries.size === 0) stop();
          // What is being noted at this moment must not be noted twice.
          await looking;
          return entry.noted;
        },
      };
    },
    [Symbol.dispose]: () => {
      for (const each of entries) each.cut();
      stop();
    },
  };
}

/** The streams that may go on, after it was noted that they are alive and what more they have sent. */
async function stillAlive(
  pool: pg.Pool,
  tenantId: string,
  streams: readonly { readonly id: string; readonly more: number }[],
): Promise<ReadonlySet<string>> {
  const rows = await withTransaction(pool, tenantId, (writer) =>
    writer.query<{ stream: string }>(sql`
      UPDATE download d SET seen_at = clock_timestamp(), sent_bytes = d.sent_bytes + s.more
      FROM unnest(${streams.map(({ id }) => id)}::text[], ${streams.map(({ more }) => String(more))}::bigint[])
          AS s (stream, more),
        download_link l, portability_bundle b
      WHERE d.tenant_id = ${tenantId} AND d.stream = s.stream AND d.outcome IS NULL
        AND l.tenant_id = d.tenant_id AND l.id = d.link_id AND l.revoked_at IS NULL
        AND b.tenant_id = d.tenant_id AND b.id = d.bundle_id AND b.status = 'READY'
      RETURNING d.stream`),
  );
  return new Set(rows.map(({ stream }) => stream));
}

function isTooSlow(entry: Entry, { patienceMs, leastBytesASecond }: DeliveryLimits, now: number): boolean {
  const ms = now - entry.since;
  const sent = entry.sent();
  return sent !== null && ms > patienceMs && (sent * 1000) / ms < leastBytesASecond;
}
