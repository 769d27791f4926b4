import type pg from 'pg';
import { CarryallError } from '../errors.ts';
import { toDatabaseError } from './failure.ts';
import { traced } from '../spans.ts';
import { bindInPacket, packetOf, type PacketQuery } from './packet.ts';
import type { Reader } from './session.ts';
import type { Sql } from './sql.ts';
import { namedTenant } from './tenancy.ts';
import { isUnreachable } from './unreachable.ts';

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
    void traced('database.transaction', { kind: 'PACKET' }, () => send(pool, tenant, queries));
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
    copyOut: noCopy,
  };
}

interface Line {
  /** By what is asked. */
  readonly waiting: Map<string, { readonly query: PacketQuery; readonly rows: Promise<object[]> }>;
}

/**
 * Readers for queries that many callers ask at a time: those of one tenant that come while a packet of it is under way go together
 * in the next, and what several ask in the same words is asked once. Each still sees the state at its own beginning, which is after
 * everybody has asked. The rows may be others' too: change nothing in them.
 */
export function openJoinedReaders(pool: pg.Pool): (tenantId: string) => Reader {
  const lines = new Map<string, Line>();
  const drain = async (tenant: string, { waiting }: Line): Promise<void> => {
    while (waiting.size > 0) {
      const queries = [...waiting.values()].map(({ query }) => query);
      waiting.clear();
      await traced('database.transaction', { kind: 'PACKET' }, () => send(pool, tenant, queries));
    }
    lines.delete(tenant);
  };
  const lineOf = (tenant: string): Line => {
    const known = lines.get(tenant);
    if (known !== undefined) return known;
    const line: Line = { waiting: new Map() };
    lines.set(tenant, line);
    void Promise.resolve().then(() => process.nextTick(() => void drain(tenant, line)));
    return line;
  };
  return (tenantId) => {
    const tenant = namedTenant(tenantId);
    return {
      query: <Row extends object>(fragment: Sql) => {
        const { waiting } = lineOf(tenant);
        const { text, values } = fragment;
        const key = JSON.stringify([text, values], (_name, value: unknown) =>
          typeof value === 'bigint' ? `${value}n` : value,
        );
        const asked = waiting.get(key);
        if (asked !== undefined) return asked.rows as Promise<Row[]>;
        const { promise: rows, resolve, reject } = Promise.withResolvers<object[]>();
        waiting.set(key, { query: { fragment, resolve, reject }, rows });
        return rows as Promise<Row[]>;
      },
      isIdle: () => true,
      copyOut: noCopy,
    };
  };
}

function noCopy(): never {
  throw new CarryallError('DATABASE_FAILED', 'A COPY is read in a snapshot.');
}

async function send(pool: pg.Pool, tenantId: string, queries: readonly PacketQuery[]): Promise<void> {
  try {
    const client = await pool.connect();
    // A connection that is lost fails the packet as well, but without a listener it would end the process.
    const onError = (): void => {};
    client.on('error', onError);
    let skipped: readonly PacketQuery[];
    let isLost = false;
    try {
      skipped = await new Promise((resolve, reject) => {
        client.query(packetOf([bindInPacket(tenantId, 'READ ONLY')], queries, resolve, reject));
      });
    } catch (error) {
      // As in the tenant adapter: the pool must not give it to the next.
      isLost = isUnreachable(error);
      throw error;
    } finally {
      client.off('error', onError);
      client.release(isLost);
    }
    if (skipped.length > 0) await send(pool, tenantId, skipped);
  } catch (error) {
    const failure = toDatabaseError(error);
    for (const { reject } of queries) reject(failure);
  }
}
