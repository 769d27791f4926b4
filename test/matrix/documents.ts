import { getNamedType, isLeafType, isObjectType, type GraphQLField, type GraphQLObjectType } from 'graphql';
import { schema } from '../../src/graphql/schema.ts';
import type { Actor } from '../../src/access/actor.ts';
import type { TenantId } from '../graphql/open-gateway.ts';
import * as people from '../graphql/people.ts';

type Field = GraphQLField<unknown, unknown>;

/** How fields are written: as they are, or in a form that must make no difference. */
export type Form = 'PLAIN' | 'INLINE_FRAGMENTS';

const subjectType = typeNamed('Subject');
/** Big ones, asked for by themselves elsewhere. */
const APART = new Set(['bundle', 'bundleEstimate', 'holdings', 'accessLog']);
/** So many ways into the data at once stay below the limits of a document, by levels. */
const AT_ONCE = [8, 8, 2] as const;

/** The ways to a person: by id, by an identifier, and as oneself. */
export const WAYS = {
  BY_ID: (fields: string) => `query ($id: ID!) { subject(id: $id) { ${fields} } }`,
  FOUND: (fields: string) => `query ($text: String!) { findSubjects(identifier: $text) { ${fields} } }`,
  ONESELF: (fields: string) => `{ viewer { subject { ${fields} } } }`,
} as const;

/** Documents that together ask for every field of every kind of rows of a person, `levels` of relations deep. */
export function datasetDocuments(levels: number, form: Form = 'PLAIN', way = WAYS.BY_ID): readonly string[] {
  const ways = Object.values(subjectType.getFields()).filter(
    ({ name, type }) => isObjectType(getNamedType(type)) && !APART.has(name),
  );
  const asked = ways.map((field) => asking(field, levels, form));
  const atOnce = AT_ONCE[levels] ?? 1;
  return Array.from({ length: Math.ceil(asked.length / atOnce) }, (_, index) =>
    way(asked.slice(index * atOnce, (index + 1) * atOnce).join(' ')),
  );
}

function asking(field: Field, levels: number, form: Form): string {
  const type = getNamedType(field.type) as GraphQLObjectType;
  const nodes = type.getFields()['nodes'];
  const paged = field.args.some(({ name }) => name === 'first');
  if (nodes !== undefined)
    return `${field.name}${paged ? '(first: 2)' : ''} { ${asking(nodes, levels, form)} totalCount }`;
  return `${field.name} ${selection(type, levels, form)}`;
}

/** All fields of a type: values, composites whole, and relations as long as there are levels left. */
function selection(type: GraphQLObjectType, levels: number, form: Form): string {
  const fields = Object.values(type.getFields()).flatMap((field) => {
    const inner = getNamedType(field.type);
    if (isLeafType(inner)) return [field.name];
    const deeper = isRows(inner as GraphQLObjectType);
    return deeper && levels === 0 ? [] : [asking(field, deeper ? levels - 1 : levels, form)];
  });
  const text = fields.join(' ');
  return form === 'PLAIN' ? `{ ${text} }` : `{ ... { __typename } ... on ${type.name} { ${text} } }`;
}

/** Rows have an id. */
function isRows(type: GraphQLObjectType): boolean {
  return type.getFields()['id'] !== undefined;
}

function typeNamed(name: string): GraphQLObjectType {
  const type = schema.getType(name);
  if (!isObjectType(type)) throw new TypeError(name);
  return type;
}

/** The actors of the matrix's columns, at a tenant where the person is `ann`, of the organisation `row`. */
export function actorsAt(tenant: TenantId): readonly { readonly title: string; readonly actor: Actor }[] {
  return [
    { title: 'subject', actor: people.subject(tenant, 'ann') },
    { title: 'privacy staff', actor: people.privacyStaff(tenant) },
    { title: "customer's staff", actor: people.customerStaff(tenant, 'row') },
    { title: "processor's staff", actor: people.processorStaff(tenant) },
    { title: 'support agent', actor: people.supportAgent(tenant) },
    { title: 'internal app', actor: people.internalApp(tenant) },
    { title: 'auditor', actor: people.auditor(tenant) },
    { title: 'administrator', actor: people.administrator(tenant) },
  ];
}
