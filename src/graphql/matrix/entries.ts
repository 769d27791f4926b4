import { getNamedType, isObjectType, type GraphQLField, type GraphQLObjectType, type GraphQLSchema } from 'graphql';
import type { ModelName } from '../../catalogue/dataset.ts';
import { datasetOf } from '../../catalogue/look-up.ts';
import { shownFields } from '../shown-fields.ts';
import { PLAIN_FIELDS } from './plain-fields.ts';

/**
 * Who gets a field of the schema.
 *
 * ITEM   it shows an item: the matrix of each policy tells
 * ROW    it stands in a row or leads to rows, and goes with them
 * PART   it is part of a field that shows items
 * PAGE   it frames rows
 * PLAIN  it shows no item: who gets it is written down
 */
export type FieldEntry =
  | { readonly kind: 'ITEM' | 'ROW' | 'PART' | 'PAGE' }
  | { readonly kind: 'PLAIN'; readonly who: string };

type Field = GraphQLField<unknown, unknown>;

/** The entry of every field of the schema by `Type.field`; null for one of which nobody has said who gets it. */
export function fieldEntries(schema: GraphQLSchema): ReadonlyMap<string, FieldEntry | null> {
  const shown = shownFields(schema);
  const items = new Set(shown.map(({ type, field }) => `${type}.${field}`));
  const parts = new Set(shown.flatMap((each) => (each.part === null ? [] : [partType(schema, each)])));
  const models = new Map(
    shown.flatMap(({ type, of }): [string, ModelName][] => ('model' in of ? [[type, of.model]] : [])),
  );
  const entryOf = (type: GraphQLObjectType, field: Field): FieldEntry | null => {
    const name = `${type.name}.${field.name}`;
    const who = PLAIN_FIELDS[name] ?? PLAIN_FIELDS[`${type.name}.*`];
    if (items.has(name)) return { kind: 'ITEM' };
    if (parts.has(type.name)) return { kind: 'PART' };
    if (who !== undefined) return { kind: 'PLAIN', who };
    if (isOfRow(models, type.name, field)) return { kind: 'ROW' };
    return isOfPage(type, field) ? { kind: 'PAGE' } : null;
  };
  return new Map(
    Object.values(schema.getTypeMap())
      .filter(isObjectType)
      .filter(({ name }) => !name.startsWith('__'))
      .flatMap((type) =>
        Object.values(type.getFields()).map((field): [string, FieldEntry | null] => [
          `${type.name}.${field.name}`,
          entryOf(type, field),
        ]),
      ),
  );
}

function partType(schema: GraphQLSchema, { type, field }: { readonly type: string; readonly field: string }): string {
  const parent = schema.getType(type);
  const found = isObjectType(parent) ? parent.getFields()[field] : undefined;
  return found === undefined ? '' : getNamedType(found.type).name;
}

/** A technical column, the row's own id or retention, or the way to rows. */
function isOfRow(models: ReadonlyMap<string, ModelName>, type: string, field: Field): boolean {
  const leadsTo = getNamedType(field.type).name;
  const toRows = models.has(leadsTo) || models.has(leadsTo.replace(/Connection$/, '')) || isKeptRow(leadsTo);
  if (type === 'Subject') return toRows;
  const model = models.get(type);
  if (model === undefined) return false;
  return (
    field.name === 'id' ||
    field.name === 'retention' ||
    toRows ||
    datasetOf(model).fields[field.name]?.kind === 'system'
  );
}

/** Rows without items, which are for the person and privacy staff. */
function isKeptRow(type: string): boolean {
  return Object.hasOwn(PLAIN_FIELDS, `${type}.*`);
}

const PAGE_FIELDS = new Set(['edges', 'nodes', 'pageInfo', 'totalCount', 'node', 'cursor']);

/** Pages have a `pageInfo`, their edges a `cursor`. */
function isOfPage(type: GraphQLObjectType, { name }: Field): boolean {
  const fields = type.getFields();
  return PAGE_FIELDS.has(name) && (fields['pageInfo'] !== undefined || fields['cursor'] !== undefined);
}
