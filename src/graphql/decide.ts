import { maskValue, type MaskFormat } from '../access/masks.ts';
import { visibilityOf, type DenialReason, type Look } from '../access/visibility.ts';
import { datasetOf, itemsFor, type AnyDataset, type AnyPersonal } from '../catalogue/look-up.ts';
import type { Format, ModelName } from '../catalogue/dataset.ts';
import type { Relation } from '../catalogue/vocabulary.ts';
import { itemIn } from '../holdings/row-retention.ts';
import { variantsOf, type Words } from '../holdings/variants.ts';
import { isThirdParty } from '../policy/eligibility.ts';
import type { CallParty } from '../policy/disposition.ts';
import type { GatewayContext } from './context.ts';

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
  const key = JSON.stringify([place.model, place.relation, place.column, ...words]);
  const known = context.decisions.get(key);
  if (known !== undefined) return known;
  const decision = decideAnew(context, place, words);
  context.decisions.set(key, decision);
  return decision;
}

function decideAnew(context: GatewayContext, { model, relation, column }: Place, words: Words): Decision {
  const dataset = datasetOf(model);
  const entry = dataset.fields[column];
  if (entry?.kind !== 'personal') throw new TypeError(`${model}.${column} is not a personal column`);
  const item = itemIn(context.policy, entry, words);
  const name = item?.id ?? itemsFor(entry, words)[0] ?? column;
  if (entry.withheld !== undefined)
    return { kind: 'NULL', item: name, reason: item === null ? 'NOT_COLLECTED' : 'WITHHELD' };
  const parties = dataset.parties === undefined ? undefined : words.get(dataset.parties);
  const look: Look = {
    policy: context.policy,
    item,
    relation,
    actor: context.actor,
    purpose: context.purpose,
    grants: context.grants,
    now: context.now,
    // Whose subjects an actor reaches at all is settled where subjects are looked up.
    own: true,
    instruction: null,
    contractAlive: true,
    recordedParties: (parties as CallParty | 'BOTH' | undefined) ?? null,
  };
  const ownNumberOnly =
    context.actor.kind === 'SUBJECT' && relation === 'CALL_COUNTERPARTY' && item?.sensitivity === 'THIRD_PARTY';
  const visibility = visibilityOf({ ...look, ownNumber: ownNumberOnly });
  switch (visibility.kind) {
    case 'CLEAR':
      return {
        kind: 'SHOW',
        item: name,
        thirdParty: item !== null && !ownNumberOnly && isThirdParty(item),
        ownNumberOnly,
      };
    case 'MASKED':
      if (!isMaskable(entry) || item === null) return { kind: 'NULL', item: name, reason: 'WITHHELD' };
      return {
        kind: 'MASK',
        item: name,
        mask: (value) => maskValue(value, item.sensitivity, MASK_FORMATS[entry.format] ?? 'OTHER'),
      };
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

/** Whether a column must be read at all: in rows of some words it is shown. */
export function isRead(context: GatewayContext, place: Place): boolean {
  return variantsOf(datasetOf(place.model)).some((words) => decide(context, place, words).kind !== 'NULL');
}

/** What an actor may know of a dataset's rows: that they are there and some of their values, or not even that. */
export type Opening =
  | { readonly open: true }
  | { readonly open: false; readonly item: string | null; readonly reason: DenialReason };

/** A dataset opens when one of its columns does; otherwise not even its rows are looked at. */
export function openingOf(context: GatewayContext, dataset: AnyDataset, relation: Relation): Opening {
  let refusal: Extract<Decision, { kind: 'NULL' }> | undefined;
  let declares = false;
  for (const [column, entry] of Object.entries(dataset.fields)) {
    if (entry.kind !== 'personal' || entry.withheld !== undefined) continue;
    declares = true;
    for (const words of variantsOf(dataset)) {
      const decision = decide(context, { model: dataset.model, relation, column }, words);
      if (decision.kind !== 'NULL') return { open: true };
      // That the policy names nothing here is the weakest thing to say.
      if (refusal === undefined || refusal.reason === 'NOT_COLLECTED') refusal = decision;
    }
  }
  if (!declares) return opensTechnical(context) ? { open: true } : { open: false, item: null, reason: 'WITHHELD' };
  return { open: false, item: refusal?.item ?? null, reason: refusal?.reason ?? 'WITHHELD' };
}

/** Rows without personal columns (sessions, requests, bundles) are for the subject and for the operator's privacy staff. */
function opensTechnical({ actor }: GatewayContext): boolean {
  return actor.kind === 'SUBJECT' || (actor.kind === 'CONTROLLER_STAFF' && actor.organisationId === null);
}

/** A number, an instant or a word has no mask that keeps its type. */
function isMaskable(entry: AnyPersonal): boolean {
  return TEXT_FORMATS.has(entry.format);
}

const TEXT_FORMATS: ReadonlySet<Format> = new Set([
  'text',
  'name',
  'email',
  'phone',
  'ip',
  'url',
  'id',
  'key',
  'file-name',
  'digest',
  'blob',
  'currency',
  'language',
]);

const MASK_FORMATS: { readonly [F in Format]?: MaskFormat } = {
  email: 'EMAIL',
  phone: 'PHONE',
  ip: 'IP',
  id: 'ID',
  key: 'LICENCE_KEY',
};
