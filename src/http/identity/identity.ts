import type { Auditor } from '../../audit/auditor.ts';
import type { Clock } from '../../clock.ts';
import { CarryallError, isCarryallError } from '../../errors.ts';
import { openPacketReader } from '../../store/packet-reader.ts';
import type { Route } from '../routes/route.ts';
import { authenticateApiKey } from './api-keys.ts';
import { KEY_PREFIX } from './api-key-format.ts';
import { createBrowserSessions, type BrowserSessions } from './browser-sessions.ts';
import { callback } from './callback.ts';
import { me } from './me.ts';
import { notSignedIn } from './pages.ts';
import type { Principal } from './principal.ts';
import { createProvider } from './provider.ts';
import type { Recorded } from './recorded.ts';
import { refusalOf, refused, refusedActor, type RefusalKind } from './refusal.ts';
import { CALLBACK_PATH, createSignIns, signIn, type SignIns } from './sign-in.ts';
import { signOut } from './sign-out.ts';
import { isSafeUrl, secondsOf, type IdentitySettings } from './settings.ts';
import { authenticateToken, type ReaderOf } from './tokens.ts';
import { rememberVerified } from './verified-tokens.ts';

export interface IdentityOptions extends Recorded {
  readonly audit: Pick<Auditor, 'append' | 'look'>;
  readonly clock: Clock;
  readonly settings: IdentitySettings;
  /** Where browsers find the gateway: scheme, host and port. Needed where people sign in. */
  readonly publicOrigin?: string | undefined;
  /** The key of the data folder, 32 bytes or more: it signs local tokens, and keys that seal cookies are derived from it. */
  readonly secret: Uint8Array;
  /** Hears why somebody was refused, for counting; nothing of it is for the client. */
  readonly onRefusal?: (kind: RefusalKind) => void;
}

/** Tells who calls. */
export interface Identity extends AsyncDisposable {
  /**
   * The sender of a request, from its headers alone: a token or an API key, and without these a session. Throws
   * UNAUTHENTICATED, always in the same words; `refusalOf` tells why. Once a token is known to be genuine, what is kept of its
   * principal is read through `readerOf`.
   */
  authenticate(headers: Headers, readerOf?: ReaderOf): Promise<Principal>;
  /** What is served under /auth/. */
  readonly routes: readonly Route[];
}

const BEARER = /^Bearer +([\w.~+/=-]{1,8192})$/i;

/**
 * Opens identity. Nothing is asked of any provider before it is needed. Throws BAD_INPUT for a secret that is too short, and
 * where people sign in for an origin that is missing or not safe.
 */
export function openIdentity(options: IdentityOptions): Identity {
  const { pool, audit, clock, settings, secret, onRefusal = () => {} } = options;
  const { issuers, localTokens, session } = settings;
  const closing = new AbortController();
  const providers = issuers.map((issuer) => createProvider(issuer, closing.signal));
  const tokens = {
    pool,
    providers: new Map(providers.map((provider) => [provider.settings.issuer, provider])),
    local: localTokens ? { key: { secret }, verified: rememberVerified() } : null,
  };
  const life = { longestSeconds: secondsOf(session.longest) ?? 0, idleSeconds: secondsOf(session.idle) ?? 0 };
  const forPeople = providers.filter((provider) => provider.settings.signIn !== undefined);
  const publicUrl = forPeople.length === 0 ? (options.publicOrigin ?? '') : originOf(options.publicOrigin);
  const sessions = createBrowserSessions({ pool, audit }, secret, publicUrl, life);
  const signIns = createSignIns(
    {
      publicUrl,
      longestSeconds: life.longestSeconds,
      providers: new Map(forPeople.map((provider) => [provider.settings.name, provider])),
    },
    secret,
  );

  const identify = (headers: Headers, now: Date, readerOf: ReaderOf): Promise<Principal> => {
    const authorization = headers.get('authorization');
    if (authorization === null) return sessions.authenticate(headers, now);
    // Whoever presents a token means it: a session that is there as well is no way out of a wrong one.
    const [, credential] = BEARER.exec(authorization) ?? [];
    if (credential === undefined) throw refused('MALFORMED');
    return credential.startsWith(KEY_PREFIX)
      ? authenticateApiKey(pool, credential, now)
      : authenticateToken({ ...tokens, readerOf }, credential, now);
  };
  const ownReader: ReaderOf = (tenantId) => openPacketReader(pool, tenantId);
  const authenticate = async (headers: Headers, readerOf = ownReader): Promise<Principal> => {
    try {
      return await identify(headers, clock.now(), readerOf);
    } catch (error) {
      const kind = refusalOf(error);
      if (kind !== null) onRefusal(kind);
      const actor = refusedActor(error);
      // Refused is refused, also where it cannot be written down: then the auditor tells of it, and writes it later.
      if (actor !== null)
        await audit
          .look({ actor, action: 'SIGN_IN', outcome: 'DENIED', denial: 'ENDED', subjectId: null, items: [] })
          .catch(() => {});
      throw error;
    }
  };
  return {
    authenticate,
    routes: [
      { method: 'GET', path: '/auth/me', handle: async ({ headers }) => me(await authenticate(headers)) },
      ...(forPeople.length === 0 ? [] : routesForPeople(options, signIns, sessions)),
    ],
    [Symbol.asyncDispose]: async () => closing.abort(),
  };
}

function routesForPeople(
  { pool, clock, onRefusal = () => {} }: IdentityOptions,
  signIns: SignIns,
  sessions: BrowserSessions,
): readonly Route[] {
  const told = async (answer: () => Promise<Response>): Promise<Response> => {
    try {
      return await answer();
    } catch (error) {
      if (!isCarryallError(error, 'UNAUTHENTICATED')) throw error;
      onRefusal(refusalOf(error) ?? 'NOT_GENUINE');
      return notSignedIn(signIns.forget());
    }
  };
  return [
    {
      method: 'GET',
      path: '/auth/sign-in',
      handle: (request) => told(() => signIn(signIns, request, clock.now())),
    },
    {
      method: 'GET',
      path: CALLBACK_PATH,
      handle: (request) => told(() => callback(pool, signIns, sessions, request, clock.now())),
    },
    {
      method: 'POST',
      path: '/auth/sign-out',
      handle: (request) => signOut(signIns, sessions, request, clock.now()),
    },
  ];
}

/** Where providers send people back to. */
function originOf(publicOrigin = ''): string {
  if (isSafeUrl(publicOrigin) && URL.parse(publicOrigin)?.origin === publicOrigin) return publicOrigin;
  throw new CarryallError(
    'BAD_INPUT',
    'People sign in, and come back by an address: CARRYALL_PUBLIC_ORIGIN wants https://HOST, or http on this machine.',
  );
}
