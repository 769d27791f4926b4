import * as oidc from 'openid-client';
import { z } from 'zod';
import { CarryallError } from '../../errors.ts';
import { errorResponse } from '../errors.ts';
import { createCookie } from './cookies.ts';
import { redirect } from './pages.ts';
import type { Provider } from './provider.ts';
import { returnPath } from './return-path.ts';
import { createSeal } from './sealed.ts';

/*
 *   GET /auth/sign-in ──► sealed cookie: state, nonce, PKCE verifier ──► provider ──► GET /auth/callback ──► session
 *
 * Only the browser that began can end it: what the provider sends back must fit the cookie (RFC 9700, 2.1 and 4.7).
 */

/** What is remembered of a sign-in while its person is with the provider. */
export type Begun = z.infer<typeof begunSchema>;
const begunSchema = z.strictObject({
  issuer: z.string(),
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  maxAge: z.number(),
  returnTo: z.string(),
});

/** Sign-ins that were begun and not ended, in the browser itself. */
export interface SignIns {
  readonly publicUrl: string;
  /** Providers with which people may sign in, by name. */
  readonly providers: ReadonlyMap<string, Provider>;
  readonly longestSeconds: number;
  begin(begun: Begun, now: Date): Promise<string>;
  begun(headers: Headers, now: Date): Promise<Begun | null>;
  forget(): string;
}

const SECONDS_TO_SIGN_IN = 600;
export const CALLBACK_PATH = '/auth/callback';

export function createSignIns(
  options: Pick<SignIns, 'publicUrl' | 'providers' | 'longestSeconds'>,
  secret: Uint8Array,
): SignIns {
  const seal = createSeal(secret, 'sign-in', begunSchema);
  const cookie = createCookie('carryall-sign-in', options.publicUrl);
  return {
    ...options,
    begin: async (begun, now) => {
      const text = await seal.close(begun, new Date(now.getTime() + SECONDS_TO_SIGN_IN * 1000));
      return cookie.set(text, SECONDS_TO_SIGN_IN);
    },
    begun: async (headers, now) => {
      const text = cookie.read(headers);
      return text === null ? null : await seal.open(text, now);
    },
    forget: () => cookie.clear(),
  };
}

/**
 * GET /auth/sign-in: sends a browser to the provider. `return_to` is a path of ours, `with` names the provider where there
 * are several, and `fresh=1` makes the person prove anew who they are.
 */
export async function signIn(signIns: SignIns, request: Request, now: Date): Promise<Response> {
  const { publicUrl, providers, longestSeconds } = signIns;
  const { searchParams } = new URL(request.url);
  const returnTo = returnPath(searchParams.get('return_to'), publicUrl);
  if (returnTo === null) return badInput('return_to wants a path of this site, such as /requests.');
  const provider = providerNamed(providers, searchParams.get('with'));
  if (provider === null)
    return badInput(`Say with whom to sign in: ?with=${[...providers.keys()].join(' or ?with=')}.`);
  const client = await provider.client();
  const begun: Begun = {
    issuer: provider.settings.name,
    state: oidc.randomState(),
    nonce: oidc.randomNonce(),
    verifier: oidc.randomPKCECodeVerifier(),
    // Asked for an age, a provider must tell when the person signed in there (OpenID Connect Core, 3.1.2.1).
    maxAge: searchParams.get('fresh') === '1' ? 0 : longestSeconds,
    returnTo,
  };
  const target = oidc.buildAuthorizationUrl(client, {
    response_type: 'code',
    redirect_uri: publicUrl + CALLBACK_PATH,
    scope: provider.settings.signIn?.scope ?? 'openid',
    state: begun.state,
    nonce: begun.nonce,
    max_age: String(begun.maxAge),
    code_challenge: await oidc.calculatePKCECodeChallenge(begun.verifier),
    code_challenge_method: 'S256',
  });
  return redirect(target.href, await signIns.begin(begun, now));
}

function providerNamed(providers: ReadonlyMap<string, Provider>, name: string | null): Provider | null {
  if (name !== null) return providers.get(name) ?? null;
  const [first, ...others] = providers.values();
  return first !== undefined && others.length === 0 ? first : null;
}

function badInput(message: string): Response {
  return errorResponse(new CarryallError('BAD_INPUT', message));
}
