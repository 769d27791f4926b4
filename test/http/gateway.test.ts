import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Actor } from '../../src/access/actor.ts';
import { CSRF_HEADER } from '../../src/http/request-rules.ts';
import { signToken } from '../../src/http/token.ts';
import { NOW, openGateway, type TestGateway } from '../graphql/open-gateway.ts';
import { addPerson, privacyStaff, subject, supportAgent } from '../graphql/people.ts';

let at: TestGateway;

beforeAll(async () => {
  at = await openGateway();
  await addPerson(at.prisma, 'cp', 'ann');
});

afterAll(async () => {
  await at[Symbol.asyncDispose]();
});

const URL_ = 'http://localhost/graphql';

function post(body: string, headers: Readonly<Record<string, string>> = {}): Request {
  return new Request(URL_, {
    method: 'POST',
    headers: { 'content-type': 'application/json', [CSRF_HEADER]: '1', ...headers },
    body,
  });
}

async function bearer(actor: Actor = subject('cp', 'ann'), gateway = at): Promise<{ readonly authorization: string }> {
  return { authorization: `Bearer ${await signToken(gateway.key, actor, 60, NOW)}` };
}

async function send(query: string, actor?: Actor): Promise<{ readonly status: number; readonly text: string }> {
  const response = await at.gateway.fetch(post(JSON.stringify({ query }), await bearer(actor)));
  return { status: response.status, text: await response.text() };
}

function forge(header: object, claims: object, secret: Uint8Array): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part(header)}.${part(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

test('whoever cannot say who they are gets one answer, before the body is read', async () => {
  const { secret } = at.key;
  const seconds = NOW.getTime() / 1000;
  const claims = {
    sub: 'ann',
    tenant: 'cp',
    kind: 'SUBJECT',
    iss: 'carryall',
    aud: 'carryall',
    iat: seconds,
    nbf: seconds,
    exp: seconds + 60,
  };
  const header = { alg: 'HS256', typ: 'carryall+jwt' };
  const authorizations = [
    '',
    'Bearer',
    'Basic YTpi',
    'Bearer x.y.z',
    `Bearer ${forge(header, claims, Buffer.alloc(32))}`,
    `Bearer ${forge({ ...header, typ: 'JWT' }, claims, secret)}`,
    `Bearer ${forge({ ...header, alg: 'none' }, claims, secret)}`,
    `Bearer ${forge(header, { ...claims, iss: 'other' }, secret)}`,
    `Bearer ${forge(header, { ...claims, aud: 'other' }, secret)}`,
    `Bearer ${forge(header, { ...claims, exp: undefined }, secret)}`,
    `Bearer ${forge(header, { ...claims, iat: seconds - 7200, exp: seconds - 61 }, secret)}`,
    `Bearer ${forge(header, { ...claims, nbf: seconds + 61 }, secret)}`,
    `Bearer ${forge(header, { ...claims, kind: 'ROOT' }, secret)}`,
    `Bearer ${forge(header, { ...claims, tenant: 'nowhere' }, secret)}`,
    `Bearer ${'a'.repeat(5000)}`,
  ];
  const answers = await Promise.all(
    authorizations.flatMap((authorization) =>
      ['{ "query": "{ viewer { id } }" }', '{ broken'].map(async (body) => {
        const response = await at.gateway.fetch(post(body, authorization === '' ? {} : { authorization }));
        return {
          status: response.status,
          challenge: response.headers.get('www-authenticate'),
          body: await response.text(),
        };
      }),
    ),
  );
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  expect(answers[0]).toEqual({
    status: 401,
    challenge: 'Bearer',
    body: '{"errors":[{"message":"A valid token is needed: Authorization: Bearer TOKEN.","extensions":{"code":"UNAUTHENTICATED"}}]}',
  });
  const good = await at.gateway.fetch(
    post('{ "query": "{ viewer { id } }" }', { authorization: `Bearer ${forge(header, claims, secret)}` }),
  );
  expect(await good.json()).toEqual({ data: { viewer: { id: 'ann' } } });
});

test('a token is signed for a while only, and by a key that is long enough', async () => {
  await expect(signToken(at.key, subject('cp', 'ann'), 0, NOW)).rejects.toMatchObject({ code: 'BAD_INPUT' });
  await expect(signToken(at.key, subject('cp', 'ann'), 1e9, NOW)).rejects.toMatchObject({ code: 'BAD_INPUT' });
  await expect(signToken({ secret: Buffer.alloc(31) }, subject('cp', 'ann'), 60, NOW)).rejects.toMatchObject({
    code: 'BAD_INPUT',
  });
});

test('malformed requests are refused without an echo', async () => {
  const headers = await bearer();
  for (const body of ['{ "query": canary', '[{"query":"{ viewer { id } }"}]', '{}', '"canary"']) {
    const response = await at.gateway.fetch(post(body, headers));
    const text = await response.text();
    expect(response.status, text).toBe(400);
    expect(text).not.toMatch(/canary|stack|originalError|at position/);
  }
});

test('a body that is too large is refused', async () => {
  const response = await at.gateway.fetch(
    post(JSON.stringify({ query: '{ viewer { id } }', variables: { x: 'x'.repeat(100_001) } }), await bearer()),
  );
  expect(response.status).toBe(413);
});

test('a wrong field gets no help', async () => {
  const wrong = '{ subject(id: "ann") { account { emai } } }';
  const { status, text } = await send(wrong);
  expect(status).toBe(200);
  expect(text).toContain('The document does not fit the schema.');
  expect(text).not.toMatch(/emai|Account/);
  const staff = await send(wrong, supportAgent('cp'));
  expect(staff.text).toContain('Cannot query field');
  expect(staff.text).not.toMatch(/Did you mean/);
});

test('the schema is for staff, not for subjects and apps', async () => {
  expect((await send('{ __schema { types { name } } }')).text).toMatch(/introspection/i);
  expect((await send('{ __schema { types { name } } }', supportAgent('cp'))).text).toContain('CallRecord');
});

test('GET reads, and cannot do more', async () => {
  const get = async (query: string) =>
    at.gateway.fetch(
      new Request(`${URL_}?query=${encodeURIComponent(query)}`, {
        headers: { ...(await bearer()), [CSRF_HEADER]: '1' },
      }),
    );
  expect(await (await get('{ viewer { id } }')).json()).toEqual({ data: { viewer: { id: 'ann' } } });
  expect((await get('mutation { x }')).status).toBeGreaterThanOrEqual(400);
});

test('no answer is for other origins or caches', async () => {
  const response = await at.gateway.fetch(
    post('{ "query": "{ viewer { id } }" }', { ...(await bearer()), origin: 'https://evil.example' }),
  );
  expect(response.headers.get('access-control-allow-origin')).toBeNull();
  expect(response.headers.get('cache-control')).toBe('no-store');
});

test('health needs no token; everything else is not found', async () => {
  const get = (path: string) => at.gateway.fetch(new Request(`http://localhost${path}`));
  expect((await get('/healthz')).status).toBe(200);
  for (const path of ['/', '/graphql/x', '/health', '/../graphql'])
    expect([401, 404]).toContain((await get(path)).status);
});

test('over a socket it answers the same, and closes', async () => {
  let url = '';
  {
    await using listening = await at.gateway.listen({ port: 0 });
    ({ url } = listening);
    const headers = { 'content-type': 'application/json', [CSRF_HEADER]: '1', ...(await bearer(privacyStaff('cp'))) };
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers,
      body: '{ "query": "{ viewer { kind } }" }',
    });
    expect(await response.json()).toEqual({ data: { viewer: { kind: 'CONTROLLER_STAFF' } } });
    const refused = await fetch(`${url}/graphql`, { method: 'POST', body: '{}' });
    expect([refused.status, await refused.text()]).toEqual([401, expect.stringContaining('UNAUTHENTICATED')]);
    await expect(at.gateway.listen({ port: Number(new URL(url).port) })).rejects.toMatchObject({ code: 'BAD_INPUT' });
  }
  await expect(fetch(`${url}/healthz`)).rejects.toThrow();
});
