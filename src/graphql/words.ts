import type { EnumRef } from '@pothos/core';
import { PROVENANCES, RELATIONS, SENSITIVITIES } from '../catalogue/vocabulary.ts';
import * as enums from '../generated/prisma/enums.ts';
import { builder } from './builder.ts';

/** Any enum of the schema, seen without its words. */
export type WordRef = EnumRef<never, string>;

const stored = new Map<string, WordRef>(
  Object.entries(enums).map(([name, words]) => [
    name,
    builder.enumType(name, { values: Object.values(words) }) as unknown as WordRef,
  ]),
);

/** The GraphQL enum of a closed set of words in the database. */
export function wordRef(name: string): WordRef {
  const ref = stored.get(name);
  if (ref === undefined) throw new TypeError(`No enum ${name}`);
  return ref;
}

export const RelationRef = builder.enumType('SubjectRelation', {
  description: 'How a subject stands to a row.',
  values: RELATIONS,
});
export const ProvenanceRef = builder.enumType('Provenance', {
  description: 'Where a value came from.',
  values: PROVENANCES,
});
export const SensitivityRef = builder.enumType('Sensitivity', {
  description: 'How a value must be handled.',
  values: SENSITIVITIES,
});
