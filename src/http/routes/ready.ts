import { RETRY_AFTER_SECONDS } from '../errors.ts';
import type { Route } from './route.ts';

/** Whether requests may be sent here; which part of what stands behind is missing is for the log, not for strangers. */
export function readyRoute(isReady: () => Promise<boolean>): Route {
  return {
    method: 'GET',
    path: '/readyz',
    counted: 'FREE',
    handle: async () => {
      const ready = await isReady();
      return new Response(ready ? 'ready\n' : 'not ready\n', {
        status: ready ? 200 : 503,
        headers: {
          'content-type': 'text/plain',
          'cache-control': 'no-store',
          ...(ready ? {} : { 'retry-after': RETRY_AFTER_SECONDS }),
        },
      });
    },
  };
}
