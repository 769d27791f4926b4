import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fixedClock } from '../../src/clock.ts';
import { authenticator } from '../../src/http/authenticate.ts';
import { createGateway } from '../../src/http/gateway.ts';
import { openIdentity } from '../../src/http/identity/identity.ts';
import { createRateLimiter, RATE_LIMITS } from '../../src/http/rate-limit.ts';
import { CSRF_HEADER } from '../../src/http/request-rules.ts';
import { loadPolicies } from '../../src/policy/book.ts';
import { createRequestDesk, NO_QUEUE } from '../../src/requests/desk.ts';
import { openBlobFolder } from '../../src/store/blobs.ts';
import { createTenantClients } from '../../src/store/tenant-clients.ts';
import { localIdentity, NOW, openGateway, type TestGateway } from '../graphql/open-gateway.ts';
import { auditor, subject } from '../graphql/people.ts';
import { ENDPOINT, headersOf, send } from './send.ts';

// A window that no run of the tests outlasts.
const rateLimits = { seconds: 3600, points: { ...RATE_LIMITS.points, SUBJECT: 10 }, addressPoints: 10 };
const ann = subject('cp', 'ann');
const ben = subject('cp', 'ben');
const cheap = { query: '{ __typename }' };
let at: TestGateway;

beforeEach(async () => {
  at = await openGateway({ rateLimits });
});
afterEach(() => at[Symbol.asyncDispose]());

const statuses = async (
  count: number,
  ask: (index: number) => Promise<{ readonly status: number }>,
): Promise<number[]> => {
  const seen: number[] = [];
  for (let index = 0; index < count; index += 1) seen.push((await ask(index)).status);
  return seen;
};

describe('G-51: the budget', () => {
  test('is of the caller, whatever address a request claims', async () => {
    const spoofed = (index: number) => ({
      'x-forwarded-for': `10.0.0.${index}`,
      forwarded: `for=10.0.0.${index}`,
      'x-real-ip': `10.0.0.${index}`,
    });
    expect(await statuses(10, (index) => send(at, ann, cheap, spoofed(index)))).toEqual(Array(10).fill(200));
    const over = await send(at, ann, cheap, spoofed(11));
    expect([over.status, over.codes]).toEqual([429, ['RATE_LIMITED']]);
    const wait = Number(over.headers.get('retry-after'));
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(3600);
    // Nobody else pays for it.
    expect((await send(at, ben, cheap)).status).toBe(200);
    expect((await send(at, subject('other', 'ann'), cheap)).status).toBe(200);
    expect((await send(at, auditor('cp'), cheap)).status).toBe(200);
  });

  test('is enough for just as many requests at once as one after another', async () => {
    const sent = await Promise.all(Array.from({ length: 15 }, () => send(at, ann, cheap)));
    const answers = Map.groupBy(sent, ({ status }) => status);
    expect([answers.get(200)?.length, answers.get(429)?.length]).toEqual([10, 5]);
    expect((await send(at, ann, cheap)).status).toBe(429);
  });

  test('pays for requests that are no GraphQL, too', async () => {
    expect(await statuses(10, () => send(at, ann, '{'))).toEqual(Array(10).fill(400));
    expect((await send(at, ann, cheap)).status).toBe(429);
  });

  test('pays more for what costs more', async () => {
    const dear =
      '{ findSubjects(identifier: "nobody") { calls(first: 100) { nodes { id startedAt recordings { id } } } } }';
    expect((await send(at, ann, { query: dear })).status).toBe(200);
    const left = (await statuses(10, () => send(at, ann, cheap))).filter((status) => status === 200).length;
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(9);
  });

  test('is kept under a name that tells nobody', async () => {
    await send(at, ann, cheap);
    const { rows } = await at.pool.query<{ key: string }>('SELECT key FROM rate_limit');
    expect(rows).toHaveLength(1);
    expect(rows[0]?.key).toMatch(/^SUBJECT:[\w-]{43}$/);
  });

  test('is forgotten when its window is over', async () => {
    const limiter = createRateLimiter(at.pool, RATE_LIMITS);
    await send(at, ann, cheap);
    await limiter.sweep();
    expect((await at.pool.query('SELECT FROM rate_limit')).rowCount).toBe(1);
    await at.pool.query('UPDATE rate_limit SET expire = 1');
    await limiter.sweep();
    expect((await at.pool.query('SELECT FROM rate_limit')).rowCount).toBe(0);
  });
});

describe('G-51: a stranger', () => {
  const knock = (headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
    at.gateway.fetch(new Request(ENDPOINT, { method: 'POST', headers, body: '{}' }));

  test('is refused by the address of the socket, whatever a header says, and asks nothing of the database', async () => {
    at.statements();
    expect(await statuses(10, (index) => knock({ 'x-forwarded-for': `10.0.0.${index}` }))).toEqual(Array(10).fill(401));
    const over = await knock({ 'x-forwarded-for': '10.0.0.99' });
    expect([over.status, over.headers.has('retry-after')]).toEqual([429, true]);
    expect(at.statements()).toEqual([]);
  });

  test('is told apart by the proxies that are trusted, and only by those', async () => {
    await using behind = await openGateway({ rateLimits, trustedProxies: 1 });
    const ask = (chain: string): Promise<Response> =>
      behind.gateway.fetch(
        new Request(ENDPOINT, { method: 'POST', headers: { 'x-forwarded-for': chain }, body: '{}' }),
      );
    // What stands before the last address, the client has written itself.
    expect(await statuses(10, (index) => ask(`10.9.9.${index}, 10.0.0.1`))).toEqual(Array(10).fill(401));
    expect((await ask('10.9.9.99, 10.0.0.1')).status).toBe(429);
    expect((await ask('10.0.0.2')).status).toBe(401);
  });
});

test('G-52: two servers share one budget', async () => {
  const clients = createTenantClients(at.pool);
  const identity = openIdentity({ ...localIdentity(at.key), pool: at.pool, audit: at.audit });
  const { pool, audit } = at;
  const [clock, policies] = [fixedClock(NOW), loadPolicies()];
  const options = {
    pool,
    clients,
    audit,
    requests: createRequestDesk({ pool, clock, policies, audit, queue: NO_QUEUE, secret: at.key.secret }),
    authenticate: authenticator({ identity, pool, book: policies }),
    clock,
    bundles: { blobs: openBlobFolder('/nowhere'), workFolder: '/nowhere' },
    rateLimits,
  };
  await using one = await createGateway(options).listen({ port: 0 });
  await using two = await createGateway(options).listen({ port: 0 });
  const headers = await headersOf(at, ann);
  const ask = ({ url }: { readonly url: string }) =>
    fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify(cheap) });
  expect(await statuses(5, () => ask(one))).toEqual(Array(5).fill(200));
  expect(await statuses(5, () => ask(two))).toEqual(Array(5).fill(200));
  expect(await statuses(2, (index) => ask(index === 0 ? one : two))).toEqual([429, 429]);
});

test('while the database keeps no budgets, each server does', async () => {
  await at.pool.query('DROP TABLE rate_limit');
  expect(await statuses(10, () => send(at, ann, cheap))).toEqual(Array(10).fill(200));
  expect((await send(at, ann, cheap)).status).toBe(429);
});

test('tokens that are tried are counted as strangers', async () => {
  const guess = (): Promise<Response> =>
    at.gateway.fetch(
      new Request(ENDPOINT, {
        method: 'POST',
        headers: { [CSRF_HEADER]: '1', authorization: `Bearer ${randomBytes(20).toString('hex')}.a.b` },
        body: '{}',
      }),
    );
  expect(await statuses(10, guess)).toEqual(Array(10).fill(401));
  // Whoever has the right one now waits as well: guessing has no end otherwise.
  expect((await send(at, ann, cheap)).status).toBe(429);
});
