import { datasets, provenanceFor, type AnyDataset, type AnyPersonal } from '../catalogue/look-up.ts';
import { RELATIONS, type Relation, type Scope } from '../catalogue/vocabulary.ts';
import { itemIn } from '../holdings/row-retention.ts';
import { variantsOf, type Words } from '../holdings/variants.ts';
import { holdIn } from '../mandates/standing.ts';
import { dispositionOf, type Disposition, type Instruction } from '../policy/disposition.ts';
import { roleOf, routingRuleOf } from '../policy/routing.ts';
import type { Item, Policy } from '../policy/schema.ts';

/**
 * BUILD                 the operator's own to give, or a controller has instructed it
 * INSTRUCTION_REQUIRED  held for a controller who has said nothing of it
 * FORWARDED             another's to answer
 * NEEDS_REVIEW          the policy does not settle whose it is
 * REFERRED              kept on the person's device or by somebody else
 */
export type Outcome = 'BUILD' | 'INSTRUCTION_REQUIRED' | 'FORWARDED' | 'NEEDS_REVIEW' | 'REFERRED';

/** What a policy says of one item in one dataset and relation: who answers for it. */
export interface Part {
  /** Null for what has no place in the store. */
  readonly dataset: AnyDataset | null;
  readonly relation: Relation;
  readonly role: string;
  readonly item: string;
  readonly outcome: Outcome;
  readonly party: string;
  readonly clauses: readonly string[];
  /** Whether it is built for another controller, who has instructed it. */
  readonly isInstructed: boolean;
}

export interface PartsQuery {
  readonly policy: Policy;
  readonly scope: Scope;
  readonly instruction: Instruction | null;
  readonly contractAlive: boolean;
}

/** Everything that a policy says of who answers, in every relation; no row is read. */
export function partsOf(query: PartsQuery): readonly Part[] {
  const stored = datasets.flatMap((dataset) =>
    RELATIONS.filter((relation) => dataset.subjects[relation] !== undefined).flatMap((relation) =>
      partsIn(query, dataset, relation),
    ),
  );
  // What is kept elsewhere has no dataset, and is told to everybody.
  const elsewhere = query.policy.items.flatMap((item): Part[] => {
    const part = partOf(query, item, 'ACCOUNT_HOLDER', null);
    return part?.outcome === 'REFERRED' ? [part] : [];
  });
  return [...stored, ...elsewhere];
}

function partsIn(query: PartsQuery, dataset: AnyDataset, relation: Relation): Part[] {
  const parts: Part[] = [];
  for (const entry of Object.values(dataset.fields)) {
    if (entry.kind !== 'personal' || entry.withheld !== undefined) continue;
    for (const words of variantsOf(dataset)) {
      const item = itemIn(query.policy, entry, words);
      const part = item === null ? null : partOf(query, item, relation, { dataset, entry, words });
      if (part !== null) parts.push(part);
    }
  }
  return parts;
}

interface Place {
  readonly dataset: AnyDataset;
  readonly entry: AnyPersonal;
  readonly words: Words;
}

function partOf(query: PartsQuery, item: Item, relation: Relation, place: Place | null): Part | null {
  const { policy } = query;
  const disposition = dispositionOf({
    ...query,
    item,
    relation,
    instruction: holdIn(relation) ? query.instruction : null,
    provenance: place === null ? null : provenanceFor(place.entry, place.words),
  });
  const told = outcomeOf(disposition);
  if (told === null) return null;
  const rule = routingRuleOf(policy, item, relation);
  return {
    dataset: place?.dataset ?? null,
    relation,
    role: item.role,
    item: item.id,
    outcome: told.outcome,
    party: told.party ?? (rule?.route.kind === 'CONTROLLER' ? rule.route.party : roleOf(policy, item).controller),
    clauses: (told.clause ?? rule?.clause ?? item.clause).split(', '),
    isInstructed: told.outcome === 'BUILD' && rule?.route.kind === 'PROCESSOR',
  };
}

interface Told {
  readonly outcome: Outcome;
  readonly party: string | null;
  readonly clause: string | null;
}

/** Null where nobody answers: secrets, and relations that the policy does not know. */
function outcomeOf(disposition: Disposition): Told | null {
  switch (disposition.kind) {
    case 'INCLUDE':
    case 'CONTEXT':
      return { outcome: 'BUILD', party: disposition.onBehalfOf, clause: null };
    case 'WITHHOLD':
      // What is kept back is the operator's to say, and the bundle says it.
      return disposition.reason === 'RELATION_NOT_IN_POLICY' ? null : { outcome: 'BUILD', party: null, clause: null };
    case 'ROUTE': {
      const outcome = disposition.status === 'FORWARD' ? 'FORWARDED' : disposition.status;
      return { outcome, party: disposition.to, clause: disposition.clause };
    }
    case 'REFER':
      return { outcome: 'REFERRED', party: disposition.party, clause: null };
    case 'NEVER':
      return null;
    default:
      return disposition satisfies never;
  }
}
