import type { Format } from '../../catalogue/dataset.ts';
import { RELATIONS, type Relation } from '../../catalogue/vocabulary.ts';
import { kept } from '../kept.ts';
import { placeOf, type Section } from '../plan.ts';
import type { Place, Property, Selection } from '../select.ts';
import type { ColumnModel, SectionModel, TitleModel } from './model.ts';
import type { ShownRows } from './rows.ts';

/** A section of the page, and its rows where they stand in the page itself. */
export interface ViewerSection {
  readonly model: SectionModel;
  readonly inline: string | null;
}

/** The dataset of which the page draws a chart by month. */
const CHARTED = 'call-records';

/** The name of a section's rows in the page and in its script files. */
export function viewerId(name: string, place: Place): string {
  return place === 'data' ? name : `${name}-context`;
}

/** The key by whose months the rows of a dataset are counted, if they are. */
export function monthsKey(section: Section, place: Place): string | undefined {
  return section.dataset.name === CHARTED && place === 'data' ? section.dataset.anchor : undefined;
}

/** A section of the page, once its rows are written. */
export function viewerSection(selection: Selection, rows: ShownRows): ViewerSection {
  const { section, place } = selection;
  const path = `${place}/${section.name}`;
  return {
    inline: rows.inline,
    model: {
      id: viewerId(section.name, place),
      title: titleOf(section, place),
      rows: rows.rows,
      shown: rows.shown,
      chunks: rows.chunks,
      anchor: place === 'data' ? (section.dataset.anchor ?? null) : null,
      path: `${path}${section.dataset.large === true ? '.ndjson' : '.json'}`,
      csv: `${path}.csv`,
      columns: columnsOf(selection),
      months: rows.months,
    },
  };
}

const columnsOf = kept((selection: Selection) => selection.properties.map((property) => columnOf(selection, property)));

/** What a section is called. */
function titleOf(section: Section, place: Place): TitleModel {
  const first = RELATIONS.find((relation: Relation) => section.dataset.subjects[relation] !== undefined);
  return {
    dataset: section.dataset.name,
    fallback: section.dataset.title,
    relation: section.relation === first ? null : section.relation,
    place,
  };
}

function columnOf({ section, place, properties }: Selection, { name, field, column }: Property): ColumnModel {
  const told = column?.cases.filter(({ fate }) => placeOf(fate) === place) ?? [];
  const items = [...new Set(told.flatMap(({ item }) => item ?? []))];
  const releases = told.flatMap(({ fate }) => (fate.kind === 'INCLUDE' || fate.kind === 'CONTEXT' ? [fate] : []));
  const format = formatOf(section, name, field);
  const withAmount = properties.some((other) => formatOf(section, other.name, other.field) === 'amount');
  return {
    name,
    format,
    technical: TECHNICAL.has(name) || format === 'link' || format === 'digest' || (format === 'currency' && withAmount),
    added: field === null && name !== 'subjectId',
    items: items.map(({ id, item }) => ({ id, item })),
    provenance: column === null ? null : provenanceOf(column.entry.provenance, items[0]?.provenance),
    article: column === null ? null : releases.some(({ article }) => article === '15+20') ? '15+20' : '15',
    undeclared: column !== null && items.length === 0,
  };
}

/** What a person seldom asks for; remarks on a row have a column of their own. */
const TECHNICAL = new Set([
  'id',
  'subjectId',
  'sourceSystem',
  'contentType',
  'retentionMax',
  'retentionStatus',
  'thirdParty',
]);

const ADDED: { readonly [name: string]: Format | 'link' } = {
  subjectId: 'link',
  thirdParty: 'flag',
  retentionExpiresAt: 'instant',
  retentionMax: 'flag',
  retentionStatus: 'code',
};

function formatOf({ dataset }: Section, name: string, field: string | null): Format | 'link' {
  const entry = field === null ? undefined : dataset.fields[field];
  if (entry === undefined) return ADDED[name] ?? 'text';
  return entry.kind === 'personal' || entry.kind === 'system' ? entry.format : 'link';
}

function provenanceOf(declared: string | object, stated: string | null | undefined): string {
  return typeof declared === 'string' ? (stated ?? declared) : 'by';
}
