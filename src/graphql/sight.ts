import { visibilityOf, type DenialReason, type Look, type Visibility } from '../access/visibility.ts';
import type { Format } from '../catalogue/dataset.ts';
import type { ItemName } from '../catalogue/items.ts';
import { datasetOf, itemsFor, type AnyPersonal } from '../catalogue/look-up.ts';
import type { Relation } from '../catalogue/vocabulary.ts';
import { itemIn } from '../holdings/row-retention.ts';
import type { Words } from '../holdings/variants.ts';
import { holdIn, NO_INSTRUCTIONS } from '../mandates/standing.ts';
import { itemOf } from '../policy/book.ts';
import type { CallParty } from '../policy/disposition.ts';
import type { Item } from '../policy/schema.ts';
import type { GatewayContext } from './context.ts';
import type { Place } from './decide.ts';

/** Who looks, why and when. */
export type Onlooker = Pick<GatewayContext, 'policy' | 'actor' | 'purpose' | 'grants' | 'now'> &
  Partial<Pick<GatewayContext, 'instructions'>>;

/** What an onlooker gets of a column; `item` is the policy's id, or the item's name where the policy does not have it. */
export interface Sight {
  readonly item: string;
  readonly look: Look;
  readonly visibility: Visibility;
}

/** What an onlooker gets of a column in rows with these words. It reads no data. Throws TypeError for a column without items. */
export function sightOf(onlooker: Onlooker, { model, relation, column }: Place, words: Words): Sight {
  const { fields, parties } = datasetOf(model);
  const entry = fields[column];
  if (entry?.kind !== 'personal') throw new TypeError(`${model}.${column} is not a personal column`);
  const item = itemIn(onlooker.policy, entry, words);
  const recordedParties = (parties === undefined ? null : (words.get(parties) ?? null)) as CallParty | 'BOTH' | null;
  const look = { ...lookAt(onlooker, item, relation), recordedParties };
  const visibility =
    entry.withheld === undefined
      ? keepingType(visibilityOf(look), entry)
      : denied(item === null ? 'NOT_COLLECTED' : 'WITHHELD');
  return { item: item?.id ?? itemsFor(entry, words)[0] ?? column, look, visibility };
}

/** What an onlooker gets of an item that is never held here: the reason, at most. */
export function sightOfAbsent(onlooker: Onlooker, name: ItemName): Sight {
  const item = itemOf(onlooker.policy, name);
  const look = lookAt(onlooker, item, 'ACCOUNT_HOLDER');
  const visibility = visibilityOf(look);
  return {
    item: item?.id ?? name,
    look,
    visibility: visibility.kind === 'DENIED' ? visibility : denied('NOT_COLLECTED'),
  };
}

function lookAt(onlooker: Onlooker, item: Item | null, relation: Relation): Look {
  const { policy, actor, purpose, grants, now } = onlooker;
  const { release, uses } = (holdIn(relation) ? onlooker.instructions : null) ?? NO_INSTRUCTIONS;
  return {
    policy,
    item,
    relation,
    actor,
    purpose,
    grants,
    now,
    // Whose subjects an actor reaches at all is settled where subjects are looked up.
    own: true,
    instruction: release,
    instructed: uses,
    contractAlive: true,
    // Asked here as if it were; the value itself is compared when it is read.
    ownNumber: actor.kind === 'SUBJECT' && relation === 'CALL_COUNTERPARTY' && item?.sensitivity === 'THIRD_PARTY',
  };
}

/** A number, an instant or a word has no mask that keeps its type. */
function keepingType(visibility: Visibility, { format }: AnyPersonal): Visibility {
  return visibility.kind === 'MASKED' && !TEXT_FORMATS.has(format) ? denied('WITHHELD') : visibility;
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

function denied(reason: DenialReason): Visibility {
  return { kind: 'DENIED', reason };
}
