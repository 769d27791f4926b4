import { afterAll, beforeAll, expect, test } from 'vitest';
import { addCustomer, giveGrant, instruct } from './mandates.ts';
import { openGateway, type TestGateway } from './open-gateway.ts';
import { addCalls, addPerson, customerStaff, internalApp, owned, processorStaff } from './people.ts';

let at: TestGateway;

beforeAll(async () => {
  at = await openGateway();
  for (const id of ['one', 'two']) await addPerson(at.prisma, 'ct', id);
  await addCalls(at.prisma, 'ct', 'one', 1);
  await addCustomer(at, 'ct', 'acme', ['one']);
  await addCustomer(at, 'ct', 'bolt', ['two']);
});

afterAll(() => at[Symbol.asyncDispose]());

test('what one customer instructs opens no call of another’s in which its person is only the other party', async () => {
  const number = '+31205550199';
  await at.prisma.subjectIdentifier.create({
    data: { ...owned('ct', 'one', 'phone_one'), kind: 'PHONE', value: number },
  });
  await at.prisma.callRecord.create({
    data: {
      ...owned('ct', 'two', 'to_one'),
      calledNumber: number,
      startedAt: new Date('2026-11-01'),
      durationSeconds: 7,
    },
  });
  const query = `{ subject(id: "one") { calls { nodes { durationSeconds } } callsAsOtherParty { nodes { durationSeconds } } } }`;
  const items = ['CT-20', 'CT-21', 'CT-22', 'CT-23'];
  const staff = processorStaff('ct');
  await giveGrant(at, staff, { subject: 'one', items, purpose: 'CT-P9' });
  const wish = { organisation: 'acme', items, purpose: 'CT-P9', exportAllowed: true };
  await instruct(at, customerStaff('ct', 'acme'), wish);
  for (const actor of [internalApp('ct'), staff]) {
    const { data, extensions } = await at.ask(actor, query, { purpose: 'CT-P9' });
    expect(data, actor.kind).toEqual({
      subject: { calls: { nodes: [{ durationSeconds: 0 }] }, callsAsOtherParty: null },
    });
    expect(extensions?.privacy?.nulls).toContainEqual(
      expect.objectContaining({ path: ['subject', 'callsAsOtherParty'], reason: 'INSTRUCTION_REQUIRED' }),
    );
  }
});
