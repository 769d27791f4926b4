import { isCarryallError } from '../../errors.ts';
import type { Caller } from '../authenticate.ts';
import { refusal } from '../errors.ts';
import { mayIntrospect } from '../introspection.ts';
import type { Route } from './route.ts';
import { assetResponse, openAssets, type Assets } from '../assets.ts';

/** Who gets the page: nobody; signed-in staff who may see the schema; or everybody, for a gateway on the own machine. */
export type GraphiqlFor = 'NOBODY' | 'STAFF' | 'EVERYBODY';

export interface GraphiqlOptions {
  readonly whom: GraphiqlFor;
  readonly authenticate: (headers: Headers) => Promise<Caller>;
  /** The path at which a browser signs in and from which it returns to `returnTo`; absent where people come with tokens. */
  readonly signIn?: ((returnTo: string) => string) | undefined;
}

const PATH = '/graphiql';

/** Where identity's own routes sign a browser in. */
export function signInPath(returnTo: string): string {
  return `/auth/sign-in?return_to=${encodeURIComponent(returnTo)}`;
}

/**
 * The page stays on its own origin and runs only what it was built of. Monaco writes style elements of its own, hence the
 * one `unsafe-inline`, which runs no script.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self' data:",
  'img-src data:',
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** GraphiQL: the page and its files; none where it is for nobody. What one may ask is decided at /graphql. */
export function graphiqlRoutes({ whom, authenticate, signIn }: GraphiqlOptions): readonly Route[] {
  if (whom === 'NOBODY') return [];
  const assets = openAssets('graphiql');
  const assertStaff = async (headers: Headers): Promise<void> => {
    if (whom === 'STAFF' && !mayIntrospect((await authenticate(headers)).actor)) throw refusal('NOT_FOUND');
  };
  const signInUrl = signIn?.(PATH) ?? null;
  return [
    {
      method: 'GET',
      path: PATH,
      handle: async ({ headers }) => {
        try {
          await assertStaff(headers);
        } catch (error) {
          if (signInUrl === null || !isCarryallError(error, 'UNAUTHENTICATED') || !isBrowser(headers)) throw error;
          return new Response(null, { status: 303, headers: { location: signInUrl, 'cache-control': 'no-store' } });
        }
        return pageResponse(assets, signInUrl);
      },
    },
    {
      method: 'GET',
      path: `${PATH}/assets/*`,
      handle: async ({ url, headers }) => {
        await assertStaff(headers);
        const asset = await assets.asset(new URL(url).pathname.slice(`${PATH}/assets/`.length));
        if (asset === null) throw refusal('NOT_FOUND');
        return assetResponse(asset, 'private');
      },
    },
  ];
}

function isBrowser(headers: Headers): boolean {
  return (headers.get('accept') ?? '').includes('text/html');
}

function pageResponse({ page }: Assets, signInUrl: string | null): Response {
  const told =
    signInUrl === null ? '' : ` data-sign-in="${signInUrl.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}"`;
  return new Response(page.replace('<div id="page">', `<div id="page"${told}>`), {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': CONTENT_SECURITY_POLICY,
      'cache-control': 'no-store',
    },
  });
}
