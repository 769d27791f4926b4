import { fileURLToPath } from 'node:url';
import { assetResponse, openAssets } from '../assets.ts';
import { refusal } from '../errors.ts';
import type { Route } from './route.ts';

const PATH = '/portal';

/** The manifest of the documents that the portal sends. */
export const PORTAL_DOCUMENTS: string = fileURLToPath(
  new URL('../../../src/generated/portal-documents/persisted-documents.json', import.meta.url),
);

/** Nothing from elsewhere, nothing inline, in no frame. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** How people get in, as far as a stranger may know it. */
export interface WaysIn {
  /** The names of the providers with whom people sign in. */
  readonly providers: readonly string[];
  /** Whether there is the page of the intake, for people who have no account. */
  readonly byCode: boolean;
}

/**
 * The portal: one page for every path below /portal, and its files. It holds nobody's data, so everybody gets it; what one
 * may ask is decided at /graphql.
 */
export function portalRoutes(ways: WaysIn): readonly Route[] {
  const assets = openAssets('portal');
  const page = (): Promise<Response> =>
    Promise.resolve(
      new Response(assets.page, {
        headers: {
          'content-type': 'text/html; charset=utf-8',
          'content-security-policy': CONTENT_SECURITY_POLICY,
          'cache-control': 'no-cache',
        },
      }),
    );
  return [
    // Where signing out leads back to.
    {
      method: 'GET',
      path: '/',
      handle: () => Promise.resolve(new Response(null, { status: 303, headers: { location: PATH } })),
    },
    {
      method: 'GET',
      path: `${PATH}/ways-in`,
      handle: () => Promise.resolve(Response.json(ways, { headers: { 'cache-control': 'no-store' } })),
    },
    { method: 'GET', path: PATH, handle: page },
    { method: 'GET', path: `${PATH}/*`, handle: page },
    {
      method: 'GET',
      path: `${PATH}/assets/*`,
      handle: async ({ url }) => {
        const asset = await assets.asset(new URL(url).pathname.slice(`${PATH}/assets/`.length));
        if (asset === null) throw refusal('NOT_FOUND');
        return assetResponse(asset, 'public');
      },
    },
  ];
}
