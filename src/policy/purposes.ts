import type { Item, Policy, Purpose } from './schema.ts';
import type { PurposeClass } from './words.ts';

/** The enabled purposes that a caller means by a purpose's id or by a class; none means unknown or not configured. */
export function purposesNamed(policy: Policy, name: string): readonly Purpose[] {
  return policy.purposes.filter((purpose) => purpose.enabled && (purpose.id === name || isOfClass(purpose, name)));
}

/** Of what a caller means, the purposes for which the policy lets this item be used. */
export function purposesFor(policy: Policy, item: Item, name: string): readonly Purpose[] {
  return purposesNamed(policy, name).filter((purpose) => item.purposes.includes(purpose.id));
}

/** True when one of the purposes is of the class. */
export function includesClass(purposes: readonly Purpose[], name: PurposeClass): boolean {
  return purposes.some((purpose) => isOfClass(purpose, name));
}

function isOfClass(purpose: Purpose, name: string): boolean {
  return purpose.classes.some((entry) => entry === name);
}
