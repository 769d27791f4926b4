import type { Outcome, Part } from './parts.ts';
import { isBuilt, type RequestRight, type RequestStep } from './states.ts';
import type { Customer, Standing } from './standing.ts';

/** Who answers for the items of one role, towards one relation. */
export interface Decision {
  readonly role: string;
  readonly relation: string;
  readonly outcome: Outcome;
  readonly party: string;
  readonly clauses: readonly string[];
  readonly items: readonly string[];
  readonly isInstructed: boolean;
}

/**
 * The decisions of a request, one for each role, relation and outcome.
 *
 * What the person learns from them. Of the operator's own data, and of what is so unclear that a person must look, that
 * something is held: that is the operator's to say. Of data of other controllers nothing: these decisions are made for every
 * recognised person alike from what the policy says of the relations in which they stand, and read the same whether or not a
 * row is held (Art. 28(3)(e)). A relation is told where another could not be asked at all without it: whose end user one
 * is. Rows in which one is the other party of a call are other people's, so whether there are any is not told either.
 */
export function decisionsOf(parts: readonly Part[], standing: Standing): readonly Decision[] {
  const told = parts.filter((part) => isTold(part, standing));
  const groups = Map.groupBy(told, ({ role, relation, outcome }) => `${role}/${relation}/${outcome}`);
  return [...groups.values()].flatMap((group): Decision[] => {
    const [first] = group;
    if (first === undefined) return [];
    const { role, relation, outcome } = first;
    const unique = (of: readonly string[]): string[] => [...new Set(of)].toSorted();
    return [
      {
        role,
        relation,
        outcome,
        party: partyOf(first, standing),
        clauses: unique(group.flatMap(({ clauses }) => clauses)),
        items: unique(group.map(({ item }) => item)),
        isInstructed: group.some(({ isInstructed }) => isInstructed),
      },
    ];
  });
}

function isTold({ dataset, relation, outcome, isInstructed }: Part, standing: Standing): boolean {
  const isHeld = dataset !== null && standing.holds(dataset, relation);
  switch (outcome) {
    case 'BUILD':
      return isInstructed ? standing.relations.has(relation) : isHeld;
    case 'NEEDS_REVIEW':
      return relation === 'CALL_COUNTERPARTY' ? standing.relations.has(relation) : isHeld;
    case 'INSTRUCTION_REQUIRED':
    case 'FORWARDED':
    case 'REFERRED':
      return standing.relations.has(relation);
    default:
      return outcome satisfies never;
  }
}

/** The controllers who are to hear of a decision, as far as the store names them. */
export function controllersFor(
  { outcome, relation }: Pick<Decision, 'outcome' | 'relation'>,
  of: Standing,
): readonly Customer[] {
  // In other people's rows those people's controllers decide; which they are is not looked up.
  if (relation === 'CALL_COUNTERPARTY') return [];
  if (outcome === 'FORWARDED') return of.endUserOf;
  return outcome === 'INSTRUCTION_REQUIRED' ? [...of.endUserOf, ...of.memberOf] : [];
}

/** The controller by name where the person knows whose customer or colleague they are, else as the policy calls it. */
function partyOf(part: Part, standing: Standing): string {
  const names = controllersFor(part, standing).map(({ name }) => name);
  return names.length === 0 ? part.party : names.join(', ');
}

/** Whether rows are held of what a controller would have to instruct: reason enough to ask, and told to the controller alone. */
export function isInstructionWanted(parts: readonly Part[], standing: Standing): boolean {
  return parts.some(
    ({ dataset, relation, outcome }) =>
      outcome === 'INSTRUCTION_REQUIRED' &&
      relation !== 'CALL_COUNTERPARTY' &&
      dataset !== null &&
      standing.holds(dataset, relation),
  );
}

/**
 * How a request goes on. What is the operator's own comes first, and nothing of it waits for the rest; where nobody is named,
 * the answer is that nothing is held, which is the operator's own.
 */
export function stepFor(
  right: RequestRight,
  decisions: readonly Pick<Decision, 'outcome'>[],
): Extract<RequestStep, `ROUTE_${string}`> {
  const own = isBuilt(right) ? 'ROUTE_BUILD' : 'ROUTE_REVIEW';
  const has = (outcome: Outcome): boolean => decisions.some((each) => each.outcome === outcome);
  if (has('BUILD')) return own;
  if (has('NEEDS_REVIEW')) return 'ROUTE_REVIEW';
  if (has('INSTRUCTION_REQUIRED')) return 'ROUTE_INSTRUCT';
  if (has('FORWARDED')) return 'ROUTE_FORWARD';
  return own;
}
