import { CarryallError } from '../errors.ts';
import { purposesNamed } from '../policy/purposes.ts';
import type { Policy } from '../policy/schema.ts';
import type { ActorKind } from './actor.ts';
import { isReason } from './reason.ts';

/** Answering a data-subject request needs no purpose of the policy's: the law is the purpose (Art. 12, 15, 20). */
export const REQUEST_PURPOSE = 'DATA_SUBJECT_REQUEST';

/** What a caller says of a request before anything is read for it. */
export interface Declaration {
  /** The id or class of a purpose of the policy, or REQUEST_PURPOSE. */
  readonly purpose: string | null;
  readonly reason: string | null;
  readonly ticket: string | null;
  /** The purposes that the caller's API key is good for; null for who has no such key. */
  readonly keyPurposes: readonly string[] | null;
}

/** What an actor must declare before it is shown anything of a person. */
function wantedOf(kind: ActorKind): 'NOTHING' | 'PURPOSE' | 'PURPOSE_AND_REASON' {
  switch (kind) {
    // Subjects need no reason to see their own data; the others are shown no person at all.
    case 'SUBJECT':
    case 'AUDITOR':
    case 'ADMINISTRATOR':
      return 'NOTHING';
    case 'INTERNAL_APP':
      return 'PURPOSE';
    case 'CONTROLLER_STAFF':
    case 'PROCESSOR_STAFF':
    case 'SUPPORT_AGENT':
      return 'PURPOSE_AND_REASON';
    default:
      return kind satisfies never;
  }
}

/** Whether a purpose is one that such an actor can have: an enabled one of the policy, or for staff a request of the person. */
export function isPurposeKnown(policy: Policy, kind: ActorKind, purpose: string): boolean {
  const answersRequests = kind !== 'SUPPORT_AGENT' && kind !== 'INTERNAL_APP';
  return (answersRequests && purpose === REQUEST_PURPOSE) || purposesNamed(policy, purpose).length > 0;
}

/**
 * Checks what must be declared before anything of a person is read (A-40, X50). Throws PURPOSE_REQUIRED, and FORBIDDEN for a
 * purpose that the caller's key is not good for.
 */
export function assertDeclared(policy: Policy, kind: ActorKind, declaration: Declaration): void {
  const { purpose, reason, ticket, keyPurposes } = declaration;
  const wanted = wantedOf(kind);
  if (wanted === 'NOTHING') return;
  if (purpose === null || !isPurposeKnown(policy, kind, purpose)) {
    const known = policy.purposes.filter(({ enabled }) => enabled).map(({ id }) => id);
    throw new CarryallError(
      'PURPOSE_REQUIRED',
      `Say for which purpose you look, in the header x-carryall-purpose: ${known.join(', ')}, or a class of these.`,
    );
  }
  if (keyPurposes !== null && !purposesNamed(policy, purpose).every(({ id }) => keyPurposes.includes(id)))
    throw new CarryallError(
      'FORBIDDEN',
      `This key is good for ${keyPurposes.join(', ')}. Declare one of these in x-carryall-purpose.`,
    );
  if (wanted === 'PURPOSE_AND_REASON' && ticket === null && !isReason(reason ?? ''))
    throw new CarryallError(
      'PURPOSE_REQUIRED',
      'Say why you look: ten characters or more in the header x-carryall-reason, or a ticket in x-carryall-ticket.',
    );
}
