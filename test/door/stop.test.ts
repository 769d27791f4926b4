import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { GatewayContext } from '../../src/graphql/context.ts';
import { openGateway, type TestGateway } from '../graphql/open-gateway.ts';
import { subject } from '../graphql/people.ts';
import { headersOf, send } from './send.ts';
import { schemaWith } from './test-schema.ts';

let at: TestGateway;
let begun: PromiseWithResolvers<void>;
let later = 0;
const ann = subject('cp', 'ann');

/** Ways to wait for ever; of those in the database only a word to the server ends them before ten minutes. */
const naps = {
  pool: async (_root: unknown, _args: unknown, { pool }: GatewayContext) => {
    begun.resolve();
    await pool.query('SELECT pg_sleep(600)');
  },
  prisma: async (_root: unknown, _args: unknown, { prisma }: GatewayContext) => {
    begun.resolve();
    await prisma.$queryRawUnsafe('SELECT pg_sleep(600)::text');
  },
  transaction: async (_root: unknown, _args: unknown, { prisma }: GatewayContext) => {
    begun.resolve();
    await prisma.$transaction((client) => client.$queryRawUnsafe('SELECT pg_sleep(600)::text'), { timeout: 600_000 });
  },
  nothing: () => {
    begun.resolve();
    return new Promise(() => {});
  },
};

beforeEach(async () => {
  begun = Promise.withResolvers();
  later = 0;
  const sdl = 'pool: Nap prisma: Nap transaction: Nap nothing: Nap } type Nap { over: String';
  const schema = schemaWith({ ...naps, quick: () => 'done' }, `quick: String ${sdl}`);
  at = await openGateway({ schema, limits: { operationMs: 1500 } });
});

afterEach(() => at[Symbol.asyncDispose]());

async function sleeping(): Promise<number> {
  const { rows } = await at.pool.query<{ pid: number }>(
    `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()`,
  );
  return rows.length;
}

/** Waits until the database does, or no longer does, sleep; the limit of the test ends it otherwise. */
async function untilSleeping(count: number): Promise<void> {
  while ((await sleeping()) !== count) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('G-35: an operation that takes too long', () => {
  test.each(['pool', 'prisma', 'transaction', 'nothing'])(
    'is answered when it waits by %s, and the database stops',
    async (way) => {
      const { status, codes } = await send(at, ann, { query: `{ ${way} { over } }` });
      expect([status, codes]).toEqual([504, ['OPERATION_TIMEOUT']]);
      await untilSleeping(0);
      expect((await send(at, ann, { query: '{ quick }' })).data).toEqual({ quick: 'done' });
    },
  );

  test('is ended by the server when this process cannot', async () => {
    let limit: unknown;
    const schema = schemaWith({
      limit: async (_root, _args, { pool }) => {
        limit = (await pool.query<{ statement_timeout: string }>('SHOW statement_timeout')).rows[0]?.statement_timeout;
        return 'read';
      },
    });
    await using other = await openGateway({ schema, limits: { operationMs: 2000 } });
    await send(other, ann, { query: '{ limit }' });
    expect(limit).toBe('7s');
    const { rows } = await other.pool.query('SHOW statement_timeout');
    expect(rows).toEqual([{ statement_timeout: '0' }]);
  });
});

describe('G-36: a client that goes', () => {
  test.each(['pool', 'prisma', 'transaction'] as const)('stops the database, waiting by %s', async (way) => {
    await using slow = await openGateway({
      schema: schemaWith({ [way]: naps[way], later: () => String((later += 1)) }, `${way}: String later: String`),
      limits: { operationMs: 600_000 },
    });
    await using listening = await slow.gateway.listen({ port: 0 });
    const leaving = new AbortController();
    const asking = fetch(`${listening.url}/graphql`, {
      method: 'POST',
      headers: await headersOf(slow, ann),
      body: JSON.stringify({ query: `{ ${way} }` }),
      signal: leaving.signal,
    });
    await begun.promise;
    const seen = at;
    at = slow;
    await untilSleeping(1);
    leaving.abort();
    await expect(asking).rejects.toThrow();
    await untilSleeping(0);
    at = seen;
  });

  test('calls no resolver any more', async () => {
    const gate = Promise.withResolvers<object>();
    const schema = schemaWith(
      {
        first: () => {
          begun.resolve();
          return gate.promise;
        },
      },
      'first: First } type First { second: String',
    );
    const first = schema.getType('First') as unknown as { getFields(): Record<string, { resolve: () => string }> };
    first.getFields()['second']!.resolve = () => String((later += 1));
    await using slow = await openGateway({ schema });
    await using listening = await slow.gateway.listen({ port: 0 });
    const leaving = new AbortController();
    const body = JSON.stringify({ query: '{ first { second } }' });
    const init = { method: 'POST', headers: await headersOf(slow, ann), body, signal: leaving.signal };
    const asking = fetch(`${listening.url}/graphql`, init);
    await begun.promise;
    leaving.abort();
    await expect(asking).rejects.toThrow();
    // A request on the way back has passed the door after the other's end was heard of.
    await fetch(`${listening.url}/healthz`);
    gate.resolve({});
    await fetch(`${listening.url}/healthz`);
    expect(later).toBe(0);
  });
});
