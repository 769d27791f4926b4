import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from 'jose';
import * as oidc from 'openid-client';
import { createBoundedFetch, type Fetch } from './bounded-fetch.ts';
import { refused } from './refusal.ts';
import { isSafeUrl, type IssuerSettings } from './settings.ts';

/** An issuer as it is reached over the network. Nothing is asked of it before it is needed. */
export interface Provider {
  readonly settings: IssuerSettings;
  /** Finds the key of a token. Throws UNAUTHENTICATED when the issuer cannot be reached and no key of it is known. */
  readonly keys: JWTVerifyGetKey;
  /** Carryall as a client of the issuer, from its own metadata. Throws UNAUTHENTICATED when it cannot be reached. */
  client(): Promise<oidc.Configuration>;
}

const TIMEOUT_SECONDS = 5;
/** Keys older than this are looked for again, while those at hand go on working. */
const REFRESH_MS = 10 * 60_000;
/** Keys that could not be renewed for so long are believed no more. */
const LONGEST_KEYS_MS = 24 * 3_600_000;
/** Unknown key ids make us ask the issuer no oftener than this. */
const COOLDOWN_MS = 30_000;

/** `closing` ends requests to the issuer that are under way. */
export function createProvider(settings: IssuerSettings, closing: AbortSignal): Provider {
  const fetchBounded = createBoundedFetch(closing);
  const client = remembered(() => discover(settings, fetchBounded));
  const keySet = remembered(async () => {
    const uri = settings.jwksUri ?? (await client()).serverMetadata().jwks_uri;
    if (uri === undefined || !isSafeUrl(uri)) throw refused('PROVIDER_DOWN');
    return createKeySet(new URL(uri), fetchBounded);
  });
  return { settings, client, keys: async (header, token) => (await keySet())(header, token) };
}

function createKeySet(uri: URL, fetchBounded: Fetch): JWTVerifyGetKey {
  const remote = createRemoteJWKSet(uri, {
    timeoutDuration: TIMEOUT_SECONDS * 1000,
    cooldownDuration: COOLDOWN_MS,
    cacheMaxAge: LONGEST_KEYS_MS,
    [customFetch]: fetchBounded,
  });
  let askedAt = performance.now();
  return async (header, token) => {
    // In the background: a provider that is slow or down must not hold up those whose key is at hand.
    if (remote.fresh && performance.now() - askedAt > REFRESH_MS) {
      askedAt = performance.now();
      remote.reload().catch(() => {});
    }
    return remote(header, token);
  };
}

async function discover(settings: IssuerSettings, fetchBounded: Fetch): Promise<oidc.Configuration> {
  const { issuer, signIn } = settings;
  const plain = new URL(issuer).protocol === 'http:' ? [oidc.allowInsecureRequests] : [];
  try {
    return await oidc.discovery(new URL(issuer), signIn?.clientId ?? 'carryall', signIn?.clientSecret, undefined, {
      // Signatures are checked even where the token came over TLS from the issuer itself.
      execute: [oidc.enableNonRepudiationChecks, ...plain],
      timeout: TIMEOUT_SECONDS,
      [oidc.customFetch]: (url, { body, ...options }) =>
        fetchBounded(url, { ...options, body: body as BodyInit | null }),
    });
  } catch (cause) {
    throw refused('PROVIDER_DOWN', cause);
  }
}

/** Makes it once, when first asked; a failure is not remembered. */
function remembered<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () =>
    (made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    }));
}
