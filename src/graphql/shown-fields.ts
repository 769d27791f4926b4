import { getNamedType, isObjectType, type GraphQLSchema } from 'graphql';
import type { Visibility } from '../access/visibility.ts';
import type { ItemName } from '../catalogue/items.ts';
import { datasetOf } from '../catalogue/look-up.ts';
import { variantsOf, type Words } from '../holdings/variants.ts';
import type { Place } from './decide.ts';
import type { Shown } from './field-maker.ts';
import { sightOf, sightOfAbsent, type Onlooker, type Sight } from './sight.ts';

/** A field of the schema that shows a value about a person; `part` is the field within, where several columns make the value. */
export interface ShownField {
  readonly type: string;
  readonly field: string;
  readonly part: string | null;
  /** The value is a row that the column names, and not the column itself. */
  readonly leads: boolean;
  readonly of: Place | { readonly absent: ItemName };
}

/** Every field that shows a value about a person, as the fields themselves tell it. */
export function shownFields(schema: GraphQLSchema): readonly ShownField[] {
  return Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .flatMap((type) =>
      Object.values(type.getFields()).flatMap(({ name, type: of, extensions }) => {
        const shows = extensions['shows'] as Shown | undefined;
        if (shows === undefined) return [];
        const leads = 'column' in shows && isObjectType(getNamedType(of));
        return partsOf(shows).map((part) => ({ type: type.name, field: name, leads, ...part }));
      }),
    );
}

function partsOf(shows: Shown): readonly Pick<ShownField, 'part' | 'of'>[] {
  if ('column' in shows) return [{ part: null, of: shows.column }];
  if ('parts' in shows) return Object.entries(shows.parts).map(([part, of]) => ({ part, of }));
  return [{ part: null, of: shows }];
}

/** What an onlooker gets of a field in rows with these words. It reads no data. */
export function sightIn(onlooker: Onlooker, { of, leads }: ShownField, words: Words): Sight {
  if ('absent' in of) return sightOfAbsent(onlooker, of.absent);
  const sight = sightOf(onlooker, of, words);
  // There is no mask of a row.
  if (!leads || sight.visibility.kind !== 'MASKED') return sight;
  return { ...sight, visibility: { kind: 'DENIED', reason: 'WITHHELD' } };
}

/** The combinations of words that rows of a field can have. */
export function wordsOf({ of }: ShownField): readonly Words[] {
  return 'absent' in of ? [new Map()] : variantsOf(datasetOf(of.model));
}

/** What an onlooker gets of a field in the rows that have one of these combinations of words. */
export interface Outcome {
  readonly item: string;
  readonly visibility: Visibility;
  readonly rows: readonly Words[];
}

/** What an onlooker gets of a field: one outcome, or several where it depends on words of the row. */
export function outcomesOf(onlooker: Onlooker, shown: ShownField): readonly Outcome[] {
  const outcomes = new Map<string, { item: string; visibility: Visibility; rows: Words[] }>();
  for (const words of wordsOf(shown)) {
    const { item, visibility } = sightIn(onlooker, shown, words);
    const key = JSON.stringify([item, visibility]);
    const known = outcomes.get(key);
    if (known === undefined) outcomes.set(key, { item, visibility, rows: [words] });
    else known.rows.push(words);
  }
  return [...outcomes.values()];
}

/** Combinations of words as text: `channel EMAIL or CHAT`. Words that make no difference are not named. */
export function describeRows(rows: readonly Words[], of: readonly Words[]): string | null {
  if (rows.length === of.length) return null;
  const fields = [...(of[0]?.keys() ?? [])];
  const told = fields.flatMap((field) => {
    const among = [...new Set(rows.map((words) => words.get(field) ?? ''))];
    const all = new Set(of.map((words) => words.get(field)));
    return among.length === all.size ? [] : [`${field} ${among.join(' or ')}`];
  });
  return told.join(', ');
}
