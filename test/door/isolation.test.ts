import { afterAll, beforeAll, expect, test } from 'vitest';
import { actorIdOf, type Actor } from '../../src/access/actor.ts';
import { openGateway, type TestGateway } from '../graphql/open-gateway.ts';
import { addCalls, addPerson, internalApp, privacyStaff, subject, supportAgent } from '../graphql/people.ts';
import { send } from './send.ts';
import { schemaWith } from './test-schema.ts';

let at: TestGateway;

/** People of two tenants, two of whom have one id. */
const PEOPLE = [
  { tenant: 'cp', id: 'ann', canary: 'Q1zebra' },
  { tenant: 'other', id: 'ann', canary: 'Q2heron' },
  { tenant: 'cp', id: 'ben', canary: 'Q3otter' },
  { tenant: 'other', id: 'cat', canary: 'Q4raven' },
  { tenant: 'cp', id: 'dan', canary: 'Q5lemur' },
] as const;

/** Who asks, one of each kind that is shown people, of whom, and what they get of the number of a call. */
const PRINCIPALS: readonly {
  readonly actor: Actor;
  readonly purpose: string;
  readonly of: (typeof PEOPLE)[number];
  readonly number: string | null;
}[] = [
  { actor: subject('cp', 'ann'), purpose: '', of: PEOPLE[0], number: '+31205550000' },
  { actor: subject('other', 'ann'), purpose: '', of: PEOPLE[1], number: '+31205550000' },
  { actor: supportAgent('cp'), purpose: 'CP-P9', of: PEOPLE[2], number: '•••000' },
  { actor: internalApp('other'), purpose: 'CP-P3', of: PEOPLE[3], number: null },
  { actor: privacyStaff('cp'), purpose: 'DATA_SUBJECT_REQUEST', of: PEOPLE[4], number: '+31205550000' },
];

/** One document that is executed by a plan, and one that is left to the general executor. */
const DOCUMENTS = ['', '@include(if: true)'].map(
  (directive) => `query ($id: ID!) { who viewer { id kind tenant { id } }
    subject(id: $id) ${directive} { id account { fullName email } calls { totalCount nodes { calledNumber } } } }`,
);

beforeAll(async () => {
  const schema = schemaWith({
    who: async (_root, _args, context) => {
      const before = context.actor;
      // Others go on meanwhile; in which order is the dice's.
      for (let turns = Math.floor(Math.random() * 5); turns > 0; turns -= 1) await new Promise(setImmediate);
      return before === context.actor ? JSON.stringify([before.tenant, before.kind, actorIdOf(before)]) : null;
    },
  });
  at = await openGateway({ schema, limits: { operationMs: 600_000 } });
  for (const { tenant, id, canary } of PEOPLE) {
    await addPerson(at.prisma, tenant, id, { fullName: `${canary} name`, email: `${canary}@example.org` });
    await addCalls(at.prisma, tenant, id, 1);
  }
});
afterAll(() => at[Symbol.asyncDispose]());

const ask = ({ actor, purpose, of }: (typeof PRINCIPALS)[number], query: string) => {
  const declared = { 'x-carryall-purpose': purpose, 'x-carryall-ticket': 'ABC-1' };
  return send(at, actor, { query, variables: { id: of.id } }, purpose === '' ? {} : declared);
};

test('G-55: of five hundred answers at once to five callers of two tenants, each is what its own caller gets alone', async () => {
  const alone = await Promise.all(PRINCIPALS.map((each) => ask(each, DOCUMENTS[0] ?? '')));
  for (const [index, { actor, of, number }] of PRINCIPALS.entries()) {
    const { data, text } = alone[index] ?? { data: null, text: '' };
    expect(data, text).toMatchObject({
      who: JSON.stringify([actor.tenant, actor.kind, actorIdOf(actor)]),
      viewer: { id: actorIdOf(actor), kind: actor.kind, tenant: { id: actor.tenant } },
      subject: {
        id: of.id,
        account: { fullName: `${of.canary} name` },
        calls: number === null ? null : { nodes: [{ calledNumber: number }] },
      },
    });
  }
  const answers = await Promise.all(
    Array.from({ length: 500 }, async (_, index) => {
      const which = index % PRINCIPALS.length;
      const principal = PRINCIPALS[which] ?? PRINCIPALS[0];
      if (principal === undefined) throw new TypeError('There are five.');
      return { which, principal, ...(await ask(principal, DOCUMENTS[Math.floor(index / 5) % 2] ?? '')) };
    }),
  );
  for (const { which, principal, text } of answers) {
    expect(text).toBe(alone[which]?.text);
    for (const { canary } of PEOPLE)
      expect(text.includes(canary), `${canary} in ${text}`).toBe(canary === principal.of.canary);
  }
});

test('G-56: what one caller has loaded is not there for another', async () => {
  const query = '{ subject(id: "ann") { account { fullName } } }';
  const [own, foreign, stranger] = await Promise.all([
    send(at, subject('cp', 'ann'), { query }),
    send(at, subject('other', 'ann'), { query }),
    send(at, subject('cp', 'ben'), { query }),
  ]);
  expect(own.data).toEqual({ subject: { account: { fullName: 'Q1zebra name' } } });
  expect(foreign.data).toEqual({ subject: { account: { fullName: 'Q2heron name' } } });
  expect([stranger.data, stranger.codes]).toEqual([{ subject: null }, ['NOT_FOUND']]);
});
