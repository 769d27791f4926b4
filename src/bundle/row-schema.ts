import type { Format } from '../catalogue/dataset.ts';
import { columnType } from '../catalogue/look-up.ts';
import { enumWords } from '../catalogue/enum-words.ts';
import { kept } from './kept.ts';
import { placeOf } from './plan.ts';
import type { Property, Selection } from './select.ts';

type JsonSchema = { readonly [key: string]: unknown };

/** The JSON Schema (2020-12) of a row; each property says which item it is, where it came from and by which article it is given. */
export const rowSchema = kept(({ section, place, properties }: Selection): JsonSchema => {
  return Object.freeze({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:carryall:schema:${place}:${section.name}`,
    title: section.dataset.title,
    type: 'object',
    properties: Object.fromEntries(
      properties.map((property) => [property.name, propertySchema(property, section, place)]),
    ),
    required: properties.map(({ name }) => name),
    additionalProperties: false,
  });
});

function propertySchema(property: Property, section: Selection['section'], place: Selection['place']): JsonSchema {
  const { name, field, column } = property;
  if (name === 'subjectId') return { type: 'string', description: 'The person whom this row is about.' };
  if (field === null) return ANNOTATIONS[name] ?? {};
  const type = typeSchema(section, field, column?.entry.format);
  // A value may be missing in any row, and rows that differ by their words leave columns out.
  const nullable = column === null ? type : { anyOf: [type, { type: 'null' }] };
  if (column === null) return nullable;
  const told = column.cases.filter(({ fate }) => placeOf(fate) === place);
  const items = [...new Set(told.flatMap(({ item }) => item ?? []))];
  const releases = told.flatMap(({ fate }) => (fate.kind === 'INCLUDE' || fate.kind === 'CONTEXT' ? [fate] : []));
  return {
    ...nullable,
    'x-carryall': {
      items: items.map(({ id, item }) => ({ id, item })),
      provenance:
        typeof column.entry.provenance === 'string'
          ? (items[0]?.provenance ?? column.entry.provenance)
          : { by: column.entry.provenance.by, of: column.entry.provenance.of },
      article: releases.some(({ article }) => article === '15+20') ? '15+20' : '15',
      thirdParty: releases.some(({ thirdParty }) => thirdParty),
      ...(items.length === 0 ? { undeclared: true } : {}),
    },
  };
}

const ANNOTATIONS: { readonly [name: string]: JsonSchema } = {
  thirdParty: {
    type: 'boolean',
    description: 'True when the row holds data about somebody else as well (Art. 20(4)).',
  },
  retentionExpiresAt: {
    anyOf: [{ type: 'string', format: 'date-time' }, { type: 'null' }],
    description: 'When this row is to be deleted; null while the clock has not started.',
  },
  retentionMax: {
    anyOf: [{ type: 'boolean' }, { type: 'null' }],
    description: 'True when the policy says "up to": the row may be deleted earlier.',
  },
  retentionStatus: {
    enum: ['LIVE', 'OVERDUE'],
    description: 'OVERDUE: kept beyond its time, and told because it is still held.',
  },
};

function typeSchema({ dataset }: Selection['section'], field: string, format: Format | undefined): JsonSchema {
  const { type, kind, list, required } = columnType(dataset.model, field);
  const words = kind === 'enum' ? enumWords(type) : null;
  const one = words === null ? scalarSchema(type, format) : { enum: words };
  const schema = list ? { type: 'array', items: one } : one;
  return required || dataset.fields[field]?.kind === 'personal' ? schema : { anyOf: [schema, { type: 'null' }] };
}

function scalarSchema(type: string, format: Format | undefined): JsonSchema {
  switch (type) {
    case 'DateTime':
      return { type: 'string', format: 'date-time' };
    case 'Int':
    case 'BigInt':
      return { type: 'integer' };
    case 'Float':
      return { type: 'number' };
    case 'Boolean':
      return { type: 'boolean' };
    case 'Json':
      return {};
    default:
      return { type: 'string', ...(format === undefined ? {} : (FORMATS[format] ?? {})) };
  }
}

const FORMATS: { readonly [F in Format]?: JsonSchema } = {
  phone: { description: 'E.164' },
  currency: { description: 'ISO 4217' },
  language: { description: 'BCP 47' },
  period: { description: 'ISO 8601 duration' },
  digest: { description: 'SHA-256, hexadecimal' },
  blob: { description: 'Where the file lies in the archive; null in a JSON document or where no file is held.' },
};
