import type pg from 'pg';
import { CarryallError } from '../errors.ts';
import { toDatabaseError } from './failure.ts';
import { packetOf, type PacketQuery } from './packet.ts';
import type { Reader } from './session.ts';
import { namedTenant } from './tenancy.ts';

/**
 * A reader for one tenant without a snapshot: each query sees the state at its own beginning. Queries that are asked in one
 * turn of the event loop go to the server in one packet, so that they cost one round trip, where each in a snapshot costs
 * three: for BEGIN, itself and COMMIT. They are prepared, so what differs from one to the next belongs into values. Queries
 * throw DATABASE_FAILED, each for itself; a COPY is for a snapshot. Throws BAD_INPUT without a tenant.
 */
export function openPacketReader(pool: pg.Pool, tenantId: string): Reader {
  const tenant = namedTenant(tenantId);
  let waiting: PacketQuery[] | undefined;
  const flush = (): void => {
    const queries = waiting ?? [];
    waiting = undefined;
    void send(pool, tenant, queries);
  };
  return {
    query: (fragment) =>
      new Promise((resolve, reject) => {
        if (waiting === undefined) {
          waiting = [];
          // Whatever the promises of this turn lead to is asked before.
          void Promise.resolve().then(() => process.nextTick(flush));
        }
        waiting.push({ fragment, resolve: resolve as PacketQuery['resolve'], reject });
      }),
    isIdle: () => true,
    copyOut: () => {
      throw new CarryallError('DATABASE_FAILED', 'A COPY is read in a snapshot.');
    },
  };
}

async function send(pool: pg.Pool, tenantId: string, queries: readonly PacketQuery[]): Promise<void> {
  try {
    const client = await pool.connect();
    // A connection that is lost fails the packet as well, but without a listener it would end the process.
    const onError = (): void => {};
    client.on('error', onError);
    let skipped: readonly PacketQuery[];
    try {
      skipped = await new Promise((resolve, reject) => {
        client.query(packetOf(tenantId, queries, resolve, reject));
      });
    } finally {
      client.off('error', onError);
      client.release();
    }
    if (skipped.length > 0) await send(pool, tenantId, skipped);
  } catch (error) {
    const failure = toDatabaseError(error);
    for (const { reject } of queries) reject(failure);
  }
}
