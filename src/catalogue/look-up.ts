import { getDatamodel } from '../generated/pothos.ts';
import { catalogue } from './catalogue.ts';
import type { FieldEntry, ModelName, Personal, SubjectPath, TriggerName } from './dataset.ts';
import type { ItemName } from './items.ts';
import type { Provenance, Relation } from './vocabulary.ts';

interface ByAnyWord<T> {
  readonly by: string;
  readonly of: { readonly [word: string]: T };
}

/** A personal column, seen without its model's type. */
export interface AnyPersonal extends Omit<Personal<ModelName>, 'items' | 'provenance'> {
  readonly items: readonly ItemName[] | ByAnyWord<readonly ItemName[]>;
  readonly provenance: Provenance | ByAnyWord<Provenance>;
}

/** The catalogue's entry of a column, seen without its model's type. */
export type AnyField = AnyPersonal | Exclude<FieldEntry<ModelName>, { kind: 'personal' }>;

/** A dataset, seen without its model's type, for code that walks over all of them. */
export interface AnyDataset {
  readonly model: ModelName;
  readonly name: string;
  readonly title: string;
  readonly subjects: { readonly [R in Relation]?: SubjectPath<ModelName> };
  readonly anchor?: string;
  readonly large?: true;
  readonly parties?: string;
  readonly triggers?: { readonly [T in TriggerName]?: string };
  readonly period?: string;
  readonly internal?: { readonly field: string; readonly is: string };
  readonly parents?: { readonly [field: string]: ModelName };
  readonly fields: { readonly [field: string]: AnyField };
}

/** All datasets, in the catalogue's order. */
export const datasets: readonly AnyDataset[] = Object.entries(catalogue).map(([model, dataset]) => ({
  model: model as ModelName,
  ...(dataset as unknown as Omit<AnyDataset, 'model'>),
}));

const byModel = new Map(datasets.map((dataset) => [dataset.model, dataset]));
const byName = new Map(datasets.map((dataset) => [dataset.name, dataset]));

/** The dataset of a model. */
export function datasetOf(model: ModelName): AnyDataset {
  const dataset = byModel.get(model);
  if (dataset === undefined) throw new TypeError(`No dataset for model ${model}`);
  return dataset;
}

/** The dataset of a name as bundles and commands use it, if there is one. */
export function datasetNamed(name: string): AnyDataset | undefined {
  return byName.get(name);
}

/** The items that a column may store, over all words of its row. */
export function itemsOf(entry: AnyField): readonly ItemName[] {
  switch (entry.kind) {
    case 'secret':
      return entry.items;
    case 'personal':
      return 'by' in entry.items ? [...new Set(Object.values(entry.items.of).flat())] : entry.items;
    case 'link':
    case 'system':
      return [];
    default:
      return entry satisfies never;
  }
}

/** The candidates of a personal column, given the words of its row. */
export function itemsFor(entry: AnyPersonal, words: ReadonlyMap<string, string>): readonly ItemName[] {
  if (!('by' in entry.items)) return entry.items;
  return entry.items.of[words.get(entry.items.by) ?? ''] ?? [];
}

/** The provenance that the row itself tells, where it does. */
export function provenanceFor(entry: AnyPersonal, words: ReadonlyMap<string, string>): Provenance | null {
  if (typeof entry.provenance === 'string') return null;
  return entry.provenance.of[words.get(entry.provenance.by) ?? ''] ?? null;
}

/** The columns whose words other columns of the dataset depend on. */
export function wordFields(dataset: AnyDataset): readonly string[] {
  const fields = new Set<string>(dataset.parties === undefined ? [] : [dataset.parties]);
  for (const entry of Object.values(dataset.fields)) {
    if (entry.kind !== 'personal') continue;
    if ('by' in entry.items) fields.add(entry.items.by);
    if (typeof entry.provenance !== 'string') fields.add(entry.provenance.by);
  }
  return [...fields];
}

/** What the database holds in a column. */
export interface ColumnType {
  readonly type: string;
  readonly kind: 'scalar' | 'enum';
  readonly required: boolean;
  readonly list: boolean;
}

const datamodel = getDatamodel().datamodel.models as unknown as Record<
  string,
  { fields: readonly { name: string; type: string; kind: string; isRequired: boolean; isList: boolean }[] }
>;

const columnTypes = new Map(
  Object.entries(datamodel).flatMap(([model, { fields }]) =>
    fields
      .filter((field) => field.kind !== 'object')
      .map((field): [string, ColumnType] => [
        `${model}.${field.name}`,
        {
          type: field.type,
          kind: field.kind === 'enum' ? 'enum' : 'scalar',
          required: field.isRequired,
          list: field.isList,
        },
      ]),
  ),
);

/** The type of a column in the datamodel. */
export function columnType(model: ModelName, field: string): ColumnType {
  const type = columnTypes.get(`${model}.${field}`);
  if (type === undefined) throw new TypeError(`No column ${model}.${field}`);
  return type;
}

/** A model's or field's name in SQL; the datamodel maps every name by this one rule (the drift test holds it). */
export function sqlName(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter, at: number) => (at === 0 ? '' : '_') + letter.toLowerCase());
}
