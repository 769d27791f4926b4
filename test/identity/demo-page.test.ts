import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import type axe from 'axe-core';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { openDemoProvider } from '../../src/cli/demo/provider/open-demo-provider.ts';
import { personasOf } from '../../src/cli/demo/provider/personas.ts';
import { openBrowser } from '../viewer/browser.ts';
import { openTestIdentity } from './open-identity.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe objects to on a page; looked for past the policy that forbids scripts. */
async function objections(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
  return violations.map(({ id }) => id);
}

test('in a real browser somebody signs in with one click, comes back, and signs out of both', async () => {
  await using at = await openTestIdentity();
  // The gateway's port must be known to the provider, and the provider to the gateway.
  const routes: { readonly path: string; readonly method: string; handle(request: Request): Promise<Response> }[] = [];
  const server = createServer((incoming, outgoing) => {
    const request = new Request(new URL(incoming.url ?? '/', 'http://localhost'), {
      method: incoming.method ?? 'GET',
      headers: incoming.headers as Record<string, string>,
    });
    const { pathname } = new URL(request.url);
    const route = routes.find(({ path, method }) => path === pathname && method === request.method);
    const home = (): Promise<Response> => Promise.resolve(new Response('home'));
    void (route?.handle(request) ?? home()).then(
      async (response) => {
        outgoing.writeHead(response.status, {
          ...Object.fromEntries(response.headers),
          'set-cookie': response.headers.getSetCookie(),
        });
        outgoing.end(await response.text());
      },
      () => outgoing.writeHead(401).end('nobody'),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const gatewayUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const personas = personasOf('acme', 'ann@example.org');
  await using provider = await openDemoProvider({ port: 0, personas, gatewayUrl });
  routes.push(...at.another({ settings: provider.settings, publicOrigin: gatewayUrl }).routes);

  const browser = await openBrowser();
  try {
    const page = await (await browser.newContext({ bypassCSP: false })).newPage();
    const hosts = new Set<string>();
    page.on('request', (request) => hosts.add(new URL(request.url()).origin));
    await page.goto(`${gatewayUrl}/auth/sign-in?return_to=/auth/me`);
    expect(await page.getByRole('button').count()).toBe(personas.length);
    await page.getByRole('button', { name: 'Sam Support' }).click();
    await page.waitForURL(`${gatewayUrl}/auth/me`);
    expect(JSON.parse((await page.textContent('body')) ?? '')).toMatchObject({ kind: 'SUPPORT_AGENT', id: 'demo:sam' });

    const next = await page.evaluate(async () => {
      const response = await fetch('/auth/sign-out', { method: 'POST', headers: { accept: 'application/json' } });
      return ((await response.json()) as { next: string }).next;
    });
    await page.goto(next);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL(`${gatewayUrl}/`);
    expect((await page.goto(`${gatewayUrl}/auth/me`))?.status()).toBe(401);
    await page.goto(`${gatewayUrl}/auth/sign-in`);
    expect(await page.getByRole('button').count()).toBe(personas.length);
    expect(hosts).toEqual(new Set([gatewayUrl, provider.url]));

    const looked = await (await browser.newContext({ bypassCSP: true })).newPage();
    await looked.goto(`${gatewayUrl}/auth/sign-in`);
    expect(await objections(looked)).toEqual([]);
  } finally {
    await browser.close();
    server.closeAllConnections();
    server.close();
  }
});
