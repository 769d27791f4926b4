import type { Relation } from '../catalogue/vocabulary.ts';
import { routeOf } from '../policy/routing.ts';
import type { Item, Policy } from '../policy/schema.ts';
import type { Actor } from './actor.ts';

/** In which capacity an actor meets an item; NONE means no data. */
export type Capacity = 'SUBJECT' | 'CONTROLLER' | 'PROCESSOR' | 'NONE';

export interface CapacityQuery {
  readonly policy: Policy;
  readonly item: Item;
  readonly relation: Relation;
  readonly actor: Actor;
}

/** A function of policy, item, relation and actor, and never of the actor alone (Art. 4(7)-(8)). */
export function capacityOf({ policy, item, relation, actor }: CapacityQuery): Capacity {
  const operator = operatorCapacity(policy, item, relation);
  switch (actor.kind) {
    case 'SUBJECT':
      return operator === 'NONE' ? 'NONE' : 'SUBJECT';
    case 'CONTROLLER_STAFF':
      if (actor.organisationId === null) return operator;
      // The customer is controller of exactly what the operator processes for it.
      return operator === 'PROCESSOR' ? 'CONTROLLER' : 'NONE';
    case 'PROCESSOR_STAFF':
      return operator === 'NONE' ? 'NONE' : 'PROCESSOR';
    case 'SUPPORT_AGENT':
    case 'INTERNAL_APP':
      return operator;
    case 'AUDITOR':
    case 'ADMINISTRATOR':
      return 'NONE';
    default:
      return actor satisfies never;
  }
}

/** While a review is open, the operator takes the weaker role: as if it processed for the other. */
function operatorCapacity(policy: Policy, item: Item, relation: Relation): Exclude<Capacity, 'SUBJECT'> {
  const route = routeOf(policy, item, relation);
  switch (route?.kind) {
    case 'CONTROLLER':
      return 'CONTROLLER';
    case 'PROCESSOR':
    case 'FORWARD':
    case 'NEEDS_REVIEW':
      return 'PROCESSOR';
    case 'REFER':
    case undefined:
      return 'NONE';
    default:
      return route satisfies never;
  }
}

/** Whether the operator holds the item for another controller, who must have told it what to do (Art. 28(3)(a)). */
export function isForAnother({ policy, item, relation }: Omit<CapacityQuery, 'actor'>): boolean {
  const kind = routeOf(policy, item, relation)?.kind;
  return kind === 'PROCESSOR' || kind === 'FORWARD';
}
