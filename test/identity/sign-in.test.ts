import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ActorKind } from '../../src/access/actor.ts';
import { openDemoProvider, type DemoProvider } from '../../src/cli/demo/provider/open-demo-provider.ts';
import { personasOf } from '../../src/cli/demo/provider/personas.ts';
import { returnPath } from '../../src/http/identity/return-path.ts';
import type { IdentitySettings } from '../../src/http/identity/settings.ts';
import { begin, choose, GATEWAY_URL, openBrowser, signInAs, whoIs, type Browser } from './browser.ts';
import { openTestIdentity, openTestProvider, type TestIdentity } from './open-identity.ts';

let provider: DemoProvider;
let at: TestIdentity;
beforeAll(async () => {
  provider = await openTestProvider();
  at = await openTestIdentity(provider.settings);
});
afterAll(async () => {
  await at[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

test.each([
  ['sanne', { kind: 'SUBJECT', id: 'ann-of-acme' }],
  ['sam', { kind: 'SUPPORT_AGENT', id: 'demo:sam' }],
  ['petra', { kind: 'CONTROLLER_STAFF', id: 'demo:petra' }],
  ['paul', { kind: 'PROCESSOR_STAFF', id: 'demo:paul' }],
  ['anna', { kind: 'AUDITOR', id: 'demo:anna' }],
  ['adam', { kind: 'ADMINISTRATOR', id: 'demo:adam' }],
])('%s signs in with the provider and is known by the next request', async (persona, expected) => {
  const browser = openBrowser(at.identity);
  const home = await choose(browser, await begin(browser, '/auth/sign-in?return_to=/requests%3Fopen%3D1'), persona);
  const back = await browser.follow(home);
  expect([back.status, back.headers.get('location')]).toEqual([303, '/requests?open=1']);
  expect(await whoIs(browser)).toMatchObject({ via: 'SESSION', tenant: 'acme', ...expected });
});

test('the cookie is for this host alone, for HTTP alone, and names nobody', async () => {
  const browser = openBrowser(at.identity);
  const back = await signInAs(browser, 'adam');
  const [line = ''] = back.headers.getSetCookie().filter((each) => each.startsWith('carryall-session='));
  expect(line.replace(/=[^;]+/, '')).toBe('carryall-session; Max-Age=28800; Path=/; HttpOnly; SameSite=Lax');
  expect(Buffer.from(line, 'base64url').toString('latin1')).not.toMatch(/adam|acme|ses_/);
});

test('over https the cookie is of the kind that no neighbour can set', async () => {
  const identity = at.another({ publicOrigin: 'https://carryall.example' });
  const route = identity.routes.find(({ path }) => path === '/auth/sign-in');
  const answer = await route?.handle(new Request('http://localhost/auth/sign-in'));
  expect(answer?.headers.get('set-cookie')).toMatch(
    /^__Host-carryall-sign-in=[\w.-]+; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
  );
});

/** The URL to which the provider sends the browser back. */
async function sentBack(browser: Browser, change: (request: URL) => void = () => {}): Promise<URL> {
  const first = await browser.go('/auth/sign-in');
  const request = new URL(first.headers.get('location') ?? '');
  change(request);
  const choice = await browser.follow(await browser.go(request.href));
  return new URL((await choose(browser, choice, 'adam')).headers.get('location') ?? '');
}

test.each<[string, (request: URL) => void, (back: URL) => void]>([
  ['another state comes back', () => {}, (back) => back.searchParams.set('state', 'x'.repeat(43))],
  ['no state comes back', () => {}, (back) => back.searchParams.delete('state')],
  ['another code comes back', () => {}, (back) => back.searchParams.set('code', 'x'.repeat(43))],
  ['another issuer answers', () => {}, (back) => back.searchParams.set('iss', 'https://other.example')],
  ['the ID token has another nonce', (request) => request.searchParams.set('nonce', 'n'.repeat(43)), () => {}],
  [
    'the code is bound to another verifier',
    (request) => request.searchParams.set('code_challenge', 'c'.repeat(43)),
    () => {},
  ],
  [
    'the person refuses',
    () => {},
    (back) => (back.search = `?error=access_denied&state=${back.searchParams.get('state')}`),
  ],
])('nobody is signed in when %s', async (_case, changeRequest, changeBack) => {
  const browser = openBrowser(at.identity);
  const back = await sentBack(browser, changeRequest);
  changeBack(back);
  const answer = await browser.go(back.href);
  expect(answer.status).toBe(401);
  expect(await answer.text()).toContain('You are not signed in');
  expect([...browser.cookies.keys()].filter((name) => name.startsWith('carryall'))).toEqual([]);
  expect(await whoIs(browser)).toBe(401);
});

test('a code is good once, even with the cookie of its sign-in', async () => {
  const browser = openBrowser(at.identity);
  const back = await sentBack(browser);
  const begun = new Map(browser.cookies);
  expect((await browser.go(back.href)).status).toBe(303);
  const other = openBrowser(at.identity);
  for (const [name, value] of begun) other.cookies.set(name, value);
  expect((await other.go(back.href)).status).toBe(401);
  expect(await whoIs(other)).toBe(401);
});

test('nobody is signed in by the link of somebody else', async () => {
  const back = await sentBack(openBrowser(at.identity));
  const victim = openBrowser(at.identity);
  expect((await victim.go(back.href)).status).toBe(401);
  await victim.go('/auth/sign-in');
  expect((await victim.go(back.href)).status).toBe(401);
  expect(await whoIs(victim)).toBe(401);
});

test('a sign-in that takes more than ten minutes is over', async () => {
  const browser = openBrowser(at.identity);
  const back = await sentBack(browser);
  at.clock.ahead += 601_000;
  expect((await browser.go(back.href)).status).toBe(401);
  at.clock.ahead = 0;
});

test.each([
  'https://evil.example/',
  '//evil.example',
  '/\\evil.example',
  '/\t/evil.example',
  '\\\\evil.example',
  'javascript:alert(1)',
  'requests',
  '/a\nb',
  `/${'a'.repeat(1000)}`,
])('nobody is sent to %j afterwards', async (path) => {
  const answer = await openBrowser(at.identity).go(`/auth/sign-in?return_to=${encodeURIComponent(path)}`);
  expect(answer.status).toBe(400);
});

test('whatever path somebody returns to is of this site', () => {
  const signs = fc.constantFrom(
    '/',
    '\\',
    '.',
    ':',
    '@',
    '?',
    '#',
    '%2f',
    '\t',
    '\n',
    ' ',
    'evil.example',
    'a',
    '\u{ff0f}',
  );
  fc.assert(
    fc.property(fc.array(signs, { maxLength: 8 }), (parts) => {
      const path = returnPath(parts.join(''), GATEWAY_URL);
      return path === null || new URL(path, GATEWAY_URL).origin === GATEWAY_URL;
    }),
    { numRuns: 2000 },
  );
});

test('a fresh sign-in makes somebody prove anew who they are', async () => {
  const browser = openBrowser(at.identity);
  await signInAs(browser, 'anna');
  // The provider knows them still, and asks nothing.
  expect((await begin(browser)).headers.get('location')).toContain('/auth/callback?code=');
  const choice = await begin(browser, '/auth/sign-in?fresh=1');
  expect(await choice.text()).toContain('choose who you are');
  await browser.follow(await choose(browser, choice, 'anna'));
  const { authenticatedAt } = (await whoIs(browser)) as { readonly authenticatedAt: string };
  expect(Math.abs(Date.now() - Date.parse(authenticatedAt))).toBeLessThan(300_000);
});

test.each([
  ['is no subject of the tenant', { email: 'nobody@example.org' }],
  ['has a role that is not listed', { kind: 'ROOT' as ActorKind }],
  ['is of a tenant that this issuer may not speak for', { tenant: 'elsewhere' }],
])('whoever %s learns only that they are not signed in', async (_case, changes) => {
  const personas = [{ ...first(personasOf('acme', 'ann@example.org')), ...changes }];
  await using other = await openDemoProvider({ port: 0, personas, gatewayUrl: GATEWAY_URL });
  const [issuer] = other.settings.issuers;
  const settings = {
    ...other.settings,
    issuers: [{ ...issuer, claims: first(provider.settings.issuers).claims }] as IdentitySettings['issuers'],
  };
  const browser = openBrowser(at.another({ settings }));
  at.refusals.length = 0;
  const answer = await signInAs(browser, 'sanne');
  expect([answer.status, at.refusals]).toEqual([401, ['NOT_MAPPED']]);
  expect(await answer.text()).toContain('Signing in did not work');
});

test('while the provider is down nobody signs in, and those who are signed in go on', async () => {
  const own = await openDemoProvider({
    port: 0,
    personas: personasOf('acme', 'ann@example.org'),
    gatewayUrl: GATEWAY_URL,
  });
  const identity = at.another({ settings: own.settings });
  const browser = openBrowser(identity);
  await signInAs(browser, 'sam');
  await own[Symbol.asyncDispose]();
  expect(await whoIs(browser)).toMatchObject({ kind: 'SUPPORT_AGENT' });
  const fresh = openBrowser(at.another({ settings: own.settings }));
  at.refusals.length = 0;
  expect((await fresh.go('/auth/sign-in')).status).toBe(401);
  expect(at.refusals).toEqual(['PROVIDER_DOWN']);
});

function first<T>([one]: readonly T[]): T {
  if (one === undefined) throw new TypeError('There is none.');
  return one;
}
