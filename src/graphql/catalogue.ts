import { datasets, itemsOf, type AnyDataset, type AnyField } from '../catalogue/look-up.ts';
import type { Relation } from '../catalogue/vocabulary.ts';
import { builder } from './builder.ts';
import { SECRET_MODELS } from './secret-models.ts';
import { ProvenanceRef, RelationRef, SensitivityRef } from './words.ts';

interface CatalogueField {
  readonly name: string;
  readonly entry: AnyField;
}

const KindRef = builder.enumType('FieldKind', {
  description: 'personal: stores an item; link: joins rows; system: technical, never personal. Secrets are not listed.',
  values: { PERSONAL: { value: 'personal' }, LINK: { value: 'link' }, SYSTEM: { value: 'system' } } as const,
});

const FieldRef = builder.objectRef<CatalogueField>('CatalogueField').implement({
  description: 'What is declared of one column.',
  fields: (t) => ({
    name: t.exposeString('name', { nullable: false }),
    kind: t.field({
      type: KindRef,
      nullable: false,
      resolve: ({ entry }) => (entry.kind === 'secret' ? 'system' : entry.kind),
    }),
    items: t.stringList({ nullable: false, resolve: ({ entry }) => [...itemsOf(entry)] }),
    sensitivity: t.field({
      type: SensitivityRef,
      resolve: ({ entry }) => (entry.kind === 'personal' ? entry.sensitivity : null),
    }),
    provenance: t.field({
      type: [ProvenanceRef],
      nullable: false,
      resolve: ({ entry }) => {
        if (entry.kind !== 'personal') return [];
        return typeof entry.provenance === 'string'
          ? [entry.provenance]
          : [...new Set(Object.values(entry.provenance.of))];
      },
    }),
    format: t.string({
      resolve: ({ entry }) => (entry.kind === 'personal' || entry.kind === 'system' ? entry.format : null),
    }),
  }),
});

const DatasetRef = builder.objectRef<AnyDataset>('Dataset').implement({
  description: "One kind of rows, seen as a source of a subject's data.",
  fields: (t) => ({
    name: t.exposeString('name', { nullable: false }),
    title: t.exposeString('title', { nullable: false }),
    relations: t.field({
      type: [RelationRef],
      nullable: false,
      resolve: ({ subjects }) => Object.keys(subjects) as Relation[],
    }),
    fields: t.field({
      type: [FieldRef],
      nullable: false,
      resolve: ({ fields }) =>
        Object.entries(fields).flatMap(([name, entry]) => (entry.kind === 'secret' ? [] : [{ name, entry }])),
    }),
  }),
});

/** A dataset that is there for its secret alone has no type and no entry. */
const listed = datasets.filter(({ model }) => !SECRET_MODELS.has(model));

builder.queryField('catalogue', (t) =>
  t.field({
    type: [DatasetRef],
    nullable: false,
    description: 'What is declared of every column, by dataset.',
    resolve: () => [...listed],
  }),
);
