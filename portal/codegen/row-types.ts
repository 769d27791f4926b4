import {
  getNamedType,
  getNullableType,
  isEnumType,
  isListType,
  isObjectType,
  isScalarType,
  valueFromASTUntyped,
} from 'graphql';
import type { GraphQLField, GraphQLObjectType, GraphQLSchema } from 'graphql';
import { datasets } from '../../src/catalogue/look-up.ts';
import type { Relation } from '../../src/catalogue/vocabulary.ts';

/** A column of the portal's table of rows: how its values are shown follows from the type. */
export interface Column {
  readonly name: string;
  readonly type: string;
  /** The dataset of what hangs off the row and is shown with it. */
  readonly dataset?: string | undefined;
}

/** A field of Subject that gives rows, and what is known of them before any is read. */
export interface RowSource {
  readonly field: string;
  readonly type: string;
  /** Datasets that are shown there: its own, and those that hang off its rows and have no field of their own. */
  readonly datasets: readonly string[];
  /** The relation that the field is for, where another field gives the dataset's rows in the usual one. */
  readonly relation: Relation | null;
  readonly shape: 'PAGES' | 'LIST' | 'ONE';
  readonly columns: readonly Column[];
  /** The items of policies that its columns may store. */
  readonly items: readonly string[];
  /** The document that reads them. */
  readonly text: string;
}

/** Types of rows that bear no model's name, because they are of a second relation to the same dataset. */
const SECOND: Readonly<Record<string, { readonly model: string; readonly relation: Relation }>> = {
  CallAsOtherParty: { model: 'CallRecord', relation: 'CALL_COUNTERPARTY' },
  TechnicalContactEntry: { model: 'TechnicalContact', relation: 'CONTACT_PERSON' },
  BillingContactEntry: { model: 'BillingContact', relation: 'CONTACT_PERSON' },
};

/** What has a page of its own in the portal, or is not of the person's data. */
const ELSEWHERE: ReadonlySet<string> = new Set([
  'requests',
  'bundles',
  'legalHolds',
  'holdings',
  'accessLog',
  'extension',
]);

const byModel = new Map<string, string>(datasets.map(({ model, name }) => [model, name]));
const columnsOf = new Map<string, readonly string[]>(datasets.map(({ model, fields }) => [model, Object.keys(fields)]));

/** Columns come in the catalogue's order; what is put together of several stands where its first part does. */
function placeIn(model: string, column: string): number {
  const place = (columnsOf.get(model) ?? []).findIndex((each) => each === column || each.startsWith(column));
  return place === -1 ? Infinity : place;
}

/** The fields of Subject that give rows, from the schema. Throws TypeError for a type of rows that no dataset has. */
export function rowSources(schema: GraphQLSchema): readonly RowSource[] {
  const subject = schema.getType('Subject') as GraphQLObjectType;
  const fields = Object.values(subject.getFields()).filter(({ name, type }) => !ELSEWHERE.has(name) && isRows(type));
  const own = new Set(fields.map((field) => rowTypeOf(field).name));
  return fields.map((field) => rowSource(field, own));
}

function rowSource(field: GraphQLField<unknown, unknown>, own: ReadonlySet<string>): RowSource {
  const row = rowTypeOf(field);
  const { model, relation } = SECOND[row.name] ?? { model: row.name, relation: null };
  const name = byModel.get(model);
  if (name === undefined) throw new TypeError(`No dataset has rows of the type ${row.name}`);
  const shape = field.args.some((arg) => arg.name === 'after')
    ? 'PAGES'
    : isListType(getNullableType(field.type))
      ? 'LIST'
      : 'ONE';
  const columns = Object.values(row.getFields())
    .filter((each) => isShown(each, own))
    .toSorted((one, other) => placeIn(model, one.name) - placeIn(model, other.name));
  return {
    field: field.name,
    type: row.name,
    datasets: [name, ...columns.map(nestedDataset).filter((each) => each !== undefined)],
    relation,
    shape,
    columns: columns.map((column) => ({ name: column.name, type: typeName(column), dataset: nestedDataset(column) })),
    items: [...new Set(columns.flatMap(itemsOf))],
    text: textOf(field.name, shape, columns),
  };
}

/** Rows have a retention of their own. */
function isRows(type: GraphQLField<unknown, unknown>['type']): boolean {
  const named = getNamedType(type);
  return isObjectType(named) && ('retention' in named.getFields() || 'nodes' in named.getFields());
}

function rowTypeOf({ type }: GraphQLField<unknown, unknown>): GraphQLObjectType {
  const named = getNamedType(type) as GraphQLObjectType;
  const { nodes } = named.getFields();
  return nodes === undefined ? named : rowTypeOf(nodes);
}

/** Values, and what hangs off a row and has no page of its own; not what leads to other rows. */
function isShown({ name, type }: GraphQLField<unknown, unknown>, own: ReadonlySet<string>): boolean {
  if (name === 'id' || name === 'retention') return false;
  const named = getNamedType(type);
  if (!isObjectType(named)) return true;
  if (own.has(named.name) || SECOND[named.name] !== undefined) return false;
  return isListType(getNullableType(type)) || !('retention' in named.getFields());
}

function itemsOf({ astNode }: GraphQLField<unknown, unknown>): readonly string[] {
  const directive = astNode?.directives?.find(({ name }) => name.value === 'personalData');
  const item = directive?.arguments?.find(({ name }) => name.value === 'item')?.value;
  return item === undefined ? [] : (valueFromASTUntyped(item) as readonly string[]);
}

function nestedDataset({ type }: GraphQLField<unknown, unknown>): string | undefined {
  return byModel.get(getNamedType(type).name);
}

function typeName({ name, type }: GraphQLField<unknown, unknown>): string {
  const named = getNamedType(type);
  if (name.endsWith('Seconds')) return 'Seconds';
  if (isEnumType(named)) return 'Word';
  return isScalarType(named) || named.name === 'Money' ? named.name : 'Object';
}

function textOf(field: string, shape: RowSource['shape'], columns: readonly GraphQLField<unknown, unknown>[]): string {
  const row = `id retention { expiresAt max status ruleId } ${columns.map(selection).join(' ')}`;
  const operation = `${field[0]?.toUpperCase()}${field.slice(1)}Rows`;
  return shape === 'PAGES'
    ? `query ${operation}($first: Int!, $after: String) { viewer { subject { id ${field}(first: $first, after: $after) { totalCount pageInfo { endCursor hasNextPage } nodes { ${row} } } } } }`
    : `query ${operation} { viewer { subject { id ${field} { ${row} } } } }`;
}

function selection({ name, type }: GraphQLField<unknown, unknown>): string {
  const named = getNamedType(type);
  if (!isObjectType(named)) return name;
  const values = Object.values(named.getFields()).filter(
    (each) => !isObjectType(getNamedType(each.type)) || getNamedType(each.type).name === 'Money',
  );
  return `${name} { ${values.map(selection).join(' ')} }`;
}
