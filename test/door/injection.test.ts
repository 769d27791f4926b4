import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { schema } from '../../src/graphql/schema.ts';
import { openGateway, type TestGateway } from '../graphql/open-gateway.ts';
import {
  addCalls,
  addPerson,
  administrator,
  auditor,
  customerStaff,
  privacyStaff,
  processorStaff,
  subject,
  supportAgent,
} from '../graphql/people.ts';
import { RATE_LIMITS } from '../../src/http/rate-limit.ts';
import { send } from './send.ts';
import { stringArguments } from './string-arguments.ts';

let at: TestGateway;
const ann = subject('cp', 'ann');
const faults: unknown[] = [];

beforeAll(async () => {
  const points = Object.fromEntries(Object.keys(RATE_LIMITS.points).map((kind) => [kind, 1_000_000]));
  at = await openGateway({
    onFault: (error) => faults.push(error),
    rateLimits: { points: points as typeof RATE_LIMITS.points },
  });
  await addPerson(at.prisma, 'cp', 'ann');
  await addPerson(at.prisma, 'cp', 'ben');
  await addCalls(at.prisma, 'cp', 'ann', 3);
});
afterAll(() => at[Symbol.asyncDispose]());

const ATTEMPTS = [
  "' or 1=1--",
  '"; drop table subject; --',
  '%27%20or%201=1',
  '%',
  '_',
  '\\',
  "ann' --",
  '$1',
  '{{7*7}}',
  "'||(select version())||'",
];
const known = stringArguments(schema);

test('the arguments that take text are found', () => {
  const names = known.map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining([
      'Query.subject(id)',
      'Query.findSubjects(identifier)',
      'Policy.item(nameOrId)',
      'Subject.calls(after)',
    ]),
  );
});

/** Who reaches the most: people, and those who work with them. */
const DECLARED = { 'x-carryall-purpose': 'DATA_SUBJECT_REQUEST', 'x-carryall-ticket': 'ABC-1' };
const LOOKING = { ...DECLARED, 'x-carryall-purpose': 'CP-P9' };
const ACTORS = [
  { actor: ann, headers: {} },
  { actor: privacyStaff('cp'), headers: DECLARED },
  { actor: supportAgent('cp'), headers: LOOKING },
  { actor: processorStaff('cp'), headers: LOOKING },
  { actor: customerStaff('cp', 'acme'), headers: DECLARED },
  { actor: administrator('cp'), headers: {} },
  { actor: auditor('cp'), headers: {} },
];
const DATABASE_WORDS = /syntax|SQLSTATE|postgres|prisma|relation|column|constraint/i;

describe.each(stringArguments(schema, 'mutation'))('G-62: $name', ({ query }) => {
  test('takes whatever text it gets for a text, whoever sends it', async () => {
    for (const { actor, headers } of ACTORS)
      for (const text of [...ATTEMPTS, 'a\0b']) {
        const { codes, text: answer } = await send(at, actor, { query, variables: { text } }, headers);
        expect(codes, `${actor.kind} ${text} ${answer}`).not.toContain('INTERNAL');
        expect(codes, answer).not.toContain('GRAPHQL_VALIDATION_FAILED');
        const { errors = [] } = JSON.parse(answer) as { errors?: readonly { message: string }[] };
        for (const { message } of errors) expect(message).not.toMatch(DATABASE_WORDS);
      }
  });
});

describe.each(known)('G-62: $name', ({ query }) => {
  const ask = async ({ actor, headers }: (typeof ACTORS)[number], text: string) => {
    const { data, codes, text: answer } = await send(at, actor, { query, variables: { text } }, headers);
    return { data, codes, answer };
  };

  test.each(ACTORS)('takes everything for a text that names nothing, from $actor.kind', async (who) => {
    const miss = await ask(who, 'nothing-of-this-name');
    // The document itself is good: the text is what is refused, if anything.
    expect(miss.codes, miss.answer).not.toContain('GRAPHQL_VALIDATION_FAILED');
    for (const attempt of ATTEMPTS) {
      const tried = await ask(who, attempt);
      expect([tried.data, tried.codes], attempt).toEqual([miss.data, miss.codes]);
      const { errors = [] } = JSON.parse(tried.answer) as { errors?: readonly { message: string }[] };
      for (const { message } of errors) expect(message).not.toMatch(DATABASE_WORDS);
      expect(tried.codes).not.toContain('INTERNAL');
    }
    const { codes, answer } = await ask(who, 'a\0b');
    expect(codes, answer).not.toContain('INTERNAL');
  });
});

test('G-62: nothing of it reached the database as a fault, and all rows are there', async () => {
  expect(faults).toEqual([]);
  expect(await at.prisma.subject.count()).toBe(2);
});
