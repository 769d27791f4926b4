import type { Fault } from '../errors.ts';
import type { Policy } from '../policy/schema.ts';

const MOST_ITEMS = 50;

/** The ids of the items that are meant by ids or names, and a fault for each that the policy does not name. */
export function itemIdsOf(
  policy: Policy,
  wanted: readonly string[],
): { readonly ids: readonly string[]; readonly faults: readonly Fault[] } {
  const faults: Fault[] = [];
  if (wanted.length === 0 || wanted.length > MOST_ITEMS)
    faults.push({ path: 'items', reason: `wanted 1 to ${MOST_ITEMS} of the policy's items` });
  const ids = wanted.flatMap((name, index) => {
    const found = policy.items.filter(({ id, item }) => id === name || item === name).map(({ id }) => id);
    if (found.length === 0) faults.push({ path: `items.${index}`, reason: `${policy.code} has no such item` });
    return found;
  });
  return { ids: [...new Set(ids)].toSorted(), faults };
}
