import { pseudonymiser } from './other-parties.ts';
import type { BundleRequest, Prepared } from './prepare.ts';
import { gateRules, RowGate } from './row-gate.ts';
import type { Selection } from './select.ts';

/** The gate for the rows of one file. */
export function gateOf(
  { plan, own }: Pick<Prepared, 'plan' | 'own'>,
  { subjectId, otherParties }: BundleRequest,
  selection: Selection,
  onRows?: (rows: number) => void,
): RowGate {
  const pseudonymise = otherParties === undefined ? undefined : pseudonymiser(otherParties, own);
  return new RowGate(gateRules(plan.policy, subjectId, selection, pseudonymise), onRows);
}
