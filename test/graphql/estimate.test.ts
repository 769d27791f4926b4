import { afterAll, beforeAll, expect, test } from 'vitest';
import { openGateway, type TestGateway } from './open-gateway.ts';
import { addPerson, internalApp, privacyStaff, subject, supportAgent } from './people.ts';

const QUERY = `{ subject(id: "ann") {
  zip: bundleEstimate(scope: ACCESS) { estimate rows files bytes packedBytes }
  json: bundleEstimate(scope: PORTABILITY, format: JSON) { estimate rows files bytes packedBytes } } }`;
let at: TestGateway;

beforeAll(async () => {
  at = await openGateway();
  await addPerson(at.prisma, 'cp', 'ann', { fullName: 'Ann' });
});

afterAll(() => at[Symbol.asyncDispose]());

interface Estimates {
  readonly subject: Readonly<Record<'zip' | 'json', Readonly<Record<string, number | boolean>> | null>>;
}

test('the person and the privacy staff are told how large a bundle would be, marked as an estimate', async () => {
  const own = await at.ask(subject('cp', 'ann'), QUERY);
  expect(own.errors).toBeUndefined();
  const { zip, json } = (own.data as Estimates).subject;
  expect(zip).toMatchObject({ estimate: true, rows: 2 });
  expect(Number(zip?.['packedBytes'])).toBeLessThan(Number(zip?.['bytes']));
  expect(Number(zip?.['packedBytes'])).toBeGreaterThan(1000);
  expect(json?.['packedBytes']).toBe(json?.['bytes']);
  const staff = await at.ask(privacyStaff('cp'), QUERY, { purpose: 'DATA_SUBJECT_REQUEST' });
  expect(staff.errors).toBeUndefined();
  expect((staff.data as Estimates).subject.zip).toMatchObject({ estimate: true, rows: 2 });
});

test('whoever may see the person and not take the bundle is not told how large it is either', async () => {
  for (const actor of [internalApp('cp'), supportAgent('cp')]) {
    const { data } = await at.ask(actor, QUERY, { purpose: 'CP-P1' });
    expect(data, actor.kind).toEqual({ subject: { zip: null, json: null } });
  }
  expect((await at.ask(subject('cp', 'bob'), QUERY)).data).toEqual({ subject: null });
});
