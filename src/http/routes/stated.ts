import type { Admitted } from '../../delivery/transmission/admission.ts';
import { isCarryallError } from '../../errors.ts';
import { refusal } from '../errors.ts';
import type { RateLimiter } from '../rate-limit.ts';
import type { CarriedRoute } from './route.ts';

const SCHEME = /^Carryall ([\w.-]{1,8000})$/;

/**
 * Admits to a route those whose statement stands in the head of the request, so that nothing of a body is read for somebody
 * unknown; all others get the same refusal.
 */
export function stated<S>(
  limiter: RateLimiter,
  admit: (jws: string) => Promise<Admitted<S> | null>,
): CarriedRoute<Admitted<S>>['admit'] {
  return async ({ headers, address }) => {
    await limiter.assertAddress(address);
    const [, jws] = SCHEME.exec(headers.get('authorization') ?? '') ?? [];
    const admitted = jws === undefined ? null : await known(() => admit(jws), limiter, address);
    if (admitted !== null) {
      const { name, tenant } = admitted.sender;
      await limiter.request({ kind: 'INTERNAL_APP', tenant, appId: `sender-${name}` });
      return admitted;
    }
    await limiter.stranger(address);
    throw refusal('UNAUTHENTICATED', undefined, { 'www-authenticate': 'Carryall' });
  };
}

/** Who signed a statement. While that cannot be found out, whoever comes is a stranger who may come again. */
async function known<A>(admit: () => Promise<A>, limiter: RateLimiter, address: string): Promise<A> {
  try {
    return await admit();
  } catch (error) {
    if (isCarryallError(error, 'DATABASE_FAILED')) throw error;
    await limiter.stranger(address);
    throw refusal('UNAVAILABLE', undefined, { 'retry-after': '60' });
  }
}
