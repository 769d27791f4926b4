import { hash } from 'node:crypto';
import type { VerifiedToken } from '../token.ts';

/** Tokens that were found genuine a moment ago. */
export interface VerifiedTokens {
  /** What a token says that was found genuine, and is still in force; undefined for one that is to be verified. */
  find(token: string, now: Date): VerifiedToken | undefined;
  keep(token: string, verified: VerifiedToken, now: Date): void;
}

interface Known {
  readonly verified: VerifiedToken;
  readonly from: number;
  readonly until: number;
}

const MOST = 10_000;
const KEPT_MS = 30_000;

/**
 * Remembers what was reckoned over a signature, by the digest of the token and for as long as the token is in force, half a
 * minute at most. Whether its principal was ended since is no part of it.
 */
export function rememberVerified(): VerifiedTokens {
  const known = new Map<string, Known>();
  return {
    find(token, now) {
      const digest = hash('sha256', token, 'base64');
      const found = known.get(digest);
      const at = now.getTime();
      // A clock that was set back knows nothing of what it verified later.
      if (found !== undefined && found.from <= at && at < found.until) return found.verified;
      known.delete(digest);
      return undefined;
    },
    keep(token, verified, now) {
      const from = now.getTime();
      const until = Math.min(verified.goodUntil.getTime(), from + KEPT_MS);
      known.set(hash('sha256', token, 'base64'), { verified, from, until });
      // A Map keeps the order of entry: the first is the one that was verified longest ago.
      if (known.size <= MOST) return;
      const [oldest] = known.keys();
      if (oldest !== undefined) known.delete(oldest);
    },
  };
}
