import { loadPolicies } from '../../src/policy/book.ts';
import type { Item, Policy } from '../../src/policy/schema.ts';

/** The shipped policies. */
export const book = loadPolicies();

/** A policy and its item, by the item's id. */
export function named(id: string): { policy: Policy; item: Item } {
  const policy = book.policyOf(id.slice(0, 2));
  const item = policy.items.find((entry) => entry.id === id);
  if (item === undefined) throw new TypeError(`no item ${id}`);
  return { policy, item };
}
