import type { Policy } from '../../policy/schema.ts';
import { purposesOf } from './categories.ts';
import { NOT_STATED } from './header.ts';
import type { Held, HeldItem } from './held.ts';

/**
 * Art. 15(1)(h): what machines concluded about the person, item by item, and what the policy says of how and to what end.
 * No policy here states a decision by machine alone; silence is told as silence, and is no denial.
 */
export function automatedDecisionsOf(policy: Policy, { items }: Held): object {
  const inferred = items.filter(({ item }) => item.provenance === 'INFERRED' || item.sensitivity === 'INFERENCE');
  return {
    stated: policy.rights.some(({ right, stated }) => right === 'NO_AUTOMATED_DECISION' && stated !== null),
    text: NOT_STATED,
    profiling: inferred.map(({ item }) => item.item),
    inferences: inferred.map((held) => inferenceOf(policy, held)),
    promises: policy.promises,
  };
}

function inferenceOf(policy: Policy, held: HeldItem): object {
  const { item, sections } = held;
  return {
    item: item.id,
    itemName: item.item,
    datasets: sections.map(({ section }) => section.name),
    clause: item.clause,
    says: item.quote,
    purposes: purposesOf(policy, [held]),
    logic: { status: 'NOT_STATED', text: NOT_STATED },
    consequences: { status: 'NOT_STATED', text: NOT_STATED },
  };
}
