import { isPurposeKnown } from '../access/declaration.ts';
import type { Words } from '../holdings/variants.ts';
import { NO_INSTRUCTIONS } from '../mandates/standing.ts';
import type { Policy } from '../policy/schema.ts';
import type { Columns } from './columns.ts';
import type { Decision, Opening, Place } from './decide.ts';
import type { Onlooker } from './sight.ts';

/** What was decided for an onlooker, and what follows from it; see `decide.ts` and `selection.ts`. */
export interface Decisions {
  readonly columns: Map<Place, WeakMap<Words, Decision>>;
  /** Of each column, the one asked for last. */
  readonly latest: Map<Place, { readonly words: Words; readonly decision: Decision }>;
  readonly reads: Map<Place, boolean>;
  readonly thirdParty: Map<Place, boolean>;
  readonly openings: Map<string, Opening>;
  readonly anchors: Map<string, boolean>;
  readonly selections: WeakMap<object, Map<string, Columns>>;
}

/** Decisions that are still to be made. */
function noDecisions(): Decisions {
  return {
    columns: new Map(),
    latest: new Map(),
    reads: new Map(),
    thirdParty: new Map(),
    openings: new Map(),
    anchors: new Map(),
    selections: new WeakMap(),
  };
}

const shared = new WeakMap<Policy, Map<string, Decisions>>();

/**
 * The decisions for an onlooker. Whoever is of the same kind, looks for the same purpose of the same policy and has neither
 * grant nor instruction gets the same ones, whoever they are and whenever they look; for all others they are made anew.
 */
export function decisionsFor(onlooker: Onlooker): Decisions {
  const { policy, actor, purpose, grants, instructions = NO_INSTRUCTIONS } = onlooker;
  const isPlain = grants.length === 0 && instructions === NO_INSTRUCTIONS;
  // What is no purpose may be any text, and would be kept for ever.
  if (!isPlain || (purpose !== null && !isPurposeKnown(policy, actor.kind, purpose))) return noDecisions();
  let known = shared.get(policy);
  if (known === undefined) shared.set(policy, (known = new Map<string, Decisions>()));
  const isCustomer = actor.kind === 'CONTROLLER_STAFF' && actor.organisationId !== null;
  const key = `${actor.kind} ${isCustomer} ${purpose ?? ''}`;
  let decisions = known.get(key);
  if (decisions === undefined) known.set(key, (decisions = noDecisions()));
  return decisions;
}
