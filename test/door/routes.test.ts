import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Route } from '../../src/http/routes/route.ts';
import { RATE_LIMITS } from '../../src/http/rate-limit.ts';
import { openGateway, type TestGateway } from '../graphql/open-gateway.ts';
import { internalApp, subject, supportAgent } from '../graphql/people.ts';
import { headersOf } from './send.ts';

const routes: readonly Route[] = [
  {
    method: 'POST',
    path: '/room/echo',
    handle: async (request) => {
      const headers = new Headers({ 'content-security-policy': "default-src 'self'" });
      headers.append('set-cookie', 'a=1; Path=/');
      headers.append('set-cookie', 'b=2; Path=/');
      return new Response(`${new URL(request.url).search} ${await request.text()}`, { status: 201, headers });
    },
  },
  { method: 'GET', path: '/room/*', handle: ({ url }) => Promise.resolve(new Response(new URL(url).pathname)) },
  {
    method: 'GET',
    path: '/away',
    handle: () => Promise.resolve(new Response(null, { status: 303, headers: { location: '/x' } })),
  },
  {
    method: 'GET',
    path: '/broken',
    handle: () => {
      throw new Error('canary');
    },
  },
];

let at: TestGateway;
const faults: unknown[] = [];
beforeAll(async () => {
  const rateLimits = { ...RATE_LIMITS, seconds: 3600, addressPoints: 30 };
  at = await openGateway({ routes, graphiql: 'STAFF', rateLimits, onFault: (error) => faults.push(error) });
});
afterAll(() => at[Symbol.asyncDispose]());

const get = (path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
  at.gateway.fetch(new Request(`http://localhost${path}`, { headers }));

test('a room mounts a route without knowing what carries it', async () => {
  const init = { method: 'POST', headers: { 'content-type': 'text/x-any' }, body: 'the body' };
  const response = await at.gateway.fetch(new Request('http://localhost/room/echo?q=1', init));
  expect([response.status, await response.text()]).toEqual([201, '?q=1 the body']);
  expect(response.headers.getSetCookie()).toEqual(['a=1; Path=/', 'b=2; Path=/']);
  expect(response.headers.get('content-security-policy')).toBe("default-src 'self'");
  expect(await (await get('/room/a/b')).text()).toBe('/room/a/b');
  const away = await get('/away');
  expect([away.status, away.headers.get('location')]).toEqual([303, '/x']);
});

test('a fault of a route is masked, and noted', async () => {
  const response = await get('/broken');
  expect([response.status, await response.text()]).toEqual([500, expect.not.stringContaining('canary')]);
  expect(faults).toHaveLength(1);
});

test('GraphiQL for staff is there for those who may see the schema, and for nobody else', async () => {
  expect((await get('/graphiql')).status).toBe(401);
  expect((await get('/graphiql', await headersOf(at, subject('cp', 'ann')))).status).toBe(404);
  expect((await get('/graphiql', await headersOf(at, internalApp('cp')))).status).toBe(404);
  expect((await get('/graphiql', await headersOf(at, supportAgent('cp')))).status).toBe(200);
});

test('routes that anybody may ask are counted, but for those of probes', async () => {
  while ((await get('/room/a')).status === 200);
  const over = await get('/room/a');
  expect([over.status, over.headers.has('retry-after')]).toEqual([429, true]);
  expect((await get('/healthz')).status).toBe(200);
});
