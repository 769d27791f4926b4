import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addPeriod } from '../../src/policy/calendar.ts';
import { loadPolicies } from '../../src/policy/book.ts';
import { openTestDatabase } from '../support/database.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;

beforeAll(async () => {
  database = await openTestDatabase();
});

afterAll(() => database.close());

const instant = fc.date({
  min: new Date('1999-01-01T00:00:00Z'),
  max: new Date('2040-12-31T23:59:59Z'),
  noInvalidDate: true,
});
const periods = [
  ...new Set(
    loadPolicies().policies.flatMap(({ retention }) =>
      retention.flatMap((rule) => ('period' in rule ? [rule.period] : [])),
    ),
  ),
];
const period = fc.oneof(
  fc.constantFrom(...periods),
  fc
    .record({ years: fc.nat(12), months: fc.nat(30), days: fc.nat(400) })
    .map(({ years, months, days }) => `P${years}Y${months}M${days}D`),
);

test('the database and the policy reckon every expiry alike, to the millisecond', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(instant, period), { minLength: 1, maxLength: 50 }), async (cases) => {
      const { rows } = await database.pool.query<{ at: Date }>(
        `SELECT t.start + t.period::interval AS at FROM unnest($1::timestamptz[], $2::text[]) WITH ORDINALITY AS t(start, period, n) ORDER BY n`,
        [cases.map(([start]) => start.toISOString()), cases.map(([, each]) => each)],
      );
      expect(rows.map(({ at }) => at.toISOString())).toEqual(
        cases.map(([start, each]) => addPeriod(start, each).toISOString()),
      );
    }),
    { numRuns: 60 },
  );
});

test('a leap day moves to the last day of a shorter month in both', async () => {
  const { rows } = await database.pool.query<{ at: Date }>(
    `SELECT '2024-02-29T12:00:00Z'::timestamptz + 'P3Y'::interval AS at`,
  );
  expect(rows[0]?.at.toISOString()).toBe('2027-02-28T12:00:00.000Z');
  expect(addPeriod(new Date('2024-02-29T12:00:00Z'), 'P3Y').toISOString()).toBe('2027-02-28T12:00:00.000Z');
});
