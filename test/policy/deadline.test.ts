import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deadlineOf, dueAt, extendedDueAt } from '../../src/policy/deadline.ts';
import { book } from './the-five.ts';

const due = (code: string, at: string, holidays: readonly string[] = []) =>
  dueAt(book.policyOf(code), new Date(at), new Set(holidays)).toISOString();

test('AS-28 and AS-40 without a promised period the answer is due in one month', () => {
  for (const code of ['CT', 'CR']) expect(due(code, '2026-11-23T09:00:00Z')).toBe('2026-12-23T09:00:00.000Z');
});

test('X60 thirty days come first in a long month, and the month comes first in February', () => {
  expect(due('CP', '2026-10-01T09:00:00Z')).toBe('2026-10-31T09:00:00.000Z');
  expect(due('CP', '2027-02-02T09:00:00Z')).toBe('2027-03-02T09:00:00.000Z');
});

test('a month ends on the last day of a shorter one', () => {
  expect(due('CR', '2025-01-31T09:00:00Z')).toBe('2025-02-28T09:00:00.000Z');
});

test('the statutory date moves off weekends and holidays, the promised one never', () => {
  expect(due('CR', '2026-10-21T09:00:00Z')).toBe('2026-11-23T09:00:00.000Z');
  expect(due('CR', '2026-11-25T09:00:00Z', ['2026-12-25'])).toBe('2026-12-28T09:00:00.000Z');
  expect(due('CP', '2026-10-01T09:00:00Z', ['2026-10-31'])).toBe('2026-10-31T09:00:00.000Z');
});

test('the answer is never due after the statutory date nor after the promise', () => {
  const instants = fc.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true });
  fc.assert(
    fc.property(instants, fc.constantFrom(...book.policies), (at, policy) => {
      const { at: result, statutoryAt, policyAt } = deadlineOf(policy, at);
      expect(result.getTime()).toBeLessThanOrEqual(statutoryAt.getTime());
      if (policyAt !== null) expect(result.getTime()).toBeLessThanOrEqual(policyAt.getTime());
      expect(statutoryAt.getUTCDay() % 6).not.toBe(0);
      expect(result.getTime()).toBeGreaterThan(at.getTime() + 27 * 86_400_000);
    }),
  );
});

test('an extension ends three months after receipt', () => {
  expect(extendedDueAt(new Date('2026-11-23T09:00:00Z')).toISOString()).toBe('2027-02-23T09:00:00.000Z');
});
