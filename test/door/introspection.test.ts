import {
  buildClientSchema,
  getIntrospectionQuery,
  lexicographicSortSchema,
  printSchema,
  type IntrospectionQuery,
} from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { schema } from '../../src/graphql/schema.ts';
import { openGateway, type TestGateway } from '../graphql/open-gateway.ts';
import * as people from '../graphql/people.ts';
import { send } from './send.ts';

let at: TestGateway;
beforeAll(async () => {
  at = await openGateway();
});
afterAll(() => at[Symbol.asyncDispose]());

const refused = [people.subject('cp', 'ann'), people.internalApp('cp'), people.processorStaff('cp')];
const admitted = [
  people.supportAgent('cp'),
  people.privacyStaff('cp'),
  people.auditor('cp'),
  people.administrator('cp'),
];

test.each([
  ['G-04', '{ __schema { types { name } } }'],
  ['G-05', '{ __type(name: "Subject") { fields { name } } }'],
  ['G-06', '{ x: __schema { ...F } } fragment F on __Schema { types { name } }'],
  ['G-06, by a fragment of the query', '{ ...F } fragment F on Query { y: __type(name: "Subject") { name } }'],
])('%s: the schema is not told to those who do not work with it', async (_id, query) => {
  for (const actor of refused) {
    const { codes, data, text } = await send(at, actor, { query });
    expect([new Set(codes), data]).toEqual([new Set(['INTROSPECTION_REFUSED']), undefined]);
    expect(text).not.toMatch(/Subject/);
  }
});

test('G-07: the name of a type is no secret', async () => {
  for (const actor of refused)
    expect((await send(at, actor, { query: '{ __typename }' })).data).toEqual({ __typename: 'Query' });
});

test('G-08: introspection in circles is refused to everybody', async () => {
  const circle = (depth: number): string => (depth === 0 ? 'name' : `fields { type { ${circle(depth - 1)} } }`);
  const query = `{ __schema { types { ${circle(8)} } } }`;
  for (const actor of [...refused, ...admitted]) {
    const { codes, data, text } = await send(at, actor, { query });
    expect(codes.length, text).toBeGreaterThan(0);
    expect(data).toBeUndefined();
    expect(text).toMatch(/introspection/i);
  }
});

test('G-61: those who may see the schema see all of it, and it is the committed one', async () => {
  for (const actor of admitted) {
    const { data } = await send(at, actor, { query: getIntrospectionQuery({ specifiedByUrl: true }) });
    const seen = buildClientSchema(data as IntrospectionQuery);
    expect(printSchema(lexicographicSortSchema(seen))).toBe(printSchema(lexicographicSortSchema(schema)));
  }
});

test('G-04: what was found valid for those who may see the schema is refused to others all the same', async () => {
  for (const query of ['{ __schema { queryType { name } } }', '{ a: __type(name: "Subject") { name } }']) {
    for (const actor of [...admitted, ...refused, ...admitted, ...refused]) {
      const { codes, data } = await send(at, actor, { query });
      const isRefused = refused.includes(actor);
      expect([codes, data === undefined], actor.kind).toEqual([isRefused ? ['INTROSPECTION_REFUSED'] : [], isRefused]);
    }
  }
});
