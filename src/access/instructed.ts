import { purposesNamed } from '../policy/purposes.ts';
import type { Item, Policy } from '../policy/schema.ts';

/** What one controller has told the operator to do with items of its own (Art. 28(3)(a)). */
export interface InstructedUse {
  /** A purpose's id or class, or REQUEST_PURPOSE. */
  readonly purpose: string;
  /** Ids of items. */
  readonly items: readonly string[];
}

/** Whether every controller whose data it is has told the operator to use an item so; where there is none, none has. */
export function isInstructed(
  policy: Policy,
  item: Item,
  purpose: string | null,
  byController: readonly (readonly InstructedUse[])[],
): boolean {
  if (purpose === null || byController.length === 0) return false;
  return byController.every((uses) =>
    uses.some((use) => use.items.includes(item.id) && isWithin(policy, purpose, use.purpose)),
  );
}

function isWithin(policy: Policy, purpose: string, instructed: string): boolean {
  if (purpose === instructed) return true;
  const meant = purposesNamed(policy, purpose);
  const allowed = purposesNamed(policy, instructed);
  return meant.length > 0 && meant.every((each) => allowed.includes(each));
}
