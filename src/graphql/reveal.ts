import type { GraphQLResolveInfo } from 'graphql';
import { redactValue, treatmentOf, type Treatment } from '../bundle/redact.ts';
import { datasetOf, wordFields } from '../catalogue/look-up.ts';
import type { ModelName } from '../catalogue/dataset.ts';
import { variantsOf, type Words } from '../holdings/variants.ts';
import type { GatewayContext } from './context.ts';
import { decide, isThirdPartyThroughout, type Place } from './decide.ts';
import type { Row } from './field-maker.ts';
import { frameOf } from './frames.ts';

/** The words of a row, on which its declarations depend. */
export function wordsIn(model: ModelName, row: Row): Words {
  const { columns, variants, only } = wordsOf(model);
  if (only !== undefined) return only;
  const words = variants.get(columns.map((field) => String(row[field])).join(' '));
  // A word that the code does not know yet.
  return words ?? new Map(columns.map((field) => [field, String(row[field])]));
}

/** The columns that hold them; read with every row. */
export function wordColumns(model: ModelName): readonly string[] {
  return wordsOf(model).columns;
}

interface WordsOfModel {
  readonly columns: readonly string[];
  /** By the words themselves, parted by blanks. */
  readonly variants: ReadonlyMap<string, Words>;
  /** Of a model without words. */
  readonly only: Words | undefined;
}

const known = new Map<ModelName, WordsOfModel>();

function wordsOf(model: ModelName): WordsOfModel {
  let words = known.get(model);
  if (words !== undefined) return words;
  const dataset = datasetOf(model);
  const variants = new Map(variantsOf(dataset).map((each) => [[...each.values()].join(' '), each]));
  const columns = wordFields(dataset);
  words = { columns, variants, only: columns.length === 0 ? variants.get('') : undefined };
  known.set(model, words);
  return words;
}

/** The value of a personal column as this actor may have it; every null is noted with its reason. */
export function reveal(context: GatewayContext, info: GraphQLResolveInfo, place: Place, row: Row): unknown {
  const decision = decide(context, place, wordsIn(place.model, row));
  if (decision.kind === 'NULL') return context.privacy.withhold(info, decision.item, decision.reason);
  const value = row[place.column];
  if (decision.kind === 'SHOW') context.privacy.person.show(decision.item);
  if (value === null || value === undefined) return context.privacy.withhold(info, decision.item, 'NOT_COLLECTED');
  if (decision.kind === 'MASK') {
    if (typeof value !== 'string') return context.privacy.withhold(info, decision.item, 'WITHHELD');
    context.privacy.masked(info, decision.item);
    return decision.mask(value);
  }
  if (decision.ownNumberOnly) return revealOwnNumber(context, info, decision.item, value, row);
  if (decision.thirdParty) {
    if (isThirdPartyThroughout(context, place)) context.privacy.thirdPartyField(info, decision.item);
    else context.privacy.thirdParty(info, decision.item);
  }
  return redacted(place, value);
}

/** What people and systems write into free text and JSON may hold what nobody is shown, at any depth (A-49, X20, X35). */
function redacted(place: Place, value: unknown): unknown {
  let treatment = treatments.get(place);
  if (treatment === undefined) {
    const entry = datasetOf(place.model).fields[place.column];
    treatment = entry?.kind === 'personal' ? treatmentOf(entry.format) : 'TYPED';
    treatments.set(place, treatment);
  }
  return treatment === 'TYPED' ? value : redactValue(value, treatment, {});
}

const treatments = new WeakMap<Place, Treatment>();

/** To the other party of a call only that party's own number is told. */
async function revealOwnNumber(
  context: GatewayContext,
  info: GraphQLResolveInfo,
  item: string,
  value: unknown,
  row: Row,
): Promise<unknown> {
  const numbers = await context.loaders.numbers(frameOf(row).subject);
  return numbers.has(String(value)) ? value : context.privacy.withhold(info, item, 'WITHHELD');
}
