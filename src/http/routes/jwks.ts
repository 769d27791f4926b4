import { jwksOf } from '../../bundle/sign/jwks.ts';
import type { SigningKeys } from '../../bundle/sign/signing-keys.ts';
import type { Route } from './route.ts';

/** The keys by which anybody checks a bundle. A new one is used only from its rotation on, so a cache may be minutes behind. */
export function jwksRoute(signing: SigningKeys): Route {
  return {
    method: 'GET',
    path: '/.well-known/jwks.json',
    counted: 'FREE',
    handle: async () =>
      new Response(JSON.stringify(jwksOf(await signing.published())), {
        headers: { 'content-type': 'application/jwk-set+json', 'cache-control': 'public, max-age=300' },
      }),
  };
}
