import { afterAll, beforeAll, expect, test } from 'vitest';
import { openGateway, type TestGateway } from '../graphql/open-gateway.ts';
import { addPerson, subject } from '../graphql/people.ts';
import { send } from './send.ts';
import { schemaWith } from './test-schema.ts';

let at: TestGateway;
const ids = ['ann', 'ben', 'cat', 'dan', 'eve'] as const;

beforeAll(async () => {
  const schema = schemaWith({
    canary: async (_root, _args, context) => {
      const before = context.actor;
      // Others go on meanwhile; in which order is the dice's.
      for (let turns = Math.floor(Math.random() * 5); turns > 0; turns -= 1) await new Promise(setImmediate);
      return before === context.actor && context.actor.kind === 'SUBJECT' ? context.actor.subjectId : null;
    },
  });
  at = await openGateway({ schema, limits: { operationMs: 600_000 } });
  for (const id of ids) await addPerson(at.prisma, 'cp', id, { fullName: `canary-${id}` });
});
afterAll(() => at[Symbol.asyncDispose]());

test('G-55: of five hundred answers, a hundred at once, each holds its own caller’s canary and no other', async () => {
  const query = '{ canary viewer { id subject { account { fullName email } } } }';
  for (let wave = 0; wave < 5; wave += 1) {
    const answers = await Promise.all(
      Array.from({ length: 100 }, async (_, index) => {
        const id = ids[index % ids.length] ?? 'ann';
        return { id, ...(await send(at, subject('cp', id), { query })) };
      }),
    );
    for (const { id, data, text } of answers) {
      const account = { fullName: `canary-${id}` };
      expect(data, text).toMatchObject({ canary: id, viewer: { id, subject: { account } } });
      for (const other of ids) if (other !== id) expect(text).not.toContain(other);
    }
  }
});

test('G-56: what one caller has loaded is not there for another', async () => {
  await addPerson(at.prisma, 'other', 'ann', { fullName: 'canary-of-another-tenant' });
  const query = '{ subject(id: "ann") { account { fullName } } }';
  const [own, foreign, stranger] = await Promise.all([
    send(at, subject('cp', 'ann'), { query }),
    send(at, subject('other', 'ann'), { query }),
    send(at, subject('cp', 'ben'), { query }),
  ]);
  expect(own.data).toEqual({ subject: { account: { fullName: 'canary-ann' } } });
  expect(foreign.data).toEqual({ subject: { account: { fullName: 'canary-of-another-tenant' } } });
  expect([stranger.data, stranger.codes]).toEqual([{ subject: null }, ['NOT_FOUND']]);
});
