import type { Actor } from './actor.ts';

/** Whether an actor may ask for a grant: whom a grant can open anything to. A customer needs none for its own data. */
export function mayAskForGrants(actor: Actor): boolean {
  switch (actor.kind) {
    case 'SUPPORT_AGENT':
    case 'PROCESSOR_STAFF':
      return true;
    case 'CONTROLLER_STAFF':
      return actor.organisationId === null;
    case 'SUBJECT':
    case 'INTERNAL_APP':
    case 'AUDITOR':
    case 'ADMINISTRATOR':
      return false;
    default:
      return actor satisfies never;
  }
}

/** Whether an actor may decide on grants of the tenant, though never on one of its own. */
export function mayDecideGrants(actor: Actor): boolean {
  return actor.kind === 'ADMINISTRATOR' || (actor.kind === 'CONTROLLER_STAFF' && actor.organisationId === null);
}

/**
 * Whether an actor may speak for a customer as controller: its own staff, and an administrator who names the document
 * in which the customer says it (Art. 28(3)(a) wants it documented).
 */
export function mayInstructFor(actor: Actor, organisationId: string, document: string | null): boolean {
  if (actor.kind === 'ADMINISTRATOR') return document !== null;
  return actor.kind === 'CONTROLLER_STAFF' && actor.organisationId === organisationId;
}
