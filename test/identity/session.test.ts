import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openDemoProvider, type DemoProvider } from '../../src/cli/demo/provider/open-demo-provider.ts';
import { personasOf } from '../../src/cli/demo/provider/personas.ts';
import { endPrincipal } from '../../src/http/identity/principals.ts';
import { begin, choose, GATEWAY_URL, openBrowser, signInAs, whoIs, type Browser } from './browser.ts';
import { openTestIdentity, openTestProvider, outcome, REFUSED, type TestIdentity } from './open-identity.ts';

const OPERATOR = { kind: 'OPERATOR', tenant: 'acme', operatorId: 'test' } as const;
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
afterEach(() => {
  at.clock.ahead = 0;
});

const COOKIE = 'carryall-session';

async function signedIn(persona = 'sam', identity = at.identity): Promise<Browser> {
  const browser = openBrowser(identity);
  await signInAs(browser, persona);
  return browser;
}

async function statusOf(browser: Browser, value: string): Promise<number> {
  browser.cookies.set(COOKIE, value);
  return (await browser.go('/auth/me')).status;
}

test('a cookie with any one bit changed is nobody', async () => {
  const browser = await signedIn();
  const cookie = browser.cookies.get(COOKIE) ?? '';
  const others = cookie.split('').flatMap((sign, index) =>
    Array.from({ length: 7 }, (_, bit) => String.fromCharCode(sign.charCodeAt(0) ^ (1 << bit)))
      // What no header can hold reaches nobody.
      .filter((changed) => changed >= ' ' && changed <= '~')
      .map((changed) => cookie.slice(0, index) + changed + cookie.slice(index + 1)),
  );
  const outcomes = await Promise.all(others.map((other) => outcome(at.identity, { cookie: `${COOKIE}=${other}` })));
  expect([others.length > 1000, new Set(outcomes)]).toEqual([true, new Set([REFUSED])]);
  expect(await statusOf(browser, cookie)).toBe(200);
});

test.each([
  ['shortened', (cookie: string) => cookie.slice(0, -1)],
  ['lengthened', (cookie: string) => `${cookie}A`],
  ['without its tag', (cookie: string) => cookie.replace(/\.[^.]+$/, '.')],
  ['twice', (cookie: string) => `${cookie}; ${COOKIE}=${cookie}`],
  ['very long', (cookie: string) => cookie.padEnd(9000, 'A')],
  ['empty', () => ''],
])('a cookie that is %s is nobody', async (_case, change) => {
  const browser = await signedIn();
  expect(await statusOf(browser, change(browser.cookies.get(COOKIE) ?? ''))).toBe(401);
});

test('what is sealed for signing in, or under another key, is no session', async () => {
  const browser = await signedIn();
  const session = browser.cookies.get(COOKIE) ?? '';
  await browser.go('/auth/sign-in');
  expect(await statusOf(browser, browser.cookies.get('carryall-sign-in') ?? '')).toBe(401);
  const elsewhere = openBrowser(at.another({ secret: randomBytes(32) }));
  expect(await statusOf(elsewhere, session)).toBe(401);
});

test('a session is known to every process', async () => {
  const browser = await signedIn();
  const other = openBrowser(at.another());
  expect(await statusOf(other, browser.cookies.get(COOKIE) ?? '')).toBe(200);
});

const SAME_SITE = { method: 'POST', headers: { 'sec-fetch-site': 'same-origin' } };

test('signing out ends the session at once, in other processes too', async () => {
  const browser = await signedIn();
  const cookie = browser.cookies.get(COOKIE) ?? '';
  const other = openBrowser(at.another());
  expect(await statusOf(other, cookie)).toBe(200);
  const answer = await browser.go('/auth/sign-out', SAME_SITE);
  expect(answer.status).toBe(303);
  expect(answer.headers.get('location')).toBe(
    `${provider.url}/session/end?post_logout_redirect_uri=${encodeURIComponent(`${GATEWAY_URL}/`)}&client_id=carryall`,
  );
  expect(browser.cookies.has(COOKIE)).toBe(false);
  expect(await statusOf(other, cookie)).toBe(401);
});

test('a page that asks for JSON is told where to go on', async () => {
  const browser = await signedIn();
  const headers = { ...SAME_SITE.headers, accept: 'application/json' };
  const answer = await browser.go('/auth/sign-out', { method: 'POST', headers });
  expect(await answer.json()).toEqual({ next: expect.stringContaining('/session/end?') });
});

test.each([
  [{ 'sec-fetch-site': 'cross-site' }, 403],
  [{ 'sec-fetch-site': 'same-site' }, 403],
  [{ 'sec-fetch-site': 'cross-site', 'x-carryall-csrf': '1' }, 403],
  [{ origin: 'https://evil.example' }, 403],
  [{ origin: 'null' }, 403],
  [{}, 403],
  [{ origin: GATEWAY_URL }, 303],
  [{ 'x-carryall-csrf': '1' }, 303],
])('signing out with the headers %j is answered with %i', async (headers, status) => {
  const browser = await signedIn();
  expect((await browser.go('/auth/sign-out', { method: 'POST', headers })).status).toBe(status);
  expect(await whoIs(browser)).toEqual(status === 303 ? 401 : expect.objectContaining({ via: 'SESSION' }));
});

test('signing out is nothing that a link can do', async () => {
  const browser = await signedIn();
  expect((await browser.go('/auth/sign-out')).status).toBe(404);
});

test('a session ends half an hour after the last request, and after eight hours whatever happens', async () => {
  const browser = await signedIn();
  for (let minutes = 0; minutes < 8 * 60 - 1; minutes += 29) {
    at.clock.ahead = minutes * 60_000;
    expect(await whoIs(browser)).toMatchObject({ via: 'SESSION' });
  }
  at.clock.ahead = 8 * 3_600_000 + 1000;
  expect(await whoIs(browser)).toBe(401);
  at.clock.ahead = 0;
  const idle = await signedIn();
  at.clock.ahead = 31 * 60_000;
  expect(await whoIs(idle)).toBe(401);
});

test('signing in again makes a session of its own, and the one before is over', async () => {
  const browser = await signedIn();
  const before = browser.cookies.get(COOKIE) ?? '';
  await browser.follow(await begin(browser));
  expect(await whoIs(browser)).toMatchObject({ kind: 'SUPPORT_AGENT' });
  expect(await statusOf(openBrowser(at.identity), before)).toBe(401);
});

test('A-15: after everything of somebody was ended, their sessions are over and others go on', async () => {
  const [one, two, other] = [await signedIn('petra'), await signedIn('petra'), await signedIn('paul')];
  await endPrincipal(at, { tenant: 'acme', kind: 'CONTROLLER_STAFF', actorId: 'demo:petra' }, OPERATOR, at.clock.now());
  expect([await whoIs(one), await whoIs(two)]).toEqual([401, 401]);
  expect(await whoIs(other)).toMatchObject({ id: 'demo:paul' });
});

test('A-20: once a lower role was learned, sessions with the higher one are refused with the next request', async () => {
  const personas = [...personasOf('acme', 'ann@example.org')];
  await using own = await openDemoProvider({ port: 0, personas, gatewayUrl: GATEWAY_URL });
  const browser = openBrowser(at.another({ settings: own.settings }));
  await signInAs(browser, 'adam');
  expect(await whoIs(browser)).toMatchObject({ kind: 'ADMINISTRATOR' });

  const lowered = personas.map((each) => (each.id === 'adam' ? { ...each, kind: 'AUDITOR' as const } : each));
  await using later = await openDemoProvider({ port: 0, personas: lowered, gatewayUrl: GATEWAY_URL });
  // An ID token has seconds, and the later of two must be later by one.
  await new Promise((resolve) => setTimeout(resolve, 1100));
  const elsewhere = openBrowser(at.another({ settings: later.settings }));
  await elsewhere.follow(await choose(elsewhere, await begin(elsewhere), 'adam'));
  expect(await whoIs(elsewhere)).toMatchObject({ kind: 'AUDITOR', id: 'demo:adam' });
  expect(await whoIs(browser)).toBe(401);
});

test('whoever signs in or out, that is in the log in the same transaction', async () => {
  const browser = await signedIn('petra');
  const entries = async () =>
    (
      await at.pool.query<{ step: string; kind: string }>(
        `SELECT detail ->> 'step' AS step, actor_kind AS kind FROM audit_event WHERE action = 'SIGN_IN' ORDER BY seq DESC LIMIT 1`,
      )
    ).rows;
  expect(await entries()).toEqual([{ step: 'IN', kind: 'CONTROLLER_STAFF' }]);
  await browser.go('/auth/sign-out', SAME_SITE);
  expect(await entries()).toEqual([{ step: 'OUT', kind: 'CONTROLLER_STAFF' }]);
});
