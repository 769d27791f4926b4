import { openCodes } from '../../requests/identity/codes.ts';
import type { RequestDesk } from '../../requests/write.ts';
import { createBrowserSessions } from '../identity/browser-sessions.ts';
import type { Recorded } from '../identity/recorded.ts';
import type { IntakeOptions } from './intake.ts';
import { createIntakeLimiter, INTAKE_LIMITS } from './limits.ts';

/** A code shows that somebody reads an address at this moment, and no more: its session is short. */
const SESSION_LIFE = { longestSeconds: 3600, idleSeconds: 900 } as const;

export interface OpenIntakeOptions extends Recorded {
  readonly requests: RequestDesk;
  readonly secret: Uint8Array;
  readonly publicOrigin: string;
  /** Whether something sends text messages. */
  readonly takesNumbers: boolean;
}

/** The way in for people who cannot sign in, as a gateway carries it. */
export function openIntake({
  pool,
  audit,
  requests,
  secret,
  publicOrigin,
  takesNumbers,
}: OpenIntakeOptions): IntakeOptions {
  return {
    desk: { ...requests, codes: openCodes(secret), takesNumbers },
    limits: createIntakeLimiter(pool, INTAKE_LIMITS),
    sessions: createBrowserSessions({ pool, audit }, secret, publicOrigin, SESSION_LIFE),
    publicOrigin,
    requestPath: (requestId) => `/portal/requests/${requestId}`,
  };
}
