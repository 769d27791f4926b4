import type { ClaimedNotice } from './claim.ts';

/** What decides to which page a notice leads. */
interface Leading extends Pick<ClaimedNotice, 'kind' | 'role' | 'requestId'> {
  readonly tenantId: string;
  /** By which way the request came in. */
  readonly channel: string | null;
}

/**
 * The page that a notice leads to; null for a code, which leads nowhere. It names the request and is no key to it: whoever comes
 * signs in there, or is sent a code. A request that waits can be cancelled by whoever has its id, since that may be somebody
 * who can no longer sign in.
 */
export function noticeUrl(publicOrigin: string, { kind, role, requestId, tenantId, channel }: Leading): string | null {
  if (kind === 'IDENTITY_CODE') return null;
  if (requestId === null) return `${publicOrigin}/portal/`;
  const id = encodeURIComponent(requestId);
  const isPerson = role === 'PERSON';
  if (isPerson && kind === 'REQUEST_HELD') return `${publicOrigin}/intake/${tenantId}/${id}/cancel`;
  if (isPerson && channel === 'INTAKE') return `${publicOrigin}/intake/${tenantId}/${id}`;
  return `${publicOrigin}/portal/${isPerson ? 'requests' : 'queue'}/${id}`;
}
