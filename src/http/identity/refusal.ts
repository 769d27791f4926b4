import type { Actor } from '../../access/actor.ts';
import { CarryallError } from '../../errors.ts';
import { unauthenticated } from '../token.ts';

/**
 * Why somebody was refused: for counting and for the log of those who run the gateway, never for the client, who is told
 * the same words whatever it was.
 *
 * NO_CREDENTIAL  nothing was presented, as by anybody who comes first
 * MALFORMED      not of the form, too large, or of an issuer that is not known
 * NOT_GENUINE    signature, type, audience or time of a token; a cookie that was not sealed here; a key that does not exist
 * NOT_MAPPED     genuine, but its claims say no tenant, person or role that is known
 * ENDED          genuine, but revoked, expired, signed out, or of a role that the person has no more
 * PROVIDER_DOWN  an identity provider did not answer, so nothing could be checked
 */
export type RefusalKind = 'NO_CREDENTIAL' | 'MALFORMED' | 'NOT_GENUINE' | 'NOT_MAPPED' | 'ENDED' | 'PROVIDER_DOWN';

/** The cause of an UNAUTHENTICATED error. */
class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly kind: RefusalKind;
  readonly actor: Actor | null;

  constructor(kind: RefusalKind, cause: unknown, actor: Actor | null) {
    super(kind, cause === undefined ? undefined : { cause });
    this.kind = kind;
    this.actor = actor;
  }
}

/** UNAUTHENTICATED, in the same words for every kind. */
export function refused(kind: RefusalKind, cause?: unknown): CarryallError {
  return unauthenticated(new Refusal(kind, cause, null));
}

/** ENDED, of a credential that was genuine: it is known whose it was, which the audit log is told. */
export function ended(actor: Actor): CarryallError {
  return unauthenticated(new Refusal('ENDED', undefined, actor));
}

/** Why an UNAUTHENTICATED error was thrown; null for any other error. */
export function refusalOf(error: unknown): RefusalKind | null {
  return error instanceof CarryallError && error.cause instanceof Refusal ? error.cause.kind : null;
}

/** Whose genuine credential was refused; null where that is not known. */
export function refusedActor(error: unknown): Actor | null {
  return error instanceof CarryallError && error.cause instanceof Refusal ? error.cause.actor : null;
}
