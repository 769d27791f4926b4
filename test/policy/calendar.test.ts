import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addPeriod } from '../../src/policy/calendar.ts';
import { expiresAt, isExpired } from '../../src/policy/retention.ts';

const instants = fc.date({
  min: new Date('1990-01-01T00:00:00Z'),
  max: new Date('2090-12-31T23:59:59Z'),
  noInvalidDate: true,
});
const months = fc.integer({ min: 0, max: 240 });
const days = fc.integer({ min: 0, max: 4000 });

/** Calendar months by hand, so that the library is not its own witness. */
function addMonths(instant: Date, count: number): Date {
  const month = instant.getUTCMonth() + count;
  const lastDay = new Date(Date.UTC(instant.getUTCFullYear(), month + 1, 0)).getUTCDate();
  const day = Math.min(instant.getUTCDate(), lastDay);
  const midnight = Date.UTC(instant.getUTCFullYear(), month, day);
  return new Date(midnight + (((instant.getTime() % 86_400_000) + 86_400_000) % 86_400_000));
}

test('months are counted on the calendar and the day is clamped to the month’s end', () => {
  fc.assert(
    fc.property(instants, months, (at, count) => {
      expect(addPeriod(at, `P${count}M`)).toEqual(addMonths(at, count));
    }),
  );
});

test('years are twelve months each', () => {
  fc.assert(
    fc.property(instants, fc.integer({ min: 0, max: 50 }), (at, count) => {
      expect(addPeriod(at, `P${count}Y`)).toEqual(addMonths(at, 12 * count));
    }),
  );
});

test('days are days of 24 hours, whatever clocks do elsewhere', () => {
  fc.assert(
    fc.property(instants, days, (at, count) => {
      expect(addPeriod(at, `P${count}D`).getTime()).toBe(at.getTime() + count * 86_400_000);
    }),
  );
});

test('months come before days, as PostgreSQL adds an interval', () => {
  expect(addPeriod(new Date('2024-01-31T00:00:00Z'), 'P1M1D').toISOString()).toBe('2024-03-01T00:00:00.000Z');
});

test('a later start never expires earlier', () => {
  fc.assert(
    fc.property(instants, instants, months, days, (a, b, m, d) => {
      const [first, second] = a < b ? [a, b] : [b, a];
      const period = `P${m}M${d}D`;
      expect(addPeriod(first, period).getTime()).toBeLessThanOrEqual(addPeriod(second, period).getTime());
    }),
  );
});

test('a row lives exactly while now is before its expiry', () => {
  fc.assert(
    fc.property(instants, months, fc.integer({ min: -5, max: 5 }), (at, count, offset) => {
      const expiry = expiresAt({ period: `P${count}M` }, at);
      if (expiry === null) throw new TypeError('no expiry');
      const now = new Date(expiry.getTime() + offset);
      expect(isExpired(expiry, now)).toBe(!(now.getTime() < expiry.getTime()));
    }),
  );
});

test('while the trigger is unset there is no expiry', () => {
  expect(expiresAt({ period: 'P1D' }, null)).toBeNull();
});
