import { createHash } from 'node:crypto';
import type pg from 'pg';
import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import type { Identifier } from '../../sources/values/identifiers.ts';

/** How often somebody may ask, before anything is done for it. */
export interface IntakeLimits {
  readonly seconds: number;
  /** For one address of a person, known here or not: so many codes go there at most, and so many tries are there. */
  readonly perIdentifier: number;
  /** From one network address. */
  readonly perAddress: number;
}

export const INTAKE_LIMITS: IntakeLimits = { seconds: 900, perIdentifier: 2, perAddress: 20 };

export interface IntakeLimiter {
  /** Seconds to wait; null when there is none. Both are counted alike for people who are known and those who are not. */
  wait(tenantId: string, identifier: Identifier, address: string): Promise<number | null>;
}

/** Counts in the database, so that all processes count together; keys are digests, and name nobody. */
export function createIntakeLimiter(
  pool: pg.Pool,
  { seconds, perIdentifier, perAddress }: IntakeLimits,
): IntakeLimiter {
  const limiter = (keyPrefix: string, points: number): RateLimiterPostgres =>
    new RateLimiterPostgres({
      storeClient: pool,
      storeType: 'pool',
      tableName: 'rate_limit',
      tableCreated: true,
      clearExpiredByTimeout: false,
      keyPrefix,
      points,
      duration: seconds,
      insuranceLimiter: new RateLimiterMemory({ keyPrefix, points, duration: seconds }),
    });
  const [identifiers, addresses] = [limiter('intake', perIdentifier), limiter('intake-address', perAddress)];
  return {
    async wait(tenantId, { kind, value }, address) {
      const waits = await Promise.all([
        consume(addresses, digest([tenantId, address])),
        consume(identifiers, digest([tenantId, kind, value])),
      ]);
      const longest = Math.max(...waits);
      return longest === 0 ? null : longest;
    },
  };
}

async function consume(limiter: RateLimiterPostgres, key: string): Promise<number> {
  try {
    await limiter.consume(key);
    return 0;
  } catch (refused) {
    if (refused instanceof RateLimiterRes) return Math.max(1, Math.ceil(refused.msBeforeNext / 1000));
    throw refused;
  }
}

function digest(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}
