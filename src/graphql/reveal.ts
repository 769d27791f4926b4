import type { GraphQLResolveInfo } from 'graphql';
import { datasetOf, wordFields } from '../catalogue/look-up.ts';
import type { ModelName } from '../catalogue/dataset.ts';
import { variantsOf, type Words } from '../holdings/variants.ts';
import type { GatewayContext } from './context.ts';
import { decide, type Place } from './decide.ts';
import type { Row } from './field-maker.ts';
import { frameOf } from './frames.ts';

/** The words of a row, on which its declarations depend. */
export function wordsIn(model: ModelName, row: Row): Words {
  const { columns, variants } = wordsOf(model);
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
}

const known = new Map<ModelName, WordsOfModel>();

function wordsOf(model: ModelName): WordsOfModel {
  let words = known.get(model);
  if (words !== undefined) return words;
  const dataset = datasetOf(model);
  const variants = new Map(variantsOf(dataset).map((each) => [[...each.values()].join(' '), each]));
  words = { columns: wordFields(dataset), variants };
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
  if (decision.thirdParty) context.privacy.thirdParty(info, decision.item);
  return value;
}

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
