import { afterAll, beforeAll, expect, test } from 'vitest';
import { openGateway, type TestGateway } from './open-gateway.ts';
import { addCalls, addPerson, owned, subject } from './people.ts';

let at: TestGateway;

beforeAll(async () => {
  at = await openGateway({ onFault: (error) => console.error(error) });
  await addPerson(at.prisma, 'cp', 'ann');
  await addCalls(at.prisma, 'cp', 'ann', 12);
  await addPerson(at.prisma, 'ct', 'kim');
  for (const kind of ['PHONE', 'REQUESTER_ID'] as const)
    await at.prisma.subjectIdentifier.create({ data: { ...owned('ct', 'kim', kind), kind, value: `of ${kind}` } });
});

afterAll(() => at[Symbol.asyncDispose]());

test('a field that may be about others in every row is told once, and in each place of the document', async () => {
  const query = `{ subject(id: "ann") {
    calls(first: 5) { nodes { ...call } }
    all: calls(first: 12) { nodes { ...call } edges { node { number: calledNumber } } }
  } }
  fragment call on CallRecord { id calledNumber startedAt }`;
  const { extensions } = await at.ask(subject('cp', 'ann'), query);
  expect(extensions?.privacy?.thirdParty).toEqual([
    { path: ['subject', 'all', 'edges', '*', 'node', 'number'], item: 'CP-15' },
    { path: ['subject', 'all', 'nodes', '*', 'calledNumber'], item: 'CP-15' },
    { path: ['subject', 'calls', 'nodes', '*', 'calledNumber'], item: 'CP-15' },
  ]);
});

test('the general executor tells it in the same words', async () => {
  const query = `query ($yes: Boolean!) { subject(id: "ann") { calls { nodes { calledNumber @include(if: $yes) } } } }`;
  const { extensions } = await at.ask(subject('cp', 'ann'), query, { variables: { yes: true } });
  expect(extensions?.privacy?.thirdParty).toEqual([
    { path: ['subject', 'calls', 'nodes', '*', 'calledNumber'], item: 'CP-15' },
  ]);
});

test('a field that may be about others in some rows only is told for those rows', async () => {
  const { data, extensions } = await at.ask(
    subject('ct', 'kim'),
    '{ subject(id: "kim") { identifiers { kind value } } }',
  );
  const {
    subject: { identifiers },
  } = data as { subject: { identifiers: readonly { kind: string }[] } };
  expect(extensions?.privacy?.thirdParty).toEqual([
    {
      path: ['subject', 'identifiers', identifiers.findIndex(({ kind }) => kind === 'REQUESTER_ID'), 'value'],
      item: 'CT-34',
    },
  ]);
});
