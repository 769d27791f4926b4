import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { CLIENT_ERRORS } from '../../src/http/error-codes.ts';
import { openGateway, type TestGateway } from '../graphql/open-gateway.ts';
import { auditor, internalApp, processorStaff, subject, supportAgent } from '../graphql/people.ts';
import { send } from './send.ts';
import { schemaWith, type Resolver } from './test-schema.ts';

let at: TestGateway;
const faults: unknown[] = [];
const ann = subject('cp', 'ann');

/** What PostgreSQL refuses, each with names in its message that are nobody's business. */
const STATEMENTS = {
  unique: `INSERT INTO tenant (tenant_id, policy_code, name) VALUES ('cp', 'CP', 'x')`,
  foreign: `INSERT INTO subject (tenant_id, id, created_at) VALUES ('nowhere', 'x', now())`,
  raw: `SELECT nope FROM tenant`,
} as const;

beforeAll(async () => {
  const byPool =
    (text: string): Resolver =>
    async (_root, _args, { pool }) =>
      (await pool.query(text)).rows;
  const byPrisma =
    (text: string): Resolver =>
    (_root, _args, { prisma }) =>
      prisma.$executeRawUnsafe(text);
  const schema = schemaWith({
    thrown: () => {
      // oxlint-disable-next-line typescript/only-throw-error -- libraries do
      throw 'pg://u:p@h';
    },
    unique: byPool(STATEMENTS.unique),
    foreign: byPool(STATEMENTS.foreign),
    raw: byPool(STATEMENTS.raw),
    uniqueByPrisma: byPrisma(STATEMENTS.unique),
    foreignByPrisma: byPrisma(STATEMENTS.foreign),
    rawByPrisma: byPrisma(STATEMENTS.raw),
  });
  at = await openGateway({ schema, onFault: (error) => faults.push(error) });
});

afterAll(() => at[Symbol.asyncDispose]());

const environment = process.env['NODE_ENV'];
afterEach(() => {
  process.env['NODE_ENV'] = environment;
});

const masked = (name: string) => ({
  data: { [name]: null },
  errors: [
    {
      message: 'Something went wrong here, and was noted.',
      path: [name],
      locations: [{ line: 1, column: 3 }],
      extensions: { code: 'INTERNAL' },
    },
  ],
});

test.each(['', 'development', 'production'])(
  'G-41: an error of a resolver is masked with NODE_ENV "%s"',
  async (mode) => {
    process.env['NODE_ENV'] = mode;
    if (mode === '') delete process.env['NODE_ENV'];
    // What reads the mode reads it as it is made.
    const schema = schemaWith({
      plain: () => {
        throw new Error('pg://u:p@h');
      },
    });
    await using other = await openGateway({ schema });
    for (const actor of [ann, auditor('cp')])
      expect(JSON.parse((await send(other, actor, { query: '{ plain }' })).text)).toEqual(masked('plain'));
  },
);

test('G-41: what is thrown and is no error is masked', async () => {
  expect(JSON.parse((await send(at, ann, { query: '{ thrown }' })).text)).toMatchObject({ data: { thrown: null } });
  expect((await send(at, ann, { query: '{ thrown }' })).text).not.toContain('u:p');
});

test('G-42: malformed JSON is refused without what the parser said', async () => {
  const { status, text } = await send(at, auditor('cp'), '{bad canary');
  expect([status, text]).toEqual([
    400,
    '{"errors":[{"message":"POST body sent invalid JSON.","extensions":{"code":"BAD_REQUEST"}}]}',
  ]);
});

test.each(['unique', 'foreign', 'raw', 'uniqueByPrisma', 'foreignByPrisma', 'rawByPrisma'])(
  'G-43: an error of the database is masked: %s',
  async (name) => {
    faults.length = 0;
    expect(JSON.parse((await send(at, auditor('cp'), { query: `{ ${name} }` })).text)).toEqual(masked(name));
    expect(faults).toHaveLength(1);
  },
);

const misspelt = [
  '{ viewr { id } }',
  '{ viewer { idd } }',
  '{ viewer { subjec { id } } }',
  '{ polcy { code } }',
  '{ tenan { name } }',
  '{ catalog { name } }',
  '{ findSubject(identifier: "x") { id } }',
  '{ findSubjects(identifer: "x") { id } }',
  '{ subject(ids: "x") { id } }',
  '{ subject(id: "x") { acount { id } } }',
  '{ subject(id: "x") { account { emai } } }',
  '{ subject(id: "x") { account } }',
  '{ subject(id: "x") { cals { totalCount } } }',
  '{ subject(id: "x") { calls(frist: 1) { totalCount } } }',
  '{ subject(id: "x") { bundle(scope: ACCES) } }',
  '{ subject(id: "x") { bundle(scope: "ACCESS") } }',
  '{ subject(id: "x") { bundle } }',
  '{ subject { id } }',
  '{ viewer { ... on Subjec { id } } }',
  '{ viewer { id { x } } }',
  'query ($x: Strin) { viewer { id } }',
  'query ($x: BundleScop!) { subject(id: "x") { bundle(scope: $x) } }',
  'query ($x: ActorKind) { viewer { id } }',
  'fragment F on Viewr { id } { viewer { ...F } }',
  '{ viewer @deferr { id } }',
  'query ($x: Int!) { subject(id: "x") { calls(first: $x) { totalCount } } }',
];

test.each(misspelt)('G-09: nobody is told how to spell: %s', async (query) => {
  const { codes, text } = await send(at, supportAgent('cp'), { query });
  expect(codes.length, text).toBeGreaterThan(0);
  expect(text).not.toMatch(/did you mean/i);
});

test.each(misspelt)('G-10: subjects and apps learn nothing of the schema: %s', async (query) => {
  for (const actor of [ann, internalApp('cp'), processorStaff('cp')]) {
    const { codes, text } = await send(at, actor, { query });
    expect(codes.length, text).toBeGreaterThan(0);
    const { errors } = JSON.parse(text) as {
      errors: readonly { message: string; extensions: { code: keyof typeof CLIENT_ERRORS } }[];
    };
    for (const { message, extensions } of errors) expect(message).toBe(CLIENT_ERRORS[extensions.code].meaning);
  }
});

test('docs/errors.md lists every code as it is', () => {
  const path = fileURLToPath(new URL('../../docs/errors.md', import.meta.url));
  const rows = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  expect(rows).toEqual(
    Object.entries(CLIENT_ERRORS).map(([code, { status, meaning }]) => `| \`${code}\` | ${status} | ${meaning} |`),
  );
});
