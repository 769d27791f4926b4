import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isNonNullType,
  isObjectType,
  type GraphQLField,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Actor } from '../../src/access/actor.ts';
import { REQUEST_PURPOSE } from '../../src/access/declaration.ts';
import { schema } from '../../src/graphql/schema.ts';
import { addOneOfEach } from '../graphql/one-of-each.ts';
import { openGateway, type TestGateway } from '../graphql/open-gateway.ts';
import { addPerson, customerStaff, subject } from '../graphql/people.ts';
import { actorsAt, datasetDocuments } from './documents.ts';

/** `ann` and her rows are of `cp`, and so is `row`, the id of everything else; `other` has `zoe` alone. */
const HERE = 'other';
const FOREIGN = { ID: 'ann', String: 'ann@example.org' } as const;
const RANDOM = { ID: 'nobody', String: 'nobody@example.org' } as const;

let at: TestGateway;
beforeAll(async () => {
  at = await openGateway({ onFault: (error) => console.error(error) });
  await addOneOfEach(at.prisma, 'cp', 'canary');
  await at.prisma.subjectIdentifier.create({
    data: { tenantId: 'cp', id: 'mail', subjectId: 'ann', sourceSystem: 'test', kind: 'EMAIL', value: FOREIGN.String },
  });
  await addPerson(at.prisma, HERE, 'zoe');
});
afterAll(() => at[Symbol.asyncDispose]());

const purposes = { purpose: 'CP-P1' } as const;

describe.each(actorsAt(HERE))('$title', ({ title, actor: known }) => {
  const own: Readonly<Record<string, Actor>> = {
    subject: subject(HERE, 'zoe'),
    "customer's staff": customerStaff(HERE, 'home'),
  };
  const actor = own[title] ?? known;
  const overseer = title === 'auditor' || title === 'administrator';

  test("A-18: with another tenant's id every query is NOT_FOUND, and gives nothing", async () => {
    for (const query of datasetDocuments(1)) {
      const { data, errors } = await at.ask(actor, query, { ...purposes, variables: { id: 'ann' } });
      expect(data).toEqual({ subject: null });
      // Overseers are told so of everybody.
      expect(errors?.map(({ extensions }) => extensions?.code)).toEqual(overseer ? undefined : ['NOT_FOUND']);
    }
  });

  test.each(rootFields())(
    "A-28: $name answers another tenant's id and one of nobody alike, after the same statements",
    async ({ document, names, worksRequests }) => {
      const variables = (values: Readonly<Record<'ID' | 'String', string>>, id = values.ID) =>
        Object.fromEntries(names.map(([name, type]) => [name, type === 'ID' ? id : values.String]));
      at.statements();
      const asked = [];
      const purpose = actor.kind === 'CONTROLLER_STAFF' && worksRequests ? REQUEST_PURPOSE : 'CP-P1';
      for (const each of [variables(FOREIGN), variables(FOREIGN, 'row'), variables(RANDOM)]) {
        const answer = await at.ask(actor, document, { purpose, variables: each });
        asked.push({ answer, statements: statementsOf(at.statements()) });
      }
      const [foreign, row, random] = asked;
      expect(foreign).toEqual(random);
      expect(row).toEqual(random);
      expect(JSON.stringify(foreign?.answer)).not.toContain('canary');
      for (const { message } of random?.answer.errors ?? []) expect(message).not.toMatch(/ann|row|nobody|other|cp/);
    },
  );
});

test("A-28: to a subject another person of the same tenant is as nobody's id is", async () => {
  const query = 'query ($id: ID!) { subject(id: $id) { id account { email } } }';
  await addPerson(at.prisma, HERE, 'yan');
  at.statements();
  const asked = [];
  for (const id of ['yan', 'nobody']) {
    const answer = await at.ask(subject(HERE, 'zoe'), query, { variables: { id } });
    asked.push({ answer, statements: statementsOf(at.statements()) });
  }
  expect(asked[0]).toEqual(asked[1]);
  expect(asked[0]?.answer.errors?.map(({ extensions }) => extensions?.code)).toEqual(['NOT_FOUND']);
});

test('A-21: nothing is reached by a global id: there is no node, no nodes and no interface', async () => {
  const fields = Object.keys(schema.getQueryType()?.getFields() ?? {});
  expect(fields.filter((name) => /^nodes?$|entit/i.test(name))).toEqual([]);
  expect(schema.getType('Node')).toBeUndefined();
  for (const query of ['{ node(id: "ann") { id } }', '{ nodes(ids: ["ann"]) { id } }', '{ _entities { __typename } }'])
    for (const { actor } of actorsAt('cp')) expect((await at.ask(actor, query, purposes)).data).toBeUndefined();
});

/** What was asked of the data. Sessions, budgets and the audit log, which writes by itself, come at their own time. */
function statementsOf(sent: readonly string[]): readonly string[] {
  return sent
    .filter((text) => !/rate_limit|audit|^(?:BEGIN|COMMIT|ROLLBACK|SET|RESET|SELECT pg_)/i.test(text))
    .toSorted();
}

/** Every field of Query and Mutation that takes an id or an identifier, as a document. */
function rootFields() {
  const roots = [schema.getQueryType(), schema.getMutationType()].flatMap((type) =>
    type == null ? [] : Object.values(type.getFields()).map((field) => ({ kind: type.name.toLowerCase(), field })),
  );
  return roots.flatMap(({ kind, field }) => {
    const names = field.args.flatMap(({ name, type }): [string, 'ID' | 'String'][] => {
      const { name: of } = getNamedType(type);
      return isId(name, of) ? [[name, of as 'ID' | 'String']] : [];
    });
    if (names.length === 0) return [];
    const head = names.map(([name, type]) => `$${name}: ${type}!`).join(', ');
    const args = field.args.flatMap(({ name, type }) => {
      if (names.some(([each]) => each === name)) return [`${name}: $${name}`];
      return isNonNullType(type) ? [`${name}: ${literalOf(name, getNamedType(type).name, String(type))}`] : [];
    });
    const document = `${kind} (${head}) { ${field.name}(${args.join(', ')}) ${leaves(field)} }`;
    const worksRequests = /request(?!Grant)|reviewDecision/i.test(field.name);
    return [{ name: `${kind}.${field.name}`, document, names, worksRequests }];
  });
}

function isId(name: string, type: string): boolean {
  return type === 'ID' || (type === 'String' && name === 'identifier');
}

const TEXTS: Readonly<Record<string, string>> = { purpose: '"CP-P1"', right: '"ACCESS"', idempotencyKey: '"key-1"' };

/** Something that passes for every other argument that must be there. */
function literalOf(name: string, type: string, whole: string): string {
  const literals: Readonly<Record<string, string>> = {
    String: TEXTS[name] ?? '"A reason that is long enough"',
    Int: '5',
    Boolean: 'true',
    DateTime: '"2026-11-22T00:00:00Z"',
  };
  const of = schema.getType(type);
  const literal = isEnumType(of) ? of.getValues()[0]?.name : literals[type];
  if (literal === undefined || isInputObjectType(of)) throw new TypeError(`No value for ${name}`);
  return whole.startsWith('[') ? '["CP-01"]' : literal;
}

function leaves({ type }: GraphQLField<unknown, unknown>): string {
  const named = getNamedType(type);
  if (!isObjectType(named)) return '';
  const fields = Object.values(named.getFields()).filter((field) => isLeafType(getNamedType(field.type)));
  return `{ ${fields.map(({ name }) => name).join(' ')} }`;
}
