import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { schema } from '../../src/graphql/schema.ts';
import { openGateway, type TestGateway } from '../graphql/open-gateway.ts';
import { addCalls, addPerson, subject } from '../graphql/people.ts';
import { send } from './send.ts';
import { stringArguments } from './string-arguments.ts';

let at: TestGateway;
const ann = subject('cp', 'ann');
const faults: unknown[] = [];

beforeAll(async () => {
  at = await openGateway({ onFault: (error) => faults.push(error) });
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

describe.each(known)('G-62: $name', ({ query }) => {
  const ask = async (text: string) => {
    const { data, codes, text: answer } = await send(at, ann, { query, variables: { text } });
    return { data, codes, answer };
  };

  test.each(ATTEMPTS)('takes %s for a text that names nothing', async (attempt) => {
    const miss = await ask('nothing-of-this-name');
    const tried = await ask(attempt);
    expect([tried.data, tried.codes]).toEqual([miss.data, miss.codes]);
    const { errors = [] } = JSON.parse(tried.answer) as { errors?: readonly { message: string }[] };
    for (const { message } of errors) expect(message).not.toMatch(/syntax|SQLSTATE|postgres|prisma|relation|column/i);
    expect(tried.codes).not.toContain('INTERNAL');
  });

  test('refuses text that no database stores', async () => {
    const { codes, answer } = await ask('a\0b');
    expect(codes, answer).not.toContain('INTERNAL');
  });
});

test('G-62: nothing of it reached the database as a fault, and all rows are there', async () => {
  expect(faults).toEqual([]);
  expect(await at.prisma.subject.count()).toBe(2);
});
