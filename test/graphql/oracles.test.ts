import { getNamedType, isInputObjectType, isObjectType } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { datasets } from '../../src/catalogue/look-up.ts';
import { schema } from '../../src/graphql/schema.ts';
import { giveGrant } from './mandates.ts';
import { openGateway, type TestGateway } from './open-gateway.ts';
import { addCalls, addPerson, owned, processorStaff, subject, supportAgent } from './people.ts';

let at: TestGateway;

beforeAll(async () => {
  at = await openGateway({ onFault: (error) => console.error(error) });
  await addPerson(at.prisma, 'cp', 'ann');
  await addCalls(at.prisma, 'cp', 'ann', 4);
  await addPerson(at.prisma, 'cp', 'ben');
  // The number of a call and not its instant.
  await giveGrant(at, processorStaff('cp'), { subject: 'ann', items: ['CP-15'], purpose });
});

const purpose = 'CP-P8';

afterAll(() => at[Symbol.asyncDispose]());

/** Every argument of every field, and what is decided of it. A new one fails until somebody decides. */
const DECIDED: Readonly<Record<string, string>> = {
  first: 'how many',
  after: 'a cursor over an instant that the actor sees, or over ids that tell nothing',
  id: 'an id of ours, opaque',
  'Mutation.requestGrant.subject': 'an id of ours, opaque',
  organisation: 'an id of ours, opaque',
  'Query.findSubjects.identifier': 'a whole identifier, compared for equality: no part, no pattern, no order',
  'Query.auditEntries.after': 'the number of an entry',
  'Query.auditEntries.identifier': 'a whole identifier, compared for equality; for those who see whose it is',
  'Policy.item.nameOrId': 'what the policy says, of nobody',
  scope: 'which bundle',
  format: 'which bundle',
  'Mutation.requestGrant.items': 'what is asked for',
  'Mutation.requestGrant.purpose': 'what is asked for',
  'Mutation.requestGrant.reason': 'what is asked for',
  'Mutation.requestGrant.minutes': 'what is asked for',
  'Mutation.recordInstruction.items': 'what is instructed',
  'Mutation.recordInstruction.purpose': 'what is instructed',
  'Mutation.recordInstruction.from': 'what is instructed',
  'Mutation.recordInstruction.until': 'what is instructed',
  'Mutation.recordInstruction.exportAllowed': 'what is instructed',
  'Mutation.recordInstruction.document': 'what is instructed',
  'Mutation.fileRequest.right': 'what is asked for',
  'Mutation.fileRequest.subject': 'an id of ours, opaque',
  'Mutation.fileRequest.language': 'what is asked for',
  'Mutation.fileRequest.passphrase': 'what is asked for; sealed, and compared with nothing but itself',
  'Mutation.fileRequest.recipient': 'what is asked for; sealed, and compared with nothing but itself',
  'Mutation.fileRequest.details': 'what is asked for',
  'Mutation.fileRequest.idempotencyKey': "the caller's own word, of the caller's own requests",
  'Mutation.extendRequest.reason': 'what is answered',
  'Mutation.refuseRequest.ground': 'what is answered',
  'Mutation.refuseRequest.answer': 'what is answered',
  'Mutation.answerRequest.answer': 'what is answered',
  'Mutation.reviewDecision.review': 'what is decided',
  'Mutation.vouchIdentity.request': 'an id of ours, opaque',
  'Mutation.vouchIdentity.subject': 'an id of ours, opaque',
  'Mutation.vouchIdentity.reason': 'what is decided',
  'Mutation.createDownloadLink.request': 'an id of ours, opaque',
  'Mutation.recallBundle.reason': 'what is decided',
  'Mutation.transmitBundle.request': 'an id of ours, opaque',
  'Mutation.transmitBundle.recipient': 'a name of the configuration',
  'Mutation.createWebhookEndpoint.url': "the administrator's own system",
  'Mutation.createWebhookEndpoint.kinds': 'which events',
  // A queue of requests, which staff see whole: where they are, and whether they are late.
  'Query.requestQueue.status': 'where a request is',
  'Query.requestQueue.overdue': 'whether a request is late',
  'Query.instructionsWanted.request': 'an id of ours, opaque',
};

const personal = new Set(
  datasets.flatMap(({ fields }) =>
    Object.entries(fields).flatMap(([column, { kind }]) => (kind === 'personal' || kind === 'secret' ? [column] : [])),
  ),
);

test('A-24: no argument filters, orders or groups by a column, and none is there without a decision', () => {
  const args = Object.values(schema.getTypeMap())
    .filter((type) => isObjectType(type) && !type.name.startsWith('__'))
    .flatMap((type) =>
      Object.values(isObjectType(type) ? type.getFields() : {}).flatMap((field) =>
        field.args.map((arg) => ({ place: `${type.name}.${field.name}.${arg.name}`, name: arg.name, type: arg.type })),
      ),
    );
  expect(args.length).toBeGreaterThan(20);
  const undecided = args.filter(({ place, name }) => DECIDED[place] === undefined && DECIDED[name] === undefined);
  expect(undecided.map(({ place }) => place)).toEqual([]);
  // What applies to a whole name must be no column's.
  const loose = args.filter(({ place, name }) => DECIDED[place] === undefined && personal.has(name));
  expect(loose.map(({ place }) => place)).toEqual([]);
  // An input object could hold a condition.
  expect(args.filter(({ type }) => isInputObjectType(getNamedType(type))).map(({ place }) => place)).toEqual([]);
  expect(args.filter(({ name }) => /where|filter|order|sort|group|match|like|search/i.test(name))).toEqual([]);
});

const PAGES = `query ($after: String) { subject(id: "ann") { calls(first: 2, after: $after) {
  nodes { id startedAt calledNumber } pageInfo { endCursor hasNextPage } } } }`;

interface Data {
  readonly subject: {
    readonly calls: {
      readonly nodes: readonly { readonly id: string; readonly startedAt: string | null }[];
      readonly pageInfo: { readonly endCursor: string; readonly hasNextPage: boolean };
    };
  };
}

test('A-24: who is not told when a call was gets calls in no order of time, and no cursor that says it', async () => {
  const actor = processorStaff('cp');
  const first = (await at.ask(actor, PAGES, { purpose })).data as Data;
  const { nodes, pageInfo } = first.subject.calls;
  const seesInstant = nodes.some(({ startedAt }) => startedAt !== null);
  const cursor = Buffer.from(pageInfo.endCursor, 'base64url').toString();
  const rest = (await at.ask(actor, PAGES, { purpose, variables: { after: pageInfo.endCursor } })).data as Data;
  const ids = [...nodes, ...rest.subject.calls.nodes].map(({ id }) => id);
  expect(seesInstant).toBe(false);
  expect(cursor).not.toContain('2026');
  expect(ids).toEqual(['call_ann_3', 'call_ann_2', 'call_ann_1', 'call_ann_0']);
  expect(rest.subject.calls.pageInfo.hasNextPage).toBe(false);

  const own = (await at.ask(subject('cp', 'ann'), PAGES)).data as Data;
  expect(Buffer.from(own.subject.calls.pageInfo.endCursor, 'base64url').toString()).toContain('2026-11-20');
});

test('A-24: the end of a retention, the earliest and the latest are not told to whom the instant is not', async () => {
  const query = `{ subject(id: "ann") { calls(first: 1) { nodes { retention { ruleId expiresAt } } }
    holdings { dataset oldest newest } } }`;
  type Told = {
    subject: {
      calls: { nodes: readonly { retention: { expiresAt: string | null } }[] };
      holdings: readonly { dataset: string; oldest: string | null; newest: string | null }[];
    };
  };
  const asked = await at.ask(processorStaff('cp'), query, { purpose });
  const app = asked.data as Told;
  expect(app.subject.calls.nodes[0]?.retention).toMatchObject({ expiresAt: null });
  expect(asked.extensions?.privacy?.nulls).toContainEqual(
    expect.objectContaining({
      path: ['subject', 'calls', 'nodes', 0, 'retention', 'expiresAt'],
      reason: 'GRANT_REQUIRED',
    }),
  );
  expect(app.subject.holdings.filter(({ dataset }) => dataset === 'call-records')).toEqual([
    { dataset: 'call-records', oldest: null, newest: null },
  ]);
  const own = (await at.ask(subject('cp', 'ann'), query)).data as Told;
  expect(own.subject.calls.nodes[0]?.retention.expiresAt).toMatch(/^2028-/);
  expect(own.subject.holdings.find(({ dataset }) => dataset === 'call-records')?.newest).toMatch(/^2026-11-20/);
});

test('A-45: an agent’s masks are of one shape, whatever is behind them', async () => {
  const numbers = ['+32470000678', '+4912345678901678', '+1678'];
  for (const [index, calledNumber] of numbers.entries())
    await at.prisma.callRecord.create({
      data: { ...owned('cp', 'ben', `c${index}`), calledNumber, startedAt: new Date('2026-11-01') },
    });
  const { data } = await at.ask(supportAgent('cp'), '{ subject(id: "ben") { calls { nodes { id calledNumber } } } }', {
    purpose,
  });
  type Told = { subject: { calls: { nodes: readonly { id: string; calledNumber: string }[] } } };
  const shown = (data as Told).subject.calls.nodes.toSorted((a, b) => a.id.localeCompare(b.id));
  expect(shown.map(({ calledNumber }) => calledNumber)).toEqual(['•••678', '•••', '•••']);
});
