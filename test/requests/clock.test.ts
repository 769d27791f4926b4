import { afterAll, beforeAll, expect, test } from 'vitest';
import { dueRequests, extend } from '../../src/requests/clock.ts';
import { countRequests } from '../../src/requests/counts.ts';
import { holidaysAfter } from '../../src/requests/holidays.ts';
import type { RequestRow } from '../../src/requests/read.ts';
import { NOW, type TenantId } from '../graphql/open-gateway.ts';
import { addPerson, privacyStaff } from '../graphql/people.ts';
import { file, openDesk, refusal, type TestDesk } from './open-desk.ts';

let at: TestDesk;

beforeAll(async () => {
  at = await openDesk();
});

afterAll(() => at[Symbol.asyncDispose]());

/** A request that was received at an instant. */
async function received(tenant: TenantId, subjectId: string, when: string): Promise<RequestRow> {
  await addPerson(at.prisma, tenant, subjectId);
  at.setTime(when);
  return file(at, tenant, subjectId);
}

function extended(tenant: TenantId, { id }: RequestRow): Promise<RequestRow> {
  const act = { tenantId: tenant, requestId: id, by: privacyStaff(tenant) };
  return at.take(tenant, (writer) => extend(at.desk, writer, act, 'There is very much of it'));
}

test.each([
  // CT promises no period: the statutory month, moved on from a weekend or a holiday of the tenant's country.
  ['ct', '2026-11-24T10:00:00Z', '2026-12-24T10:00:00.000Z', 'a working day'],
  ['ct', '2026-11-25T10:00:00Z', '2026-12-28T10:00:00.000Z', 'Christmas, Boxing Day and a Sunday in the Netherlands'],
  ['ct', '2026-11-27T10:00:00Z', '2026-12-28T10:00:00.000Z', 'a Sunday'],
  ['ct', '2026-03-27T10:00:00Z', '2026-04-28T10:00:00.000Z', 'King’s Day'],
  ['ct', '2027-01-31T10:00:00Z', '2027-03-01T10:00:00.000Z', 'the end of a shorter month, a Sunday'],
  // CN promises thirty days, which do not move.
  ['cn', '2026-11-25T10:00:00Z', '2026-12-25T10:00:00.000Z', 'a promise of thirty days'],
] as const)('%s: what came in at %s is due at %s (%s)', async (tenant, when, due, _why) => {
  const row = await received(tenant, `due-${tenant}-${when.slice(0, 10)}`, when);
  expect(row.dueAt.toISOString()).toBe(due);
  expect(row.acknowledgedAt?.toISOString()).toBe(row.receivedAt.toISOString());
});

test('a country that is none has no holidays, and one without a year’s end in reach has one year of them', () => {
  expect(holidaysAfter(null, NOW).size).toBe(0);
  expect(holidaysAfter('XX', NOW).size).toBe(0);
  expect([...holidaysAfter('BE', new Date('2026-03-01T00:00:00Z'))]).toContain('2026-07-21');
  expect([...holidaysAfter('BE', NOW)]).toEqual(expect.arrayContaining(['2026-12-25', '2027-01-01']));
});

test('a request is extended once, inside its first month, to three months from its receipt', async () => {
  const row = await received('ct', 'slow', '2026-11-24T10:00:00Z');
  expect(
    await refusal(
      at.within('ct', (writer) =>
        extend(at.desk, writer, { tenantId: 'ct', requestId: row.id, by: privacyStaff('ct') }, 'No time'),
      ),
    ),
  ).toBe('BAD_INPUT');
  at.setTime('2026-12-24T09:59:59Z');
  const later = await extended('ct', row);
  expect(later).toMatchObject({ extensionReason: 'There is very much of it', dueAt: new Date('2027-02-24T10:00:00Z') });
  expect(await refusal(extended('ct', row))).toBe('WRONG_STATE');
  const [told] = await at.prisma.notice.findMany({ where: { requestId: row.id, kind: 'REQUEST_EXTENDED' } });
  expect(told).toMatchObject({ role: 'PERSON', identifierId: 'email_slow' });

  const late = await received('ct', 'late', '2026-11-24T10:00:00Z');
  at.setTime('2026-12-24T10:00:01Z');
  expect(await refusal(extended('ct', late))).toBe('WRONG_STATE');
});

test('each deadline of an open request is named once near and once over, and none of one that is answered', async () => {
  const row = await received('cr', 'watched', '2026-11-24T10:00:00Z');
  const answered = await received('cr', 'answered', '2026-11-24T10:00:00Z');
  await at.advance('cr', { requestId: answered.id, step: 'BUILD' });
  await at.advance('cr', { requestId: answered.id, step: 'PUBLISH', attempt: 1 });
  const due = (when: string) => at.within('cr', (writer) => dueRequests(writer, 'cr', new Date(when)));
  expect(await due('2026-12-17T09:59:59Z')).toEqual([]);
  const soon = await due('2026-12-17T10:00:00Z');
  expect(soon).toMatchObject([{ requestId: row.id, kind: 'DUE_SOON', deadline: 'FIRST', event: `${row.id}/FIRST` }]);
  expect(await due('2026-12-24T10:00:01Z')).toMatchObject([{ kind: 'OVERDUE', event: `${row.id}/FIRST` }]);
  at.setTime('2026-12-20T10:00:00Z');
  await extended('cr', row);
  expect(await due('2026-12-24T10:00:01Z')).toEqual([]);
  expect(await due('2027-02-20T10:00:00Z')).toMatchObject([{ kind: 'DUE_SOON', deadline: 'EXTENDED' }]);
  expect(await due('2027-03-20T10:00:00Z')).toMatchObject([{ kind: 'OVERDUE', event: `${row.id}/EXTENDED` }]);

  const counts = (when: string) => at.within('cr', (writer) => countRequests(writer, 'cr', new Date(when)));
  expect(await counts('2026-12-24T10:00:01Z')).toEqual({
    byStatus: [
      { status: 'APPROVED', count: 1 },
      { status: 'READY', count: 1 },
    ],
    open: 1,
    dueSoon: 0,
    overdue: 0,
  });
  expect(await counts('2027-02-20T10:00:00Z')).toMatchObject({ dueSoon: 1, overdue: 0 });
  expect(await counts('2027-03-20T10:00:00Z')).toMatchObject({ dueSoon: 0, overdue: 1 });
  // What failed is not answered.
  await at.advance('cr', { requestId: row.id, step: 'FAIL' });
  expect(await counts('2027-03-20T10:00:00Z')).toMatchObject({ open: 1, overdue: 1 });
});

test('a request that is open again after its answer keeps its date, and when that is over the staff hear of it each time', async () => {
  const { id: requestId } = await received('other', 'again', '2026-11-24T10:00:00Z');
  const { dueAt } = await at.prisma.dataSubjectRequest.findFirstOrThrow({ where: { id: requestId } });
  const step = (name: 'BUILD' | 'PUBLISH' | 'DELIVER' | 'REBUILD' | 'RECALL' | 'RETRY') =>
    at.advance('other', { requestId, step: name });
  const later = '2027-01-10T10:00:00Z';
  const due = () => at.within('other', (writer) => dueRequests(writer, 'other', new Date(later)));
  expect(await due()).toMatchObject([{ kind: 'OVERDUE', event: `${requestId}/FIRST` }]);
  for (const name of ['BUILD', 'PUBLISH', 'DELIVER'] as const) await step(name);
  expect(await due()).toEqual([]);
  at.setTime(later);
  for (const [index, name] of (['REBUILD', 'RECALL'] as const).entries()) {
    const again = await step(name);
    expect(again).toMatchObject({ dueAt, closedAt: null });
    expect(await due()).toMatchObject([{ kind: 'OVERDUE', dueAt, event: `${requestId}/FIRST/${index + 1}` }]);
    const { overdue } = await at.within('other', (writer) => countRequests(writer, 'other', new Date(later)));
    expect(overdue).toBe(1);
    if (name === 'REBUILD') for (const next of ['BUILD', 'PUBLISH'] as const) await step(next);
  }
  // Nothing but a new answer brings rest: neither does having it built.
  await step('RETRY');
  expect(await due()).toMatchObject([{ event: `${requestId}/FIRST/2` }]);
  // And no more time can be taken for it.
  expect(
    await refusal(
      at.within('other', (writer) =>
        extend(
          at.desk,
          writer,
          { tenantId: 'other', requestId, by: privacyStaff('other') },
          'There is very much of it',
        ),
      ),
    ),
  ).toBe('WRONG_STATE');
});
