import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DOCUMENT_LIMITS } from '../../src/http/limits.ts';
import { openGateway, type TestGateway } from '../graphql/open-gateway.ts';
import { addPerson, auditor, subject } from '../graphql/people.ts';
import { send, type Sent } from './send.ts';
import { schemaWith } from './test-schema.ts';

let at: TestGateway;
let resolved = 0;
const ann = subject('cp', 'ann');

beforeAll(async () => {
  const schema = schemaWith(
    { ids: () => (resolved += 1), node: () => ((resolved += 1), {}) },
    'ids(ids: [ID!]): Int node: Node } type Node { id: ID node: Node nodes(first: Int): [Node]',
  );
  at = await openGateway({ schema });
  await addPerson(at.prisma, 'cp', 'ann');
});

afterAll(() => at[Symbol.asyncDispose]());

const ask = (query: string, variables?: object): Promise<Sent> => send(at, ann, { query, variables });
const times = (count: number, text: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => text(index)).join(' ');

/** The limit that a document passes; it must be refused by the door itself, without a resolver and without its value. */
async function limitOf(query: string, variables?: object): Promise<string | undefined> {
  resolved = 0;
  const { status, codes, text } = await ask(query, variables);
  expect([status, ...codes], text).toEqual([400, 'LIMIT_PASSED']);
  expect(resolved).toBe(0);
  expect(text).not.toMatch(/\d{2}/);
  return /limit \\"(\w+)\\"/.exec(text)?.[1];
}

describe('G-12: aliases', () => {
  test('are refused when there are too many, whatever they stand for', async () => {
    expect(await limitOf(`{ ${times(101, (index) => `a${index}: __typename`)} }`)).toBe('aliases');
    expect(await limitOf(`{ ${times(101, (index) => `a${index}: ids`)} }`)).toBe('aliases');
  });

  test('are let in up to the limit', async () => {
    const { codes } = await ask(`{ ${times(DOCUMENT_LIMITS.aliases, (index) => `a${index}: __typename`)} }`);
    expect(codes).toEqual([]);
  });
});

describe('mutations', () => {
  let wrote = 0;
  let writing: TestGateway;

  beforeAll(async () => {
    const schema = schemaWith({ write: () => String((wrote += 1)) }, 'write(code: Int): String', 'Mutation');
    writing = await openGateway({ schema });
  });

  afterAll(() => writing[Symbol.asyncDispose]());

  test.each([
    ['G-14', times(10, (index) => `a${index}: write`)],
    ['G-15', times(45, (index) => `a${index}: write(code: ${index})`)],
    ['G-14, through a fragment', '...F } fragment F on Mutation { a: write b: write'],
    ['G-14, by a name that looks like GraphQL’s own', '__a: write __b: write'],
  ])('%s: do one thing each', async (_id, fields) => {
    wrote = 0;
    const { codes } = await send(writing, ann, { query: `mutation { ${fields} }` });
    expect(codes).toEqual(['GRAPHQL_VALIDATION_FAILED']);
    expect(wrote).toBe(0);
  });

  test('that do one thing are done', async () => {
    wrote = 0;
    expect((await send(writing, ann, { query: 'mutation { write }' })).data).toEqual({ write: '1' });
    expect(wrote).toBe(1);
  });
});

test('G-16: the same field five hundred times is refused', async () => {
  expect(await limitOf(`{ viewer { ${times(500, () => 'id')} } }`)).toBe('repeats');
  expect(
    await limitOf(`{ ${times(40, () => '...F')} } fragment F on Query { viewer { id kind } }`).catch(() => 'let in'),
  ).toBe('let in');
  expect(await limitOf(`{ ${times(120, () => '...F')} } fragment F on Query { viewer { id kind } }`)).toBe('repeats');
});

test.each([1, 2, 10, 11])('G-18: %i operations at once are refused', async (count) => {
  const { status, text } = await send(
    at,
    ann,
    Array.from({ length: count }, () => ({ query: '{ __typename }' })),
  );
  expect([status, text]).toEqual([400, expect.stringContaining('Batching is not supported')]);
});

const nested = (depth: number): string => `${'node { '.repeat(depth - 1)}id${' }'.repeat(depth - 1)}`;

test('G-19: nesting is let in up to its limit and no further', async () => {
  expect((await ask(`{ ${nested(DOCUMENT_LIMITS.depth)} }`)).codes).toEqual([]);
  expect(await limitOf(`{ ${nested(DOCUMENT_LIMITS.depth + 1)} }`)).toBe('depth');
});

test('G-20: fragments do not hide depth', async () => {
  const inner = nested(DOCUMENT_LIMITS.depth - 2);
  expect(await limitOf(`{ node { node { ...F } } } fragment F on Node { node { ${inner} } }`)).toBe('depth');
  expect(await limitOf(`{ node { ... on Node { node { ... { node { ${inner} } } } } } }`)).toBe('depth');
  // Met first where it is shallow, and then where it is deep.
  const twice = `{ node { ...F node { node { ...F } } } } fragment F on Node { ${inner} }`;
  expect(await limitOf(twice)).toBe('depth');
});

test('G-20: fragments do not hide fields: ten spreads within ten spreads within ten count a thousandfold', async () => {
  const spreads = (name: string): string => times(10, (index) => `a${index}: node { ...${name} }`);
  const fragments = `fragment A on Node { ${spreads('B')} } fragment B on Node { ${spreads('C')} } fragment C on Node { id node { id } nodes { id } }`;
  expect(await limitOf(`{ ${spreads('A')} } ${fragments}`)).toBe('fields');
});

test.each([
  ['itself', 'fragment A on Query { ...A }'],
  ['another that leads back', 'fragment A on Query { ...B } fragment B on Query { ...A }'],
  ['itself further down', 'fragment A on Query { node { ...N } } fragment N on Node { node { ...N } }'],
])('G-22: a fragment that spreads %s is refused', async (_how, fragments) => {
  const { status, codes } = await ask(`{ ...A } ${fragments}`);
  expect(status).toBe(400);
  expect(new Set(codes)).toEqual(new Set(['GRAPHQL_VALIDATION_FAILED']));
  expect((await ask('{ __typename }')).status).toBe(200);
});

test('G-24: nesting does not drive the parser out of its stack', async () => {
  expect(await limitOf('{ a '.repeat(20_000))).toBe('tokens');
  expect(await limitOf(`{ ids(ids: ${'['.repeat(50_000)}`)).toMatch(/tokens|depth/);
  const variables = `{"ids":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
  const { codes, text } = await send(
    at,
    ann,
    `{"query":"query ($ids: [ID!]) { ids(ids: $ids) }","variables":${variables}}`,
  );
  expect([codes, text]).toEqual([['LIMIT_PASSED'], expect.stringContaining('nesting')]);
});

test('G-26: fields that overlap are refused before they are compared', async () => {
  expect(await limitOf(`{ viewer { ${times(300, () => 'a: id')} } }`)).toMatch(/aliases|repeats/);
  const cross = times(150, (index) => `...F${index}`);
  const fragments = times(150, (index) => `fragment F${index} on Query { viewer { id } ...F${(index + 1) % 150} }`);
  expect(await limitOf(`{ ${cross} } ${fragments}`)).toMatch(/fragments|repeats/);
});

test.each(['0', '-1', '101', '2147483648', 'null', '1.5', '"1"'])(
  'G-27: a page of %s rows is refused',
  async (first) => {
    const { codes } = await ask(`{ viewer { subject { calls(first: ${first}) { totalCount } } } }`);
    expect(codes).toEqual(['BAD_USER_INPUT']);
  },
);

test('G-27: without a size a page has twenty rows, and costs as much', async () => {
  const calls = '{ viewer { subject { calls { nodes { id } } } } }';
  expect((await ask(calls)).codes).toEqual([]);
  const many = (size: string): string =>
    `{ findSubjects(identifier: "x") { ${times(45, (index) => `c${index}: calls${size} { nodes { id recordings { id retention { ruleId expiresAt status } } } }`)} } }`;
  expect((await ask(many('(first: 1)'))).codes).toEqual([]);
  expect(await limitOf(many(''))).toBe(await limitOf(many('(first: 20)')));
});

test('G-27: there is no page from the end', async () => {
  const { codes, data } = await ask('{ viewer { subject { calls(first: 1, last: 1) { totalCount } } } }');
  expect([codes, data]).toEqual([['BAD_USER_INPUT'], undefined]);
});

test('G-28: pages within pages multiply, and are refused before anything is read', async () => {
  const query =
    '{ findSubjects(identifier: "ann@example.org") { tickets(first: 100) { nodes { messages { id ticket { id messages { id sentAt channel body } } } } } } }';
  at.statements();
  expect(await limitOf(query)).toBe('complexity');
  expect(at.statements().filter((text) => /\b(?:subject_identifier|support_ticket|message)\b/.test(text))).toEqual([]);
});

test('G-28: the size of a page counts when it comes as a variable, and for the operation that is asked for', async () => {
  const calls = 'calls(first: $first) { nodes { id startedAt recordings { id } } }';
  const query = `query Small { __typename } query Big($first: Int) { findSubjects(identifier: "x") { ${times(30, (index) => `c${index}: ${calls}`)} } }`;
  const big = await send(at, ann, { query, operationName: 'Big', variables: { first: 100 } });
  expect(big.codes).toEqual(['LIMIT_PASSED']);
  expect((await send(at, ann, { query, operationName: 'Small', variables: { first: 100 } })).data).toEqual({
    __typename: 'Query',
  });
});

test('G-30: what is not included costs what it would cost', async () => {
  const calls = times(30, (index) => `c${index}: calls(first: 100) { nodes { id startedAt recordings { id } } }`);
  const query = `query ($no: Boolean!) { findSubjects(identifier: "x") @include(if: $no) { ${calls} } __typename }`;
  expect(await limitOf(query, { no: false })).toBe('complexity');
});

test('G-31: a list has 250 values at most, in the document and in variables', async () => {
  const list = (length: number): string[] => Array.from({ length }, (_, index) => `x${index}`);
  expect(await limitOf(`{ ids(ids: ${JSON.stringify(list(251))}) }`)).toBe('list');
  const query = 'query ($ids: [ID!]) { ids(ids: $ids) }';
  expect(await limitOf(query, { ids: list(251) })).toBe('list');
  expect((await ask(query, { ids: list(250) })).codes).toEqual([]);
});

test('directives are counted', async () => {
  expect(await limitOf(`{ __typename ${times(60, () => '@include(if: true)')} }`)).toBe('directives');
});

test.each(['@defer', '@stream'])('G-58: %s is unknown', async (directive) => {
  const query = directive === '@defer' ? '{ ... @defer { __typename } }' : '{ catalogue @stream { name } }';
  expect((await send(at, auditor('cp'), { query })).text).toContain(`Unknown directive \\"${directive}\\"`);
});

test('nothing that was refused stays in memory, and what was let in is found again', async () => {
  const query = '{ __typename viewer { id } }';
  expect((await ask(query)).data).toEqual((await ask(query)).data);
});
