import { parseSetCookie } from 'cookie';
import type { Identity } from '../../src/http/identity/identity.ts';

/** A browser: it keeps cookies, which know hosts and no ports, and follows nothing by itself. */
export interface Browser {
  readonly cookies: Map<string, string>;
  go(url: string, init?: RequestInit): Promise<Response>;
  /** Goes where an answer sends it. */
  follow(response: Response): Promise<Response>;
}

export const GATEWAY_URL = 'http://127.0.0.1:4000';

/** A browser that finds `identity` at GATEWAY_URL without a port, and everything else over the network. */
export function openBrowser(identity: Identity): Browser {
  const cookies = new Map<string, string>();
  let at = GATEWAY_URL;
  const go = async (url: string, init: RequestInit = {}): Promise<Response> => {
    const target = new URL(url, at);
    const headers = new Headers(init.headers);
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    if (cookie !== '') headers.set('cookie', cookie);
    const request = new Request(target, { ...init, headers, redirect: 'manual' });
    const response = target.origin === GATEWAY_URL ? await serve(identity, request) : await fetch(request);
    for (const line of response.headers.getSetCookie()) {
      const { name, value = '', maxAge, expires } = parseSetCookie(line);
      const isOver = maxAge === 0 || (expires !== undefined && expires.getTime() <= Date.now());
      if (isOver || value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
    at = target.href;
    return response;
  };
  return { cookies, go, follow: (response) => go(response.headers.get('location') ?? 'about:blank') };
}

/** The gateway as far as these tests go: the routes of identity. */
async function serve(identity: Identity, request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  const route = identity.routes.find(({ method, path }) => method === request.method && path === pathname);
  if (route === undefined) return new Response('Not found', { status: 404 });
  try {
    return await route.handle(request);
  } catch (error) {
    return Response.json(String(error), {
      status: (error as { code?: string }).code === 'UNAUTHENTICATED' ? 401 : 500,
    });
  }
}

/** Chooses a persona on the page of the demo's provider; returns the answer that sends the browser back to the gateway. */
export async function choose(browser: Browser, choice: Response, persona: string): Promise<Response> {
  let response = await browser.go(choice.url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ persona }).toString(),
  });
  while (response.status >= 300 && response.headers.get('location')?.startsWith(GATEWAY_URL) === false)
    response = await browser.follow(response);
  return response;
}

/** From the gateway to the provider's page of personas. */
export async function begin(browser: Browser, path = '/auth/sign-in'): Promise<Response> {
  let response = await browser.go(`${GATEWAY_URL}${path}`);
  while (
    response.status >= 300 &&
    response.status < 400 &&
    response.headers.get('location')?.startsWith(GATEWAY_URL) !== true
  )
    response = await browser.follow(response);
  return response;
}

/** The whole way: from the gateway over the provider back to the gateway. */
export async function signInAs(browser: Browser, persona: string, path?: string): Promise<Response> {
  return browser.follow(await choose(browser, await begin(browser, path), persona));
}

/** Who the browser is to the gateway; the status alone when it is nobody. */
export async function whoIs(browser: Browser): Promise<unknown> {
  const response = await browser.go(`${GATEWAY_URL}/auth/me`);
  return response.status === 200 ? await response.json() : response.status;
}
