import { z } from 'zod';
import { createCookie } from './cookies.ts';
import type { Principal } from './principal.ts';
import type { Vouched } from './principals.ts';
import type { Recorded } from './recorded.ts';
import { refused } from './refusal.ts';
import { actorOf } from '../../access/actor.ts';
import { createSeal } from './sealed.ts';
import { endSession, openSession, readSession, type SessionLife } from './sessions.ts';

/** Sessions as browsers have them: a sealed cookie that names a row. */
export interface BrowserSessions {
  /** The person whose browser sends the cookie. Throws UNAUTHENTICATED. */
  authenticate(headers: Headers, now: Date): Promise<Principal>;
  /** Opens a session and returns its Set-Cookie header. One that the browser had is over. Throws UNAUTHENTICATED. */
  open(headers: Headers, issuer: string, vouched: Vouched, authenticatedAt: Date, now: Date): Promise<string>;
  /** Ends the browser's session; returns the Set-Cookie header that removes it, and the issuer's name when there was one. */
  end(headers: Headers, now: Date): Promise<{ readonly cookie: string; readonly issuer: string | null }>;
}

const sealedSchema = z.strictObject({ tenant: z.string(), id: z.string(), issuer: z.string() });

export function createBrowserSessions(
  place: Recorded,
  secret: Uint8Array,
  publicUrl: string,
  life: SessionLife,
): BrowserSessions {
  const seal = createSeal(secret, 'session', sealedSchema);
  const cookie = createCookie('carryall-session', publicUrl);
  const named = async (headers: Headers, now: Date) => {
    const text = cookie.read(headers);
    return text === null ? null : await seal.open(text, now);
  };
  const end = async (headers: Headers, now: Date): Promise<{ cookie: string; issuer: string | null }> => {
    const session = await named(headers, now);
    if (session !== null) await endSession(place, session.tenant, session.id);
    return { cookie: cookie.clear(), issuer: session?.issuer ?? null };
  };
  return {
    end,
    async authenticate(headers, now) {
      if (cookie.read(headers) === null) throw refused('NO_CREDENTIAL');
      const session = await named(headers, now);
      if (session === null) throw refused('NOT_GENUINE');
      const { tenant, role, authenticatedAt, expiresAt } = await readSession(
        place.pool,
        session.tenant,
        session.id,
        life,
        now,
      );
      return { via: 'SESSION', sessionId: session.id, actor: actorOf(tenant, role), authenticatedAt, expiresAt };
    },
    async open(headers, issuer, vouched, authenticatedAt, now) {
      const { tenant, id, expiresAt } = await openSession(place, vouched, authenticatedAt, life, now);
      await end(headers, now);
      return cookie.set(await seal.close({ tenant, id, issuer }, expiresAt), life.longestSeconds);
    },
  };
}
