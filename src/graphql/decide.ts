import { maskValue, type MaskFormat } from '../access/masks.ts';
import type { DenialReason } from '../access/visibility.ts';
import { datasetOf, type AnyDataset } from '../catalogue/look-up.ts';
import type { Format, ModelName } from '../catalogue/dataset.ts';
import type { Relation } from '../catalogue/vocabulary.ts';
import { variantsOf, type Words } from '../holdings/variants.ts';
import { isThirdParty } from '../policy/eligibility.ts';
import type { Item } from '../policy/schema.ts';
import type { GatewayContext } from './context.ts';
import { sightOf } from './sight.ts';

/** One column as one GraphQL type shows it: of which model, and how the subject stands to its rows. */
export interface Place {
  readonly model: ModelName;
  readonly relation: Relation;
  readonly column: string;
}

/** What becomes of one column in rows that have the same words. */
export type Decision =
  | { readonly kind: 'SHOW'; readonly item: string; readonly thirdParty: boolean; readonly ownNumberOnly: boolean }
  | { readonly kind: 'MASK'; readonly item: string; readonly mask: (value: string) => string }
  | { readonly kind: 'NULL'; readonly item: string; readonly reason: DenialReason };

/** Decides a column for rows with these words; nothing of the row but its words is needed, so it holds before any is read. */
export function decide(context: GatewayContext, place: Place, words: Words): Decision {
  const { columns, latest } = context.decisions;
  // Most rows have the words of the row before.
  const last = latest.get(place);
  if (last !== undefined && last.words === words) return last.decision;
  let byWords = columns.get(place);
  if (byWords === undefined) columns.set(place, (byWords = new WeakMap<Words, Decision>()));
  let decision = byWords.get(words);
  if (decision === undefined) byWords.set(words, (decision = decideAnew(context, place, words)));
  latest.set(place, { words, decision });
  return decision;
}

function decideAnew(context: GatewayContext, place: Place, words: Words): Decision {
  const { item: name, look, visibility } = sightOf(context, place, words);
  const { item } = look;
  switch (visibility.kind) {
    case 'CLEAR': {
      const ownNumberOnly = look.ownNumber === true;
      const thirdParty = item !== null && !ownNumberOnly && isThirdParty(item);
      return { kind: 'SHOW', item: name, thirdParty, ownNumberOnly };
    }
    case 'MASKED':
      return { kind: 'MASK', item: name, mask: maskOf(place, item) };
    case 'COUNT':
      return { kind: 'NULL', item: name, reason: 'WITHHELD' };
    case 'GRANT_ONLY':
      return { kind: 'NULL', item: name, reason: 'GRANT_REQUIRED' };
    case 'DENIED':
      return { kind: 'NULL', item: name, reason: visibility.reason };
    default:
      return visibility satisfies never;
  }
}

function maskOf({ model, column }: Place, item: Item | null): (value: string) => string {
  const entry = datasetOf(model).fields[column];
  const format = entry?.kind === 'personal' ? MASK_FORMATS[entry.format] : undefined;
  // An item that no policy names is masked as what must never be seen.
  return (value) => maskValue(value, item?.sensitivity ?? 'SECRET_NEVER', format ?? 'OTHER');
}

/** Whether a column must be read at all: in rows of some words it is shown. */
export function isRead(context: GatewayContext, place: Place): boolean {
  const { reads } = context.decisions;
  return getOrMake(reads, place, () =>
    variantsOf(datasetOf(place.model)).some((words) => decide(context, place, words).kind !== 'NULL'),
  );
}

function getOrMake<K, V>(known: Map<K, V>, key: K, make: () => V): V {
  const value = known.get(key);
  if (value !== undefined) return value;
  const made = make();
  known.set(key, made);
  return made;
}

/** Whether all that is shown of a column may be about someone other than the subject, and is of one item, whatever a row's words. */
export function isThirdPartyThroughout(context: GatewayContext, place: Place): boolean {
  return getOrMake(context.decisions.thirdParty, place, () => {
    const shown = variantsOf(datasetOf(place.model))
      .map((words) => decide(context, place, words))
      .filter((decision) => decision.kind === 'SHOW');
    return shown.every(({ thirdParty, item }) => thirdParty && item === shown[0]?.item);
  });
}

/**
 * Whether an actor is told the instant that says how old rows are, whatever their words: only then are they ordered, paged and
 * measured by it, for an order and a cursor tell what they are made of.
 */
export function seesAnchor(context: GatewayContext, dataset: AnyDataset, relation: Relation): boolean {
  const { model, anchor: column } = dataset;
  if (column === undefined || dataset.fields[column]?.kind !== 'personal') return true;
  const place: Place = { model, relation, column };
  return getOrMake(context.decisions.anchors, `${model} ${relation}`, () => seesAlways(context, place));
}

function seesAlways(context: GatewayContext, place: Place): boolean {
  return variantsOf(datasetOf(place.model)).every((words) => {
    const decision = decide(context, place, words);
    // What no policy names is still the person's own.
    const isOwn = context.actor.kind === 'SUBJECT' && decision.kind === 'NULL' && decision.reason === 'NOT_COLLECTED';
    return decision.kind === 'SHOW' || isOwn;
  });
}

/** What an actor may know of a dataset's rows: that they are there and some of their values, or not even that. */
export type Opening =
  | { readonly open: true }
  | { readonly open: false; readonly item: string | null; readonly reason: DenialReason };

/** A dataset opens when one of its columns does; otherwise not even its rows are looked at. */
export function openingOf(context: GatewayContext, dataset: AnyDataset, relation: Relation): Opening {
  const { openings } = context.decisions;
  return getOrMake(openings, `${dataset.model} ${relation}`, () => decideOpening(context, dataset, relation));
}

function decideOpening(context: GatewayContext, dataset: AnyDataset, relation: Relation): Opening {
  let refusal: Extract<Decision, { kind: 'NULL' }> | undefined;
  let declares = false;
  for (const [column, entry] of Object.entries(dataset.fields)) {
    if (entry.kind !== 'personal' || entry.withheld !== undefined) continue;
    declares = true;
    const place: Place = { model: dataset.model, relation, column };
    for (const words of variantsOf(dataset)) {
      const decision = decide(context, place, words);
      if (decision.kind !== 'NULL') return { open: true };
      // That the policy names nothing here is the weakest thing to say.
      if (refusal === undefined || refusal.reason === 'NOT_COLLECTED') refusal = decision;
    }
  }
  if (!declares) return opensTechnical(context) ? { open: true } : { open: false, item: null, reason: 'WITHHELD' };
  return { open: false, item: refusal?.item ?? null, reason: refusal?.reason ?? 'WITHHELD' };
}

/** Rows without personal columns (sessions, requests, bundles) are for the subject and for the operator's privacy staff. */
export function opensTechnical({ actor }: Pick<GatewayContext, 'actor'>): boolean {
  return actor.kind === 'SUBJECT' || (actor.kind === 'CONTROLLER_STAFF' && actor.organisationId === null);
}

const MASK_FORMATS: { readonly [F in Format]?: MaskFormat } = {
  email: 'EMAIL',
  phone: 'PHONE',
  ip: 'IP',
  id: 'ID',
  key: 'LICENCE_KEY',
};
