import { openIssuer, type TestIssuer } from './issuer.ts';
import { openTestIdentity, outcome, type TestIdentity } from './open-identity.ts';

/** An issuer and a gateway that believes it, at one instant. */
export interface Standing extends AsyncDisposable {
  readonly issuer: TestIssuer;
  readonly at: TestIdentity;
  /** The instant, in seconds since 1970. */
  readonly seconds: number;
  /** Who the bearer of a token is. */
  by(token: string): Promise<unknown>;
}

/** The clock stands still, on a whole second: what is one second too late is so by one second. */
export async function openStanding(): Promise<Standing> {
  const seconds = Math.floor(Date.now() / 1000);
  const issuer = await openIssuer(() => new Date(seconds * 1000));
  const at = await openTestIdentity(issuer.settings);
  at.clock.now = () => new Date(seconds * 1000 + at.clock.ahead);
  return {
    issuer,
    at,
    seconds,
    by: (token) => outcome(at.identity, { authorization: `Bearer ${token}` }),
    [Symbol.asyncDispose]: async () => {
      await at[Symbol.asyncDispose]();
      await issuer[Symbol.asyncDispose]();
    },
  };
}

/** Who the bearer of an unchanged token of the issuer is. */
export const SUPPORT = { kind: 'SUPPORT_AGENT', tenant: 'acme', staffId: 'corp:u1' };
