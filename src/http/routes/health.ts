import type { Route } from './route.ts';

/** That the process answers; it says nothing of what stands behind it. */
export const healthRoute: Route = {
  method: 'GET',
  path: '/healthz',
  counted: 'FREE',
  handle: () => Promise.resolve(new Response('ok\n', { headers: { 'content-type': 'text/plain' } })),
};
