import { decodeProtectedHeader } from 'jose';
import * as oidc from 'openid-client';
import type pg from 'pg';
import type { BrowserSessions } from './browser-sessions.ts';
import { redirect } from './pages.ts';
import type { Provider } from './provider.ts';
import { refusalOf, refused } from './refusal.ts';
import { CALLBACK_PATH, type Begun, type SignIns } from './sign-in.ts';
import { vouch } from './tokens.ts';

const LONGEST_QUERY = 4096;

/**
 * GET /auth/callback: the provider sends the browser back with a code. Opens a session and goes on to where the person
 * wanted to be. Throws UNAUTHENTICATED.
 */
export async function callback(
  pool: pg.Pool,
  signIns: SignIns,
  sessions: BrowserSessions,
  request: Request,
  now: Date,
): Promise<Response> {
  const begun = await signIns.begun(request.headers, now);
  if (begun === null) throw refused('NO_CREDENTIAL');
  const provider = signIns.providers.get(begun.issuer);
  const { search } = new URL(request.url);
  if (provider === undefined || search.length > LONGEST_QUERY) throw refused('MALFORMED');
  const claims = await exchange(provider, signIns.publicUrl, begun, search);
  const vouched = await vouch(pool, provider, claims, new Date(claims.iat * 1000));
  const authenticatedAt = new Date(Math.min((claims.auth_time ?? 0) * 1000, now.getTime()));
  const cookie = await sessions.open(request.headers, begun.issuer, vouched, authenticatedAt, now);
  return redirect(begun.returnTo, cookie, signIns.forget());
}

/** The claims of the ID token that the code is good for. Throws UNAUTHENTICATED. */
async function exchange(
  provider: Provider,
  publicUrl: string,
  { state, nonce, verifier, maxAge }: Begun,
  search: string,
): Promise<oidc.IDToken> {
  const client = await provider.client();
  try {
    // The address as the provider knows it, whatever host this request names.
    const tokens = await oidc.authorizationCodeGrant(client, new URL(CALLBACK_PATH + search, publicUrl), {
      expectedState: state,
      expectedNonce: nonce,
      pkceCodeVerifier: verifier,
      maxAge,
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    const { alg } = decodeProtectedHeader(tokens.id_token ?? '');
    if (claims === undefined || alg === undefined || !provider.settings.algorithms.includes(alg))
      throw refused('NOT_GENUINE');
    return claims;
  } catch (cause) {
    throw refusalOf(cause) === null ? refused('NOT_GENUINE', cause) : cause;
  }
}
