import type { Relation } from '../catalogue/vocabulary.ts';
import type { Item, Policy, Role, Route, RoutingRule } from './schema.ts';

/** The routing rule that decides, with its clause; null means that the policy gives no one a way in. */
export function routingRuleOf(policy: Policy, item: Item, relation: Relation): RoutingRule | null {
  return policy.routing.find((rule) => matches(rule, item, relation)) ?? null;
}

/**
 * Who answers for an item towards a relation (Art. 4(7), 28). First match wins and no match is a refusal.
 * Whether the item may ever leave (secrets) and where it is kept are for `dispositionOf`, which comes before.
 */
export function routeOf(policy: Policy, item: Item, relation: Relation): Route | null {
  return routingRuleOf(policy, item, relation)?.route ?? null;
}

/** The role code of an item; the parser has checked that it resolves. */
export function roleOf(policy: Policy, item: Item): Role {
  const role = policy.roles.find((entry) => entry.id === item.role);
  if (role === undefined) throw new TypeError(`${item.id} has no role ${item.role}`);
  return role;
}

function matches({ when }: RoutingRule, item: Item, relation: Relation): boolean {
  return (
    (when.relations?.includes(relation) ?? true) &&
    (when.roles?.includes(item.role) ?? true) &&
    (when.items?.includes(item.id) ?? true)
  );
}
