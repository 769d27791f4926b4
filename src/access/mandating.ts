import type { Policy } from '../policy/schema.ts';
import type { Actor } from './actor.ts';
import { VISIBILITY, type Column } from './visibility-table.ts';

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

/**
 * Whether a grant can open anything of a policy to an actor: an item that one of the actor's columns leaves to a grant. Where
 * none does, there is no need to ask which grants there are.
 */
export function canGrantsOpen(policy: Policy, actor: Actor): boolean {
  const columns = columnsOf(policy, actor);
  return policy.items.some(({ sensitivity }) => columns.some((column) => VISIBILITY[sensitivity][column] === 'GRANT'));
}

/** The columns in which an actor who may ask for grants looks. */
function columnsOf({ routing }: Policy, actor: Actor): readonly Column[] {
  if (!mayAskForGrants(actor)) return [];
  if (actor.kind === 'SUPPORT_AGENT' || actor.kind === 'PROCESSOR_STAFF') return [actor.kind];
  // Where the operator is a processor, or it is under review, its own staff are a processor's.
  const isController = routing.every(({ route }) => route.kind === 'CONTROLLER' || route.kind === 'REFER');
  return isController ? ['CONTROLLER_STAFF'] : ['CONTROLLER_STAFF', 'PROCESSOR_STAFF'];
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
