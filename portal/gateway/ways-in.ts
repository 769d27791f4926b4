import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { Answer } from './ask.ts';
import { AskError } from './ask.ts';

/** How people get in, as the gateway tells strangers. */
export interface WaysIn {
  /** Names of providers with whom people sign in. */
  readonly providers: readonly string[];
  /** Whether people can ask without an account, by a code. */
  readonly byCode: boolean;
}

export const SIGN_IN_PATH = '/sign-in';
const BASE = '/portal';

/** Asks for the ways in. */
export function useWaysIn(): UseQueryResult<Answer<WaysIn>, AskError> {
  return useQuery<Answer<WaysIn>, AskError>({
    queryKey: ['ways-in'],
    queryFn: async ({ signal }) => {
      const response = await fetch(`${BASE}/ways-in`, { signal, redirect: 'error' }).catch(() => null);
      if (response?.ok !== true) throw new AskError('OFFLINE', 'The gateway does not answer.');
      return { data: (await response.json()) as WaysIn, privacy: { nulls: [] } };
    },
  });
}

/** The portal's page for signing in, which leads back to where one is; `fresh` makes the person prove anew who they are. */
export function signInPage(fresh: boolean): string {
  const { pathname } = window.location;
  return `${BASE}${SIGN_IN_PATH}?return_to=${encodeURIComponent(pathname)}${fresh ? '&fresh=1' : ''}`;
}

/** Where one signs in with a provider, and comes back from to where one was. */
export function signInAddress(provider: string): string {
  const { pathname, search } = window.location;
  const asked = new URLSearchParams(search);
  const wanted = pathname === BASE + SIGN_IN_PATH ? (asked.get('return_to') ?? BASE) : pathname;
  // A link from elsewhere must not lead past the portal.
  const returnTo = wanted === BASE || wanted.startsWith(`${BASE}/`) ? wanted : BASE;
  const fresh = asked.get('fresh') === '1' ? { fresh: '1' } : {};
  return `/auth/sign-in?${new URLSearchParams({ with: provider, return_to: returnTo, ...fresh }).toString()}`;
}

const OPERATOR_KEY = 'carryall.operator';
const OPERATOR = /^[a-z][a-z0-9-]{0,62}$/;

/** Remembers at whom somebody was, so that they find the way in again. */
export function keepOperator(id: string): void {
  localStorage.setItem(OPERATOR_KEY, id);
}

/** At whom somebody was here before; empty for nobody. */
export function operatorBefore(): string {
  return localStorage.getItem(OPERATOR_KEY) ?? '';
}

/** The page on which one asks by a code; null for what cannot be the name of an operator. */
export function intakeAddress(operator: string): string | null {
  const name = operator.trim().toLowerCase();
  return OPERATOR.test(name) ? `/intake/${name}` : null;
}
