import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PORTAL_DOCUMENTS, portalRoutes } from '../../src/http/routes/portal.ts';
import { readManifest } from '../../src/http/persisted.ts';
import { openGateway, type TestGateway } from '../graphql/open-gateway.ts';
import { ROW_SOURCES } from '../../src/generated/portal-documents/datasets.ts';

let at: TestGateway;
beforeAll(async () => {
  at = await openGateway({ routes: portalRoutes({ providers: ['one', 'two'], byCode: true }) });
});
afterAll(() => at[Symbol.asyncDispose]());

const get = (path: string): Promise<Response> => at.gateway.fetch(new Request(`http://localhost${path}`));

test('every path of the portal is the one page, which runs and loads nothing but its own files', async () => {
  const page = await (await get('/portal')).text();
  for (const path of ['/portal', '/portal/requests/req_1', '/portal/data/calls']) {
    const response = await get(path);
    expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-cache']);
    expect(await response.text()).toBe(page);
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(policy).not.toMatch(/unsafe|\*|data:|http/);
  }
  const inline = page.replaceAll(/<(script|link)\b[^>]*>/g, '');
  expect(inline).not.toMatch(/<style|style=|\son\w+=/);
  expect(inline).toMatch(/<\/script>/);
});

test('whoever is not signed in is told by which ways one comes in, and nothing else', async () => {
  const response = await get('/portal/ways-in');
  expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-store']);
  expect(await response.json()).toEqual({ providers: ['one', 'two'], byCode: true });
});

test('X-39: the portal stands in no frame', async () => {
  const { headers } = await get('/portal');
  expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  expect(headers.get('x-frame-options')).not.toBe(null);
});

test('its files are compressed, and kept for ever, because their names tell their contents', async () => {
  const page = await (await get('/portal')).text();
  const files = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = '']) => path);
  expect(files.length).toBeGreaterThan(2);
  for (const path of files) {
    const response = await get(path);
    expect([response.status, response.headers.get('cache-control')]).toEqual([
      200,
      'public, max-age=31536000, immutable',
    ]);
    expect(response.headers.get('content-encoding')).toBe('gzip');
    expect(gunzipSync(new Uint8Array(await response.arrayBuffer())).length).toBeGreaterThan(100);
  }
});

test.each(['main.js', '..%2findex.html', '%2e%2e/index.html', '../../documents/graphql.ts'])(
  'no other file: %s',
  async (name) => {
    const response = await get(`/portal/assets/${name}`);
    if (response.status === 200) expect(await response.text()).toContain('<div id="portal">');
    else expect([400, 404]).toContain(response.status);
  },
);

test('whoever signed out at the provider comes back to the portal', async () => {
  const response = await get('/');
  expect([response.status, response.headers.get('location')]).toEqual([303, '/portal']);
});

test('the gateway knows each document of the portal by its hash', async () => {
  const documents = await readManifest(PORTAL_DOCUMENTS);
  const hashes = [
    ...readFileSync(new URL('../../src/generated/portal-documents/graphql.ts', import.meta.url), 'utf8').matchAll(
      /"hash":"sha256:([0-9a-f]{64})"/g,
    ),
  ].map(([, hash = '']) => hash);
  expect(hashes.length).toBeGreaterThan(40);
  expect(hashes.filter((hash) => !documents.has(hash))).toEqual([]);
});

test('every field of a person that gives rows has a page in the portal', () => {
  const fields = ROW_SOURCES.map(({ field }) => field);
  expect(fields).toEqual(
    expect.arrayContaining(['account', 'calls', 'callsAsOtherParty', 'invoices', 'messages', 'consents']),
  );
  expect(new Set(fields).size).toBe(fields.length);
});
