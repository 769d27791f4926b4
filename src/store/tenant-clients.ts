import type pg from 'pg';
import { PrismaClient } from '../generated/prisma/client.ts';
import { TenantAdapter } from './tenant-adapter.ts';

/** Prisma clients, each of which sees and writes the rows of one tenant only, whatever it is asked. */
export interface TenantClients {
  /** The client of a tenant. Ask for it again for each request. Throws BAD_INPUT without a tenant. */
  of(tenantId: string): PrismaClient;
}

/**
 * A client weighs about 10 MB and takes 30 ms to make, so those of the tenants last asked for are kept. One that is
 * forgotten holds no connection, and finishes what it is doing.
 */
const KEPT = 20;

/** Prisma clients for the tenants of a database, all on the connections of `pool`. */
export function createTenantClients(pool: pg.Pool): TenantClients {
  const kept = new Map<string, PrismaClient>();
  return {
    of(tenantId) {
      const client = kept.get(tenantId) ?? new PrismaClient({ adapter: new TenantAdapter(pool, tenantId) });
      // A Map keeps the order of entry: the first is the one that was asked for longest ago.
      kept.delete(tenantId);
      kept.set(tenantId, client);
      for (const oldest of kept.keys()) {
        if (kept.size <= KEPT) break;
        kept.delete(oldest);
      }
      return client;
    },
  };
}
