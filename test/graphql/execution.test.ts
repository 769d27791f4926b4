import fc from 'fast-check';
import {
  buildSchema,
  execute,
  GraphQLError,
  isObjectType,
  parse,
  validate,
  type ExecutionResult,
  type GraphQLFieldResolver,
} from 'graphql';
import { expect, test } from 'vitest';
import { executePlanned } from '../../src/graphql/execution/execute.ts';

const schema = buildSchema(`
  enum Word { ONE TWO }
  type Node {
    text: String
    number: Int!
    word: Word
    numbers(first: Int = 2, by: [Int!]): [Int]
    strict: [Int!]!
    node: Node
    needed: Node!
    nodes: [Node]
    all: [Node!]
    grid: [[Int!]]
  }
  type Query { root: Node, must: Node!, list: [Node!]! }
`);

/** What a resolver does. */
type Act =
  | { readonly act: 'GIVE'; readonly value: unknown }
  | { readonly act: 'THROW' | 'FAIL' }
  | { readonly act: 'LATER'; readonly value: unknown };

const leaf = fc.oneof(fc.constant(null), fc.integer({ min: -9, max: 9 }), fc.constant('ONE'), fc.constant('none such'));
const acts = fc.letrec<{ value: unknown; act: Act; row: unknown }>((tie) => ({
  row: fc.dictionary(
    fc.constantFrom('text', 'number', 'word', 'numbers', 'strict', 'node', 'needed', 'nodes', 'all', 'grid'),
    tie('act'),
    { minKeys: 4, noNullPrototype: true },
  ),
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'xsmall' },
    leaf,
    tie('row'),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(leaf, { maxLength: 3 }),
    fc.array(fc.array(leaf, { maxLength: 2 }), { maxLength: 2 }),
    fc.array(tie('row'), { maxLength: 3 }),
  ),
  act: fc.oneof(
    { weight: 6, arbitrary: fc.record({ act: fc.constant('GIVE' as const), value: tie('value') }) },
    { weight: 3, arbitrary: fc.record({ act: fc.constant('LATER' as const), value: tie('value') }) },
    { weight: 1, arbitrary: fc.record({ act: fc.constantFrom('THROW' as const, 'FAIL' as const) }) },
  ),
}));

const SELECTIONS = [
  'text number word',
  '__typename a: text b: text text',
  'numbers many: numbers(first: $first) few: numbers(first: 1, by: [1, 2])',
  'strict grid',
  'node { ...Part } node { number again: word }',
  'needed { text needed { number } }',
  'nodes { text number nodes { strict } }',
  'all { ... on Node { word ... { text } } ...Part }',
];
const documents = fc
  .tuple(fc.constantFrom('root', 'must', 'list'), fc.subarray(SELECTIONS, { minLength: 1 }))
  .map(([root, selections]) => {
    const part = selections.some((each) => each.includes('Part'))
      ? 'fragment Part on Node { number text node { grid } }'
      : '';
    const first = selections.some((each) => each.includes('$first')) ? 'query ($first: Int)' : 'query';
    return `${first} { ${root} { ${selections.join(' ')} } other: ${root} { number } } ${part}`;
  });

interface Context {
  /** Whether what comes later comes at once: GraphQL's own executor lets promises fail unheard when a list fails beside them. */
  readonly atOnce: boolean;
  readonly told: string[];
}

/** Gives what the row says, and notes what it was asked and told. */
const resolve: GraphQLFieldResolver<unknown, Context> = (source, args, { atOnce, told }, info) => {
  const { fieldName: name, path, fieldNodes, returnType, parentType, variableValues, rootValue } = info;
  told.push(
    JSON.stringify([
      name,
      args,
      path,
      fieldNodes.length,
      String(returnType),
      parentType.name,
      variableValues,
      rootValue,
    ]),
  );
  const found = (source as Readonly<Record<string, Act | undefined>> | null)?.[name];
  switch (found?.act) {
    case 'GIVE':
      return found.value;
    case 'LATER':
      return atOnce ? found.value : Promise.resolve(found.value);
    case 'THROW':
      throw new GraphQLError('thrown', { extensions: { code: 'THROWN' } });
    case 'FAIL':
      if (atOnce) throw new Error('failed');
      return Promise.reject(new Error('failed'));
    default:
      return null;
  }
};
for (const type of Object.values(schema.getTypeMap()))
  if (isObjectType(type) && !type.name.startsWith('__'))
    for (const field of Object.values(type.getFields())) field.resolve = resolve;

/** Where the answer has a null for what failed: there, or above it where there must be a value. */
function nullAt(data: unknown, path: readonly (string | number)[]): readonly (string | number)[] {
  const [step, ...rest] = path;
  if (data === null || data === undefined || step === undefined) return [];
  return [step, ...nullAt((data as Readonly<Record<string | number, unknown>>)[step], rest)];
}

/**
 * The nulls that errors made, with their errors. Of several that make one null from below, the specification does not say which
 * is told, nor what is asked of the rest.
 */
function nullsOf({ data, errors = [] }: ExecutionResult): {
  readonly nulls: readonly string[];
  readonly isLeft: boolean;
} {
  let isLeft = false;
  const nulls = errors.map(({ message, path = [], locations, extensions }) => {
    const at = nullAt(data, path);
    if (at.length < path.length) {
      isLeft = true;
      return JSON.stringify(at);
    }
    const words = /has no form|serialize\(|non-integer|cannot represent/.test(message) ? 'no form' : message;
    return JSON.stringify([path, words, locations, extensions]);
  });
  return { nulls: [...new Set(nulls)].toSorted(), isLeft };
}

test('a planned query is answered as GraphQL’s own executor answers it, errors, nulls and order included', async () => {
  await fc.assert(
    fc.asyncProperty(
      documents,
      fc.record({ root: acts.act, must: acts.act, list: acts.act }),
      fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
      async (text, rootValue, first) => {
        const document = parse(text);
        expect(validate(schema, document)).toEqual([]);
        const asked: readonly [string[], string[]] = [[], []];
        const variableValues = first === undefined ? {} : { first };
        const args = { schema, document, rootValue, variableValues };
        const [own, theirs] = await Promise.all([
          executePlanned({ ...args, contextValue: { atOnce: false, told: asked[0] } }),
          execute({ ...args, contextValue: { atOnce: true, told: asked[1] } }),
        ]);
        if (own === null) throw new Error('This document is one that is planned.');
        expect(JSON.stringify(own.data)).toBe(JSON.stringify(theirs.data));
        expect(nullsOf(own)).toEqual(nullsOf(theirs));
        if (!nullsOf(own).isLeft) expect(asked[0].toSorted()).toEqual(asked[1].toSorted());
      },
    ),
    { numRuns: 200 },
  );
});

test.each([
  ['a mutation', 'mutation { root { text } }'],
  ['a directive', '{ root @include(if: true) { text } }'],
  ['a directive in a fragment', '{ root { ... @skip(if: false) { text } } }'],
  ['introspection', '{ __schema { queryType { name } } }'],
  ['a name that is a prototype', '{ __proto__: root { text } }'],
  ['a variable that does not fit', 'query ($first: Int!) { root { numbers(first: $first) } }'],
])('%s is left to the general executor', (_what, text) => {
  expect(executePlanned({ schema, document: parse(text), variableValues: {} })).toBeNull();
});

test('G-35: when its signal aborts, resolvers that have not begun are not called', async () => {
  const stop = new AbortController();
  const told: string[] = [];
  const { promise, resolve: go } = Promise.withResolvers<object>();
  const running = executePlanned({
    schema,
    document: parse('{ root { text number } }'),
    contextValue: { atOnce: false, told },
    rootValue: { root: { act: 'GIVE', value: promise } },
    signal: stop.signal,
  });
  const reason = new Error('too late');
  stop.abort(reason);
  go({});
  await expect(running).rejects.toBe(reason);
  expect(told).toHaveLength(1);
});
