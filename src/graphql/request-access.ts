import { REQUEST_PURPOSE } from '../access/declaration.ts';
import { CarryallError } from '../errors.ts';
import type { Reader } from '../store/session.ts';
import { noRequest, readRequest, type RequestRow } from '../requests/read.ts';
import type { Act } from '../requests/staff.ts';
import type { Declared } from '../requests/write.ts';
import { assertMayLook, refused } from './admit.ts';
import type { GatewayContext } from './context.ts';
import { opensTechnical } from './decide.ts';
import { declarationOf } from './record-looks.ts';

/**
 * Lets only the operator's privacy staff pass, who say that they answer requests, and why. Only for use within `noting`, which
 * puts a refusal on record. Throws FORBIDDEN and PURPOSE_REQUIRED.
 */
export function assertWorksRequests(context: GatewayContext, subjectId: string | null = null): void {
  const { actor, purpose } = context;
  if (actor.kind === 'SUBJECT' || !opensTechnical(context))
    throw new CarryallError('FORBIDDEN', "Requests are worked by the operator's privacy staff.");
  const about = { action: 'REQUEST', subjectId } as const;
  assertMayLook(context, about);
  if (purpose === REQUEST_PURPOSE) return;
  const message = `Requests are worked for one purpose: x-carryall-purpose: ${REQUEST_PURPOSE}.`;
  throw refused(context, new CarryallError('PURPOSE_REQUIRED', message), about);
}

/**
 * A request that the actor may see: a person's own, and for the operator's privacy staff all. Throws NOT_FOUND alike for none and
 * for another person's, FORBIDDEN and PURPOSE_REQUIRED.
 */
export async function reachRequest(context: GatewayContext, reader: Reader, id: string): Promise<RequestRow> {
  const { actor, tenant } = context;
  if (actor.kind !== 'SUBJECT') assertWorksRequests(context);
  const row = await readRequest(reader, tenant.tenantId, id);
  if (actor.kind === 'SUBJECT' && row.subjectId !== actor.subjectId) throw noRequest();
  return row;
}

/** Who acts on a request, as the request's own room wants it. */
export function actOn(context: GatewayContext, requestId: string): Act & { readonly declared: Declared } {
  const { actor, tenant } = context;
  const { actor: _actor, ...declared } = declarationOf(context);
  return { tenantId: tenant.tenantId, requestId, by: actor, declared };
}
