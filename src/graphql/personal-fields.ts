import type { Format, ModelName } from '../catalogue/dataset.ts';
import { columnType, datasetOf, itemsOf, type AnyField, type AnyPersonal } from '../catalogue/look-up.ts';
import type { Relation } from '../catalogue/vocabulary.ts';
import type { Composite, Parts } from './composites.ts';
import type { GatewayContext } from './context.ts';
import { decide, isRead, type Decision, type Place } from './decide.ts';
import { KEY_ONLY, type FieldMaker, type Fields, type PersonalDataArgs, type Shown } from './field-maker.ts';
import { reveal, wordsIn } from './reveal.ts';
import { wordRef } from './words.ts';

/** A composite and, for each of its parts, the column that holds it. */
export interface CompositeField {
  readonly type: Composite;
  readonly of: Readonly<Record<string, string>>;
}

export interface CatalogueFieldOptions {
  readonly model: ModelName;
  readonly relation: Relation;
  readonly composites: Readonly<Record<string, CompositeField>>;
  /** Personal columns that a domain file shows by a relation instead. */
  readonly shownElsewhere: readonly string[];
}

/**
 * All GraphQL fields of a catalogued model in one step: description, directive and visibility come from the declaration,
 * so that nothing lists columns twice. A denied column is not read. Links join rows and are shown as relations; secrets
 * have no field.
 */
export function catalogueFields(t: FieldMaker, options: CatalogueFieldOptions): Fields {
  const { model, relation, composites } = options;
  const elsewhere = new Set([
    ...options.shownElsewhere,
    ...Object.values(composites).flatMap(({ of }) => Object.values(of)),
  ]);
  const fields: Fields = {
    id: t.field({ type: 'ID', nullable: false, select: () => ({ id: true }), resolve: (row) => row['id'] }),
  };
  for (const [column, entry] of Object.entries(datasetOf(model).fields)) {
    if (elsewhere.has(column)) continue;
    if (entry.kind === 'system') fields[column] = systemField(t, model, column, entry.format);
    if (entry.kind === 'personal') fields[column] = personalField(t, { model, relation, column }, entry);
  }
  for (const [name, each] of Object.entries(composites)) fields[name] = compositeField(t, model, relation, each);
  return fields;
}

function systemField(t: FieldMaker, model: ModelName, column: string, format: Format) {
  return t.field({
    type: outputType(model, column, format),
    nullable: !columnType(model, column).required,
    select: () => ({ [column]: true }),
    resolve: (row) => row[column],
  });
}

function personalField(t: FieldMaker, place: Place, entry: AnyPersonal) {
  return t.field({
    type: outputType(place.model, place.column, entry.format),
    ...declaration({ column: place }),
    select: (_args, context) => (isRead(context, place) ? { [place.column]: true } : KEY_ONLY),
    resolve: (row, _args, context, info) => reveal(context, info, place, row),
  });
}

function compositeField(t: FieldMaker, model: ModelName, relation: Relation, { type, of }: CompositeField) {
  const places = Object.entries(of).map(([part, column]): [string, Place] => [part, { model, relation, column }]);
  const entries = places.map(([, place]) => personalEntry(place));
  return t.field({
    type: type.ref,
    ...declaration({ parts: Object.fromEntries(places) }),
    select: (_args, context) => {
      const read = places.flatMap(([, place]): [string, true][] =>
        isRead(context, place) ? [[place.column, true]] : [],
      );
      return read.length === 0 ? KEY_ONLY : Object.fromEntries(read);
    },
    resolve: (row, _args, context, info) => {
      const words = wordsIn(model, row);
      const decisions = places.map(([, place]) => decide(context, place, words));
      const refusals = new Map(decisions.flatMap((each) => (each.kind === 'NULL' ? [[each.item, each.reason]] : [])));
      if (decisions.every((each) => each.kind === 'NULL')) {
        for (const [item, reason] of refusals) context.privacy.withhold(info, item, reason);
        return null;
      }
      return Object.fromEntries(
        places.map(([part, place], index): [string, Parts[string]] => [
          part,
          // Where the bytes lie is nobody's business; that they are here is.
          (below) =>
            entries[index]?.format === 'blob'
              ? isHeld(context, decisions[index], row[place.column])
              : reveal(context, below, place, row),
        ]),
      );
    },
  });
}

function isHeld(context: GatewayContext, decision: Decision | undefined, value: unknown): boolean {
  if (decision !== undefined) context.privacy.person.show(decision.item);
  return value !== null && value !== undefined;
}

function personalEntry({ model, column }: Place): AnyPersonal {
  const entry: AnyField | undefined = datasetOf(model).fields[column];
  if (entry?.kind !== 'personal') throw new TypeError(`${model}.${column} is not a personal column`);
  return entry;
}

/** What the schema says of a personal field. */
export function declaration(shows: Extract<Shown, { column: unknown } | { parts: unknown }>): {
  readonly description: string;
  readonly directives: readonly { readonly name: 'personalData'; readonly args: PersonalDataArgs }[];
  readonly extensions: { readonly shows: Shown };
} {
  const entries = ('column' in shows ? [shows.column] : Object.values(shows.parts)).map(personalEntry);
  const [first] = entries;
  if (first === undefined) throw new TypeError('A field without columns');
  const item = [...new Set(entries.flatMap((entry) => itemsOf(entry)))];
  const provenance = [
    ...new Set(entries.flatMap(({ provenance: from }) => (typeof from === 'string' ? [from] : Object.values(from.of)))),
  ];
  return {
    description: `Personal data: ${item.join(', ')}.`,
    directives: [{ name: 'personalData', args: { item, sensitivity: first.sensitivity, provenance } }],
    extensions: { shows },
  };
}

/** The GraphQL type of a column, from what the database holds and how it is written. */
function outputType(model: ModelName, column: string, format: Format): unknown {
  const { type, kind, list } = columnType(model, column);
  const single = kind === 'enum' ? wordRef(type) : scalarOf(type, format);
  return list ? [single] : single;
}

function scalarOf(type: string, format: Format): string {
  switch (type) {
    case 'String':
      return TEXT_TYPES[format] ?? 'String';
    case 'Json':
      return 'JSON';
    case 'BigInt':
      return 'Long';
    case 'DateTime':
    case 'Boolean':
    case 'Int':
    case 'Float':
      return type;
    default:
      throw new TypeError(`No GraphQL type for a column of type ${type}`);
  }
}

const TEXT_TYPES: { readonly [F in Format]?: string } = {
  email: 'EmailAddress',
  phone: 'PhoneNumber',
  ip: 'IPAddress',
  url: 'URL',
  period: 'Duration',
  currency: 'CurrencyCode',
  language: 'Locale',
};
