import { hash } from 'node:crypto';
import { maskIp } from '../../access/masks.ts';
import type { Auditor } from '../../audit/auditor.ts';
import type { Clock } from '../../clock.ts';
import { isForActor, type Delivery } from '../../delivery/delivery.ts';
import type { Downloader } from '../../delivery/downloads.ts';
import type { GoneReason, LinkRow } from '../../delivery/link-row.ts';
import { readLink, type LinkClaims } from '../../delivery/link-token.ts';
import { isCarryallError } from '../../errors.ts';
import type { Authenticate, Caller } from '../authenticate.ts';
import { isFresh, type Principal } from '../identity/principal.ts';
import type { RequestHead } from './route.ts';

/**
 * Who comes to a link, and what they find.
 *
 * UNKNOWN  no link; or one of somebody else, which is as good as none
 * FORGED   not signed here
 * GONE     a link that is good no longer; why is told to its person alone
 * SIGN_IN  a good link, and nobody is signed in
 * STALE    its person, who must prove again who they are
 * OPEN     its person
 */
export type Visit =
  | { readonly kind: 'UNKNOWN' | 'SIGN_IN' | 'STALE' }
  | { readonly kind: 'FORGED'; readonly tenantId: string | null }
  | { readonly kind: 'GONE'; readonly reason: GoneReason | null; readonly caller: Caller | null }
  | { readonly kind: 'OPEN'; readonly link: LinkRow; readonly caller: Caller; readonly by: Downloader };

export interface VisitOptions {
  readonly delivery: Pick<Delivery, 'desk' | 'look'>;
  readonly authenticate: Authenticate;
  readonly audit: Pick<Auditor, 'look'>;
  readonly clock: Clock;
}

/** Finds out who comes with a token. Nothing is used up by it. Throws DATABASE_FAILED. */
export async function visit(options: VisitOptions, token: string, head: RequestHead): Promise<Visit> {
  const { delivery, authenticate, clock } = options;
  const read = await readLink(delivery.desk.linkKeys, token);
  if (read.kind === 'NONE') return { kind: 'UNKNOWN' };
  if (read.kind === 'FORGED') return read;
  const caller = await orNobody(authenticate(head.headers));
  if (caller !== null && !isForActor(read.claims, caller.actor)) return refuse(options, read.claims, caller);
  const state = await delivery.look(read.claims);
  if (state.kind === 'GONE') return { ...state, reason: caller === null ? null : state.reason, caller };
  if (caller === null) return { kind: 'SIGN_IN' };
  if (!isFresh(caller.principal, delivery.desk.limits.freshSeconds, clock.now())) return { kind: 'STALE' };
  const by = { actor: caller.actor, session: sessionOf(caller.principal, head.headers), network: maskIp(head.address) };
  return { kind: 'OPEN', link: state.link, caller, by };
}

/** A link that was passed on shows nothing, and its coming up elsewhere is on record. */
async function refuse(
  { audit }: VisitOptions,
  { tenantId, subjectId }: LinkClaims,
  { actor, policy }: Caller,
): Promise<Visit> {
  await audit.look({
    actor,
    subjectId: actor.tenant === tenantId ? subjectId : null,
    items: [],
    outcome: 'DENIED',
    action: 'DOWNLOAD',
    denial: 'NOT_FOUND',
    policy: { code: policy.code, version: policy.version },
  });
  return { kind: 'UNKNOWN' };
}

async function orNobody(authenticated: Promise<Caller>): Promise<Caller | null> {
  try {
    return await authenticated;
  } catch (error) {
    if (isCarryallError(error, 'UNAUTHENTICATED')) return null;
    throw error;
  }
}

/** Who comes with a token goes on with that very token. */
function sessionOf(principal: Principal, headers: Headers): string {
  const session = principal.via === 'SESSION' ? principal.sessionId : (headers.get('authorization') ?? '');
  return hash('sha256', `carryall download session\n${session}`, 'base64url');
}
