import { getNamedType, isObjectType, type GraphQLObjectType } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Actor } from '../../src/access/actor.ts';
import { schema } from '../../src/graphql/schema.ts';
import { addOneOfEach } from './one-of-each.ts';
import { openGateway, type TestGateway } from './open-gateway.ts';
import {
  administrator,
  auditor,
  customerStaff,
  internalApp,
  privacyStaff,
  processorStaff,
  subject,
  supportAgent,
} from './people.ts';

let at: TestGateway;
const CANARY = 'canary-7c1f';
const TENANTS = ['cp', 'cx', 'ct', 'cn', 'cr'] as const;

beforeAll(async () => {
  at = await openGateway({ onFault: (error) => console.error(error) });
  for (const tenant of TENANTS) await addOneOfEach(at.prisma, tenant, CANARY);
});

afterAll(() => at[Symbol.asyncDispose]());

/** Selects every field of a type that needs no argument, so many levels deep. */
function everything(type: GraphQLObjectType, levels: number): string {
  const fields = Object.values(type.getFields()).flatMap((field) => {
    const inner = getNamedType(field.type);
    if (!isObjectType(inner)) return [field.name];
    return levels === 0 || field.name === 'edges' ? [] : [`${field.name} ${everything(inner, levels - 1)}`];
  });
  return `{ ${fields.length === 0 ? '__typename' : fields.join(' ')} }`;
}

const ARGUMENTS: Readonly<Record<string, string>> = {
  bundle: '(scope: ACCESS)',
  bundleEstimate: '(scope: ACCESS, format: JSON)',
};
const datasetFields = Object.values((schema.getType('Subject') as GraphQLObjectType).getFields());
const queries = datasetFields.map((field) => {
  const inner = getNamedType(field.type);
  return {
    name: field.name,
    query: `{ subject(id: "ann") { ${field.name}${ARGUMENTS[field.name] ?? ''} ${isObjectType(inner) ? everything(inner, 2) : ''} } }`,
  };
});

/** Classes of purpose that every policy has, for whom it matters; agents and apps answer no requests. */
function purposesOf({ kind }: Actor): readonly string[] {
  if (kind === 'SUPPORT_AGENT' || kind === 'INTERNAL_APP') return ['BILLING', 'SERVICE'];
  return kind === 'CONTROLLER_STAFF' || kind === 'PROCESSOR_STAFF' ? ['DATA_SUBJECT_REQUEST'] : ['SERVICE'];
}

test.each(TENANTS)('no actor of %s reads a secret in any field, and no field fails', async (tenant) => {
  const staff = [privacyStaff(tenant), processorStaff(tenant), supportAgent(tenant), internalApp(tenant)];
  const actors = [
    subject(tenant, 'ann'),
    customerStaff(tenant, 'row'),
    auditor(tenant),
    administrator(tenant),
    ...staff,
  ];
  for (const actor of actors) {
    for (const { query } of queries) {
      for (const purpose of purposesOf(actor)) {
        const text = JSON.stringify(await at.ask(actor, query, { purpose }));
        expect(text).not.toContain(CANARY);
        expect(text, query).not.toContain('"errors"');
      }
    }
  }
});

test.each(TENANTS)('every null of a personal field of %s has its reason', async (tenant) => {
  for (const actor of [subject(tenant, 'ann'), supportAgent(tenant), internalApp(tenant)]) {
    for (const { name, query } of queries.filter(({ name }) => !name.startsWith('bundle'))) {
      const { data, extensions } = await at.ask(actor, query, { purpose: 'SERVICE' });
      const told = new Set(extensions?.privacy?.nulls.map((note) => JSON.stringify((note as { path: unknown }).path)));
      for (const path of nullsOf(data, []))
        expect(told, `${actor.kind} ${name} ${path.join('.')}`).toContain(JSON.stringify(path));
    }
  }
});

/** Technical values that may be missing without anything being withheld. */
const TECHNICAL = /^(retention|expiresAt|max|onBehalfOf|oldest|newest|ticket|startCursor|endCursor)$/;
/** What a request has only once it is there, and what its policy may not name. */
const OF_REQUESTS = /^subject requests \d+ (bundle|progress|transmissions \d+ \w+|remedies \w+)$/;

function nullsOf(value: unknown, path: readonly (string | number)[]): (readonly (string | number)[])[] {
  const [last] = path.slice(-1);
  if (value === null)
    return (typeof last === 'string' && TECHNICAL.test(last)) || OF_REQUESTS.test(path.join(' ')) ? [] : [path];
  if (typeof value !== 'object' || value === undefined) return [];
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return entries.flatMap(([step, inner]) => nullsOf(inner, [...path, step as string | number]));
}
