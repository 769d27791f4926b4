import { randomBytes } from 'node:crypto';
import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  type GraphQLField,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Actor } from '../../src/access/actor.ts';
import { REQUEST_PURPOSE } from '../../src/access/declaration.ts';
import { fixedClock } from '../../src/clock.ts';
import { schema } from '../../src/graphql/schema.ts';
import { openOutgoingDoor } from '../../src/notices/outgoing.ts';
import { openSecretBox } from '../../src/store/secret-box.ts';
import { addOneOfEach } from '../graphql/one-of-each.ts';
import { NOW, openGateway, type TestGateway } from '../graphql/open-gateway.ts';
import { addPerson, customerStaff, owned, subject } from '../graphql/people.ts';
import { actorsAt, datasetDocuments } from './documents.ts';

/** `ann` and her rows are of `cp`, and so is `row`, the id of everything else; `other` has `zoe` alone. */
const HERE = 'other';
const FOREIGN = { ID: 'ann', String: 'ann@example.org' } as const;
const RANDOM = { ID: 'nobody', String: 'nobody@example.org' } as const;

let at: TestGateway;
const door = openOutgoingDoor();
beforeAll(async () => {
  const endpoints = { clock: fixedClock(NOW), box: openSecretBox(randomBytes(32), 'notice'), door };
  at = await openGateway({ endpoints, onFault: (error) => console.error(error) });
  await addOneOfEach(at.prisma, 'cp', 'canary');
  await at.prisma.subjectIdentifier.create({
    data: { tenantId: 'cp', id: 'mail', subjectId: 'ann', sourceSystem: 'test', kind: 'EMAIL', value: FOREIGN.String },
  });
  for (const id of ['zoe', 'xav']) await addPerson(at.prisma, HERE, id);
  const { sourceSystem, ...request } = owned(HERE, 'xav', 'of_xav');
  await at.prisma.dataSubjectRequest.create({
    data: {
      ...request,
      right: 'ERASURE',
      relation: 'ACCOUNT_HOLDER',
      status: 'NEEDS_REVIEW',
      channel: 'PORTAL',
      receivedAt: NOW,
      dueAt: NOW,
    },
  });
  await at.prisma.organisation.create({ data: { tenantId: HERE, id: 'of_xav', sourceSystem, name: 'Xav & Co' } });
});
afterAll(async () => {
  await at[Symbol.asyncDispose]();
  await door[Symbol.asyncDispose]();
});

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
      for (const { answer } of asked) assertTried(document, answer);
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

describe.each([
  { title: 'subject', actor: subject(HERE, 'zoe') },
  { title: "customer's staff", actor: customerStaff(HERE, 'home') },
])('A-28: $title, whose nobody else of the tenant is', ({ actor }) => {
  test.each(rootFields())(
    '$name answers as for nobody, after the same statements',
    async ({ document, names, worksRequests }) => {
      const purpose = worksRequests ? REQUEST_PURPOSE : 'CP-P1';
      const asked = [];
      for (const person of ['xav', 'nobody']) {
        // What is theirs has an id of its own.
        for (const id of [person, `of_${person}`]) {
          const variables = Object.fromEntries(
            names.map(([name, type]) => [name, type === 'ID' ? id : `${person}@example.org`]),
          );
          at.statements();
          const answer = await at.ask(actor, document, { purpose, variables });
          assertTried(document, answer);
          asked.push(JSON.stringify({ answer, statements: statementsOf(at.statements()) }));
        }
      }
      expect(new Set(asked).size, asked.join('\n')).toBe(1);
    },
  );
});

test('A-21: nothing is reached by a global id: there is no node, no nodes and no interface', async () => {
  const fields = Object.keys(schema.getQueryType()?.getFields() ?? {});
  expect(fields.filter((name) => /^nodes?$|entit/i.test(name))).toEqual([]);
  expect(schema.getType('Node')).toBeUndefined();
  for (const query of ['{ node(id: "ann") { id } }', '{ nodes(ids: ["ann"]) { id } }', '{ _entities { __typename } }'])
    for (const { actor } of actorsAt('cp')) expect((await at.ask(actor, query, purposes)).data).toBeUndefined();
});

/** That an answer is of the id that was sent, and not of a document or a gateway that never gets as far. */
function assertTried(document: string, { errors = [] }: Awaited<ReturnType<TestGateway['ask']>>): void {
  for (const { message, extensions } of errors) {
    expect(['GRAPHQL_VALIDATION_FAILED', 'PURPOSE_REQUIRED', 'LIMIT_PASSED', 'INTERNAL']).not.toContain(
      extensions?.code,
    );
    // These are tried with bundles, in test/delivery/graphql and test/transmission/sending.
    if (!/createDownloadLink|transmitBundle|recallBundle/.test(document)) expect(message).not.toMatch(/^This gateway/);
  }
}

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
    const worksRequests = /request(?!Grant)|reviewDecision|recall|downloadLink|wanted/i.test(field.name);
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
  const fields = Object.values(named.getFields()).filter(
    (each) => isLeafType(getNamedType(each.type)) && !each.args.some(isRequiredArgument),
  );
  return `{ __typename ${fields.map(({ name }) => name).join(' ')} }`;
}
