import { datasets, provenanceFor, type AnyDataset, type AnyPersonal } from '../catalogue/look-up.ts';
import { RELATIONS, type Relation, type Scope } from '../catalogue/vocabulary.ts';
import { itemIn } from '../holdings/row-retention.ts';
import type { SubjectFacts } from '../holdings/subject-facts.ts';
import { variantsOf, type Words } from '../holdings/variants.ts';
import { holdIn } from '../mandates/standing.ts';
import { dispositionOf, type Disposition, type Instruction } from '../policy/disposition.ts';
import type { Item, Policy } from '../policy/schema.ts';
import { kept } from './kept.ts';
import { otherPartyTreatment } from './other-parties.ts';

/**
 * The plan of a bundle: what happens to every column of every dataset, before a row is read.
 *
 * A column's fate may depend on the words of its row (who wrote a message, whose voice a file holds), so each column has
 * a case per combination of words. What the policy does not name is undeclared: told under Art. 15 where the operator
 * answers for the dataset, never carried under Art. 20.
 */
export interface BundlePlan {
  readonly policy: Policy;
  readonly scope: Scope;
  readonly sections: readonly Section[];
}

/** One dataset in one relation. */
export interface Section {
  readonly dataset: AnyDataset;
  readonly relation: Relation;
  /** The name of its files: the dataset's, and the relation's where it is not the dataset's first. */
  readonly name: string;
  readonly columns: readonly PlannedColumn[];
  /** Secrets that the policy names: that they are held is told under Art. 15, the secret itself never. */
  readonly secrets: readonly { readonly field: string; readonly item: Item | null }[];
}

export interface PlannedColumn {
  readonly field: string;
  readonly entry: AnyPersonal;
  readonly cases: readonly Case[];
}

/** What happens to a column in rows with these words. */
export interface Case {
  readonly words: Words;
  readonly item: Item | null;
  readonly fate: Fate;
  /** What is done with what it says of others; absent where they may be named. */
  readonly otherParty?: 'PSEUDONYM' | 'BLANK';
}

export type Fate = Disposition | { readonly kind: 'UNDECLARED'; readonly included: boolean } | Unfit;

/** Evidence of identity is held under Art. 12(6) and in no bundle; others are in none that goes to another controller (Art. 20(4)). */
interface Unfit {
  readonly kind: 'WITHHOLD';
  readonly reason: 'IDENTITY_EVIDENCE' | 'OTHER_PARTY';
}

/** What the plan depends on besides the policy. */
export interface PlanFacts {
  readonly facts: SubjectFacts;
  readonly instruction: Instruction | null;
  /** @default 'NAMED' */
  readonly otherParties?: 'NAMED' | 'PSEUDONYMISED';
  /** @default none */
  readonly reviewed?: readonly ReviewedPart[];
}

/** A part that the policy leaves open, and that a person has found to be the operator's own to answer for. */
export interface ReviewedPart {
  readonly role: string;
  readonly relation: Relation;
}

const plans = new WeakMap<Policy, Map<string, BundlePlan>>();
/** Instructions name organisations, of which there may be any number. */
const MOST_PLANS = 100;

/** Plans a bundle of a scope for one person; pure. People of whom the same is known have the same plan, which is kept. */
export function planBundle(
  policy: Policy,
  scope: Scope,
  { facts: { contractAlive }, instruction, otherParties = 'NAMED', reviewed = [] }: PlanFacts,
): BundlePlan {
  const kept = plans.get(policy) ?? new Map<string, BundlePlan>();
  plans.set(policy, kept);
  const key = JSON.stringify([scope, contractAlive, instruction, otherParties, reviewed]);
  const plan = kept.get(key) ?? planFor(policy, scope, { contractAlive, instruction, otherParties, reviewed });
  if (kept.size >= MOST_PLANS) kept.clear();
  kept.set(key, plan);
  return plan;
}

/** What a plan depends on besides policy and scope. */
interface Known {
  readonly contractAlive: boolean;
  readonly instruction: Instruction | null;
  readonly otherParties: 'NAMED' | 'PSEUDONYMISED';
  readonly reviewed: readonly ReviewedPart[];
}

function planFor(policy: Policy, scope: Scope, known: Known): BundlePlan {
  const sections = datasets.flatMap((dataset) =>
    RELATIONS.filter((relation) => dataset.subjects[relation] !== undefined).map((relation, index): Section => {
      const name = index === 0 ? dataset.name : `${dataset.name}-as-${relation.toLowerCase().replaceAll('_', '-')}`;
      return {
        dataset,
        relation,
        name,
        columns: planColumns(policy, scope, known, dataset, relation),
        secrets: secretsOf(policy, dataset),
      };
    }),
  );
  return { policy, scope, sections };
}

function secretsOf(policy: Policy, dataset: AnyDataset): Section['secrets'] {
  return Object.entries(dataset.fields).flatMap(([field, entry]) =>
    entry.kind === 'secret' ? [{ field, item: itemIn(policy, entry, new Map()) }] : [],
  );
}

function planColumns(
  policy: Policy,
  scope: Scope,
  known: Known,
  dataset: AnyDataset,
  relation: Relation,
): PlannedColumn[] {
  const planned = Object.entries(dataset.fields).flatMap(([field, entry]): PlannedColumn[] => {
    if (entry.kind !== 'personal') return [];
    const cases = variantsOf(dataset).map((words): Case => {
      const item = itemIn(policy, entry, words);
      if (entry.withheld !== undefined) return { words, item, fate: { kind: 'WITHHOLD', reason: entry.withheld } };
      if (item === null) return { words, item, fate: { kind: 'UNDECLARED', included: false } };
      const parties =
        dataset.parties === undefined ? null : (words.get(dataset.parties) as 'CALLER' | 'CALLEE' | 'BOTH');
      const fate = dispositionOf({
        policy,
        item,
        relation,
        scope,
        instruction: holdIn(relation) ? known.instruction : null,
        contractAlive: known.contractAlive,
        provenance: provenanceFor(entry, words),
        recordedParties: parties,
        review: known.reviewed.some((part) => part.role === item.role && part.relation === relation)
          ? 'OPERATOR_IS_CONTROLLER'
          : null,
      });
      return { words, item, fate };
    });
    return [
      { field, entry, cases: known.otherParties === 'NAMED' ? cases : cases.map((each) => unnamed(entry, each)) },
    ];
  });
  return scope === 'ACCESS' && relation !== 'CALL_COUNTERPARTY' && isAnsweredFor(policy, relation, planned)
    ? planned.map(includeUndeclared)
    : planned;
}

/** A case in which nobody else is named. */
function unnamed({ format }: AnyPersonal, each: Case): Case {
  const { fate } = each;
  if ((fate.kind !== 'INCLUDE' && fate.kind !== 'CONTEXT') || !fate.thirdParty) return each;
  const treatment = otherPartyTreatment(format);
  switch (treatment) {
    case 'KEEP':
      return each;
    case 'WITHHOLD':
      return { ...each, fate: { kind: 'WITHHOLD', reason: 'OTHER_PARTY' } };
    case 'PSEUDONYM':
    case 'BLANK':
      return { ...each, otherParty: treatment };
    default:
      return treatment satisfies never;
  }
}

/**
 * Undeclared values are told only where nothing in the dataset is someone else's, not even under instruction, which says what
 * may leave and names no such value; never to the other party of a
 * call, for in the rows of another person nothing undeclared can be taken for theirs.
 */
function isAnsweredFor(policy: Policy, relation: Relation, columns: readonly PlannedColumn[]): boolean {
  const fates = columns.flatMap(({ cases }) => cases).filter(({ item }) => item !== null);
  if (fates.length > 0)
    return fates.every(({ fate }) => fate.kind !== 'ROUTE' && !('role' in fate && fate.role === 'PROCESSOR'));
  const rule = policy.routing.find(
    ({ when }) => when.roles === undefined && when.items === undefined && (when.relations?.includes(relation) ?? true),
  );
  return rule?.route.kind === 'CONTROLLER';
}

function includeUndeclared(column: PlannedColumn): PlannedColumn {
  const cases = column.cases.map((each) =>
    each.fate.kind === 'UNDECLARED' ? { ...each, fate: { kind: 'UNDECLARED', included: true } as const } : each,
  );
  return { ...column, cases };
}

const trimmed = kept<Section, Map<string, Section>>(() => new Map());

/** The section without undeclared columns in which nothing is held; the same for all of whom the same is held. */
export function withoutEmptyUndeclared(section: Section, held: readonly string[]): Section {
  const known = trimmed(section);
  const key = held.join(' ');
  const found = known.get(key) ?? trim(section, held);
  if (known.size >= MOST_PLANS) known.clear();
  known.set(key, found);
  return found;
}

function trim(section: Section, held: readonly string[]): Section {
  const columns = section.columns.map((column) =>
    held.includes(column.field)
      ? column
      : { ...column, cases: column.cases.filter(({ fate }) => fate.kind !== 'UNDECLARED') },
  );
  return { ...section, columns };
}

/** True for rows that hold nothing but a secret and its dates: an ACCESS bundle says that they exist. */
export function isWitness(section: Section): boolean {
  return section.columns.length === 0 && section.secrets.length > 0;
}

/** Where a fate puts a value. */
export function placeOf(fate: Fate): 'data' | 'context' | null {
  switch (fate.kind) {
    case 'INCLUDE':
      return 'data';
    case 'CONTEXT':
      return 'context';
    case 'UNDECLARED':
      return fate.included ? 'data' : null;
    case 'WITHHOLD':
    case 'ROUTE':
    case 'REFER':
    case 'NEVER':
      return null;
    default:
      return fate satisfies never;
  }
}
