import { actorIdOf } from '../../access/actor.ts';
import type { Principal } from './principal.ts';

/** GET /auth/me: who you are to the gateway, for pages. */
export function me(principal: Principal): Response {
  const { via, actor, authenticatedAt } = principal;
  return Response.json(
    {
      via,
      tenant: actor.tenant,
      kind: actor.kind,
      id: actorIdOf(actor),
      authenticatedAt,
      ...(principal.via === 'SESSION' ? { expiresAt: principal.expiresAt } : {}),
      ...(principal.via === 'API_KEY' ? { purposes: principal.purposes } : {}),
    },
    { headers: { 'cache-control': 'no-store' } },
  );
}
