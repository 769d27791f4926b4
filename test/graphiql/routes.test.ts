import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signInPath, type GraphiqlFor } from '../../src/http/routes/graphiql.ts';
import { headersOf } from '../door/send.ts';
import { openGateway, type TestGateway } from '../graphql/open-gateway.ts';
import {
  administrator,
  auditor,
  internalApp,
  privacyStaff,
  processorStaff,
  subject,
  supportAgent,
} from '../graphql/people.ts';

const gateways = new Map<GraphiqlFor, TestGateway>();
beforeAll(async () => {
  for (const graphiql of ['NOBODY', 'STAFF', 'EVERYBODY'] as const)
    gateways.set(graphiql, await openGateway({ graphiql, ...(graphiql === 'STAFF' ? { signIn: signInPath } : {}) }));
});
afterAll(async () => {
  for (const gateway of gateways.values()) await gateway[Symbol.asyncDispose]();
});

const at = (whom: GraphiqlFor): TestGateway => gateways.get(whom) as TestGateway;
const get = (
  whom: GraphiqlFor,
  path = '/graphiql',
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> => at(whom).gateway.fetch(new Request(`http://localhost${path}`, { headers }));

describe('whom the page is for', () => {
  test('for nobody it is not there', async () => {
    expect((await get('NOBODY')).status).toBe(404);
    expect((await get('NOBODY', '/graphiql/assets/main.js')).status).toBe(404);
  });

  test('for staff: who may see the schema gets it, everybody else does not', async () => {
    const asset = await anAsset();
    for (const actor of [supportAgent('cp'), privacyStaff('cp'), auditor('cp'), administrator('cp')])
      for (const path of ['/graphiql', asset])
        expect((await get('STAFF', path, await headersOf(at('STAFF'), actor))).status).toBe(200);
    for (const actor of [subject('cp', 'ann'), internalApp('cp'), processorStaff('cp')])
      for (const path of ['/graphiql', asset])
        expect((await get('STAFF', path, await headersOf(at('STAFF'), actor))).status).toBe(404);
    expect((await get('STAFF')).status).toBe(401);
    expect((await get('STAFF', asset, { accept: 'text/html' })).status).toBe(401);
  });

  test('a browser that is not signed in is sent to sign in, and comes back', async () => {
    const response = await get('STAFF', '/graphiql', { accept: 'text/html,application/xhtml+xml' });
    expect([response.status, response.headers.get('location')]).toEqual([303, '/auth/sign-in?return_to=%2Fgraphiql']);
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  test('for everybody it is there without signing in, and asks for a token', async () => {
    const html = await (await get('EVERYBODY')).text();
    expect(html).toContain('<div id="page"></div>');
    const page = await (await get('STAFF', '/graphiql', await headersOf(at('STAFF'), supportAgent('cp')))).text();
    expect(page).toContain('data-sign-in="/auth/sign-in?return_to=%2Fgraphiql"');
  });
});

test('the page runs only what comes from here, and evaluates nothing', async () => {
  const response = await get('EVERYBODY');
  const policy = response.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self';");
  expect(policy).not.toMatch(/unsafe-eval|https?:|\*/);
  expect(response.headers.get('cache-control')).toBe('no-store');
  const html = await response.text();
  expect(html).not.toMatch(/<script[^>]*>[^<]|\son\w+=|(?:src|href)="(?!\/graphiql\/assets\/|data:)/);
});

test('its files are compressed, and kept by the browser for good', async () => {
  const response = await get('EVERYBODY', await anAsset());
  expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  expect(response.headers.get('content-encoding')).toBe('gzip');
  expect(response.headers.get('cache-control')).toBe('private, max-age=31536000, immutable');
  const bytes = Buffer.from(await response.arrayBuffer());
  expect(gunzipSync(bytes).byteLength).toBeGreaterThan(bytes.byteLength);
});

test.each([
  'nothing.js',
  '',
  '../index.html',
  '..%2f..%2f..%2fpackage.json',
  '%2e%2e/index.html',
  '..%5c..%5cpackage.json',
  'index.html',
  '%00.js',
])('no other file is served: %s', async (name) => {
  expect([400, 404]).toContain((await get('EVERYBODY', `/graphiql/assets/${name}`)).status);
});

/** The program that the page begins with. */
async function anAsset(): Promise<string> {
  const html = await (await get('EVERYBODY')).text();
  return /src="(\/graphiql\/assets\/[^"]+\.js)"/.exec(html)?.[1] ?? '';
}
