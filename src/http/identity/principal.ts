import type { Actor } from '../../access/actor.ts';

/**
 * Who was authenticated, and how. What they may see follows from `actor` alone; the rest only ever narrows it.
 *
 * TOKEN    a signed token of an issuer, in the Authorization header
 * API_KEY  a key of an internal app, which is good for its `purposes` and no others
 * SESSION  a person who signed in with a browser
 */
export type Principal =
  | (Authenticated & { readonly via: 'TOKEN'; readonly issuer: string })
  | (Authenticated & { readonly via: 'API_KEY'; readonly keyId: string; readonly purposes: readonly string[] })
  | (Authenticated & { readonly via: 'SESSION'; readonly sessionId: string; readonly expiresAt: Date });

interface Authenticated {
  readonly actor: Actor;
  /** When they last proved who they are: at the provider, for people. An action that asks for a fresh proof looks here. */
  readonly authenticatedAt: Date;
}

/** True when the principal proved who they are within the last `seconds`. */
export function isFresh({ authenticatedAt }: Principal, seconds: number, now: Date): boolean {
  const age = now.getTime() - authenticatedAt.getTime();
  return age <= seconds * 1000;
}
