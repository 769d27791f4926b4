import { afterAll, beforeAll, expect, test } from 'vitest';
import * as oidc from 'openid-client';
import type { DemoProvider } from '../../src/cli/demo/provider/open-demo-provider.ts';
import { CLIENT_ID } from '../../src/cli/demo/provider/configuration.ts';
import { choose, GATEWAY_URL, openBrowser, signInAs, whoIs } from './browser.ts';
import { openTestIdentity, openTestProvider, outcome, REFUSED, type TestIdentity } from './open-identity.ts';

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

/** The tokens that another client of the same provider gets for a persona, for use with the gateway. */
async function tokensOf(persona: string): Promise<{ readonly access: string; readonly id: string }> {
  const config = await oidc.discovery(new URL(provider.url), CLIENT_ID, undefined, oidc.None(), {
    execute: [oidc.allowInsecureRequests],
  });
  const verifier = oidc.randomPKCECodeVerifier();
  const nonce = oidc.randomNonce();
  const parameters = {
    redirect_uri: `${GATEWAY_URL}/auth/callback`,
    scope: 'openid email',
    resource: provider.audience,
    nonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  };
  const browser = openBrowser(at.identity);
  const choice = await browser.follow(await browser.go(oidc.buildAuthorizationUrl(config, parameters).href));
  const back = (await choose(browser, choice, persona)).headers.get('location') ?? '';
  const checks = { pkceCodeVerifier: verifier, expectedNonce: nonce };
  const tokens = await oidc.authorizationCodeGrant(config, new URL(back), checks, {
    resource: provider.audience,
  });
  return { access: tokens.access_token, id: tokens.id_token ?? '' };
}

test('A-03: an access token of the provider is good as a bearer token, its ID token is not', async () => {
  const { access, id } = await tokensOf('sanne');
  expect(await outcome(at.identity, { authorization: `Bearer ${access}` })).toEqual({
    kind: 'SUBJECT',
    tenant: 'acme',
    subjectId: 'ann-of-acme',
  });
  expect(await outcome(at.identity, { authorization: `Bearer ${id}` })).toBe(REFUSED);
});

test('who presents a wrong token is nobody, though their browser is signed in', async () => {
  const browser = openBrowser(at.identity);
  await signInAs(browser, 'anna');
  expect(await whoIs(browser)).toMatchObject({ kind: 'AUDITOR' });
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  for (const authorization of ['', 'Bearer x', 'Bearer a.b.c', 'Basic YTpi'])
    expect(await outcome(at.identity, { authorization, cookie })).toBe(REFUSED);
});

test('A-20: a live token of a role that a later sign-in took away is refused', async () => {
  const { access } = await tokensOf('adam');
  expect(await outcome(at.identity, { authorization: `Bearer ${access}` })).toMatchObject({ kind: 'ADMINISTRATOR' });
  const [issuer] = provider.settings.issuers;
  if (issuer === undefined) throw new TypeError('There is no issuer.');
  const claims = { ...issuer.claims, kind: { is: 'AUDITOR' as const } };
  await new Promise((resolve) => setTimeout(resolve, 1100));
  const browser = openBrowser(at.another({ settings: { ...provider.settings, issuers: [{ ...issuer, claims }] } }));
  await signInAs(browser, 'adam');
  expect(await whoIs(browser)).toMatchObject({ kind: 'AUDITOR' });
  expect(await outcome(at.identity, { authorization: `Bearer ${access}` })).toBe(REFUSED);
});
