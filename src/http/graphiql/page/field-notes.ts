import {
  buildClientSchema,
  getIntrospectionQuery,
  isObjectType,
  type GraphQLSchema,
  type IntrospectionQuery,
} from 'graphql';
import type { DenialReason, Visibility } from '../../../access/visibility.ts';
import { ask, type Answer, type Sender } from './ask.ts';
import { REASONS } from './reasons.ts';

interface FieldAccess {
  readonly type: string;
  readonly field: string;
  readonly part: string | null;
  readonly item: string;
  readonly name: string | null;
  readonly sensitivity: string | null;
  readonly gets: Visibility['kind'];
  readonly reason: DenialReason | null;
  readonly rows: string | null;
}

/** The schema with what you get of each field, and the names of the policy's items by their ids. */
export interface AnnotatedSchema {
  readonly schema: GraphQLSchema;
  readonly names: ReadonlyMap<string, string>;
}

const FIELD_ACCESS = /* GraphQL */ `
  query FieldAccess {
    fieldAccess {
      type
      field
      part
      item
      name
      sensitivity
      gets
      reason
      rows
    }
  }
`;

/** Reads the schema and what the sender gets of it; no personal data is read. */
export async function readSchema(sender: Sender): Promise<AnnotatedSchema> {
  const introspection = dataOf<IntrospectionQuery>(await ask(sender, { query: getIntrospectionQuery() }));
  const { fieldAccess } = dataOf<{ readonly fieldAccess: readonly FieldAccess[] }>(
    await ask(sender, { query: FIELD_ACCESS }),
  );
  const schema = buildClientSchema(introspection);
  const byField = Map.groupBy(fieldAccess, ({ type, field }) => `${type}.${field}`);
  for (const type of Object.values(schema.getTypeMap()).filter(isObjectType)) {
    for (const field of Object.values(type.getFields())) {
      const access = byField.get(`${type.name}.${field.name}`);
      if (access !== undefined) field.description = noteOf(access);
    }
  }
  const names = fieldAccess.flatMap(({ item, name }): [string, string][] => (name === null ? [] : [[item, name]]));
  return { schema, names: new Map(names) };
}

function dataOf<Data>({ data, errors }: Answer): Data {
  if (errors !== undefined) throw new Error(errors[0]?.message);
  return data as Data;
}

/** The documentation of a field, in Markdown; lists of fields show its first paragraph only. */
function noteOf(access: readonly FieldAccess[]): string {
  return access
    .map(({ part, item, name, sensitivity, gets, reason, rows }) => {
      const where = [part, rows].filter((text) => text !== null).join(', ');
      const declared = [name === null ? item : `${item} ${name}`, sensitivity]
        .filter((text) => text !== null)
        .join(', ');
      return `${where === '' ? '' : `${where}: `}**${getsText(gets, reason)}** (${declared})`;
    })
    .join('  \n');
}

function getsText(gets: Visibility['kind'], reason: DenialReason | null): string {
  switch (gets) {
    case 'CLEAR':
      return 'You get it in clear.';
    case 'MASKED':
      return 'You get it in a mask.';
    case 'COUNT':
      return 'You get how many there are, at most.';
    case 'GRANT_ONLY':
      return 'You get it under a grant only.';
    case 'DENIED':
      return `You do not get it: ${reason ?? ''}. ${reason === null ? '' : REASONS[reason].what}`;
    default:
      return gets satisfies never;
  }
}
