import { createHash } from 'node:crypto';
import type pg from 'pg';
import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { actorIdOf, type Actor, type ActorKind } from '../access/actor.ts';
import { sql } from '../store/sql.ts';
import { refusal } from './errors.ts';

/**
 * Budgets of points for a window of time. A request costs one point, an operation one more for each `COMPLEXITY_POINT` of
 * its complexity. A caller's budget is one for all processes, in the database; while that does not answer, each process
 * counts by itself. An address pays only for requests of which nobody known is the sender, and these do not reach the
 * database.
 */
export interface RateLimits {
  readonly seconds: number;
  readonly points: Readonly<Record<ActorKind, number>>;
  readonly addressPoints: number;
}

export const RATE_LIMITS: RateLimits = {
  seconds: 60,
  points: {
    SUBJECT: 600,
    CONTROLLER_STAFF: 1200,
    PROCESSOR_STAFF: 1200,
    SUPPORT_AGENT: 1200,
    INTERNAL_APP: 60_000,
    AUDITOR: 1200,
    ADMINISTRATOR: 1200,
  },
  addressPoints: 300,
};

const COMPLEXITY_POINT = 1000;
const TABLE = 'rate_limit';

/** Counts what callers ask; each function throws RATE_LIMITED, with the seconds to wait. */
export interface RateLimiter {
  request(actor: Actor): Promise<void>;
  operation(actor: Actor, complexity: number): Promise<void>;
  /** A request from an address by somebody unknown. */
  stranger(address: string): Promise<void>;
  /** Throws when an address has no point left; takes none. */
  assertAddress(address: string): Promise<void>;
  /** Deletes the budgets of windows that are over. */
  sweep(): Promise<void>;
}

export function createRateLimiter(pool: pg.Pool, { seconds, points, addressPoints }: RateLimits): RateLimiter {
  const limiters = new Map<ActorKind, RateLimiterPostgres>();
  const limiterOf = (kind: ActorKind): RateLimiterPostgres => {
    const known = limiters.get(kind);
    if (known !== undefined) return known;
    const made = new RateLimiterPostgres({
      storeClient: pool,
      storeType: 'pool',
      tableName: TABLE,
      tableCreated: true,
      clearExpiredByTimeout: false,
      keyPrefix: kind,
      points: points[kind],
      duration: seconds,
      // Whoever has nothing left is refused without asking the database again.
      inMemoryBlockOnConsumed: points[kind] + 1,
      insuranceLimiter: new RateLimiterMemory({ keyPrefix: kind, points: points[kind], duration: seconds }),
    });
    limiters.set(kind, made);
    return made;
  };
  const addresses = new RateLimiterMemory({ points: addressPoints, duration: seconds });
  const lines = new Map<string, Payment[]>();
  const consume = (actor: Actor, cost: number): Promise<void> => {
    const key = keyOf(actor);
    const line = lines.get(key);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const payment = { cost, resolve, reject };
    if (line !== undefined) line.push(payment);
    else {
      const opened = [payment];
      lines.set(key, opened);
      const pay = (sum: number): Promise<unknown> => limiterOf(actor.kind).consume(key, sum);
      void settle(opened, points[actor.kind], pay, () => lines.delete(key));
    }
    return promise;
  };
  return {
    request: (actor) => consume(actor, 1),
    operation: async (actor, complexity) => {
      const cost = Math.floor(complexity / COMPLEXITY_POINT);
      if (cost > 0) await consume(actor, cost);
    },
    stranger: (address) => limited(addresses.consume(address)),
    assertAddress: async (address) => {
      const used = await addresses.get(address);
      if (used !== null && used.consumedPoints >= addressPoints) throw tooMany(used);
    },
    sweep: async () => {
      const { text, values } = sql`DELETE FROM rate_limit WHERE expire < ${Date.now()}`;
      await pool.query(text, [...values]);
    },
  };
}

/** What is to be paid of one caller's budget, and who waits for it. */
interface Payment {
  readonly cost: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Pays for a line, and then for all that came meanwhile, at once: whoever has many requests at a time does not wait for one
 * round trip after another. Where the budget is not enough for all, it is for those who came first.
 */
async function settle(
  line: Payment[],
  points: number,
  pay: (sum: number) => Promise<unknown>,
  done: () => void,
): Promise<void> {
  while (line.length > 0) {
    const payments = line.splice(0);
    const sum = payments.reduce((all, { cost }) => all + cost, 0);
    await pay(sum).then(
      () => payments.forEach(({ resolve }) => resolve()),
      (refused: unknown) => {
        // A refusal that was remembered tells of no points.
        const used =
          refused instanceof RateLimiterRes && refused.consumedPoints >= sum ? refused.consumedPoints : Infinity;
        let left = points - (used - sum);
        for (const { cost, resolve, reject } of payments) {
          left -= cost;
          if (left >= 0) resolve();
          else reject(refused instanceof RateLimiterRes ? tooMany(refused) : refused);
        }
      },
    );
  }
  // At once, before anybody can join a line that has ended.
  done();
}

/** The budget is of the caller who was authenticated, whatever a request claims; the table does not say who that is. */
function keyOf(actor: Actor): string {
  const who = JSON.stringify([actor.tenant, actor.kind, actorIdOf(actor)]);
  return createHash('sha256').update(who).digest('base64url');
}

async function limited(consumed: Promise<unknown>): Promise<void> {
  try {
    await consumed;
  } catch (refused) {
    throw refused instanceof RateLimiterRes ? tooMany(refused) : refused;
  }
}

function tooMany({ msBeforeNext }: RateLimiterRes): Error {
  const seconds = Math.max(1, Math.ceil(msBeforeNext / 1000));
  return refusal('RATE_LIMITED', undefined, { 'retry-after': String(seconds) });
}
