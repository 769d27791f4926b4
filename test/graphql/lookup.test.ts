import { afterAll, beforeAll, expect, test } from 'vitest';
import { openGateway, type TestGateway } from './open-gateway.ts';
import { addPerson, customerStaff, owned, privacyStaff } from './people.ts';

let at: TestGateway;

beforeAll(async () => {
  at = await openGateway({ onFault: (error) => console.error(error) });
});

afterAll(() => at[Symbol.asyncDispose]());

test('people are found by exact identifiers in any spelling, of one tenant only', async () => {
  await addPerson(at.prisma, 'cr', 'fay');
  await at.prisma.subjectIdentifier.create({
    data: { ...owned('cr', 'fay', 'ph'), kind: 'PHONE', value: '+31201234567' },
  });
  const find = async (tenant: 'cr' | 'cp', text: string) =>
    (
      await at.ask(privacyStaff(tenant), 'query ($text: String!) { findSubjects(identifier: $text) { id } }', {
        purpose: 'DATA_SUBJECT_REQUEST',
        variables: { text },
      })
    ).data;
  for (const text of ['fay@example.org', ' FAY@Example.ORG ', '+31 20 123 4567', '020-1234567'])
    expect(await find('cr', text)).toEqual({ findSubjects: [{ id: 'fay' }] });
  for (const text of ['fay@', 'ay@example.org', '%', '', '\0'])
    expect((await find('cr', text)) ?? null).not.toEqual({ findSubjects: [{ id: 'fay' }] });
  expect(await find('cp', 'fay@example.org')).toEqual({ findSubjects: [] });
});

test("a customer's staff reach that customer's people only", async () => {
  for (const id of ['own', 'foreign', 'both']) await addPerson(at.prisma, 'ct', id);
  for (const id of ['orgA', 'orgB'])
    await at.prisma.organisation.create({ data: { tenantId: 'ct', id, sourceSystem: 'test', name: id } });
  for (const [person, organisationId] of [
    ['own', 'orgA'],
    ['foreign', 'orgB'],
    ['both', 'orgA'],
    ['both', 'orgB'],
  ] as const) {
    await at.prisma.membership.create({
      data: { ...owned('ct', person, `${person}_${organisationId}`), organisationId, role: 'USER' },
    });
  }
  const reach = async (id: string) =>
    (await at.ask(customerStaff('ct', 'orgA'), `{ subject(id: "${id}") { id } }`, { purpose: 'DATA_SUBJECT_REQUEST' }))
      .data;
  expect(await reach('own')).toEqual({ subject: { id: 'own' } });
  for (const id of ['foreign', 'both', 'nobody']) expect(await reach(id)).toEqual({ subject: null });
});
