import { expect, test } from 'vitest';
import { describeRetention, expiresAt, isExpired, retentionOf, retentionState } from '../../src/policy/retention.ts';
import { book, named } from './the-five.ts';

const NOW = new Date('2026-11-22T00:00:00Z');
const rule = (id: string) => retentionOf(named(id).policy, named(id).item);
const state = (id: string, at: string | null, period: string | null = null) =>
  retentionState(rule(id), at === null ? null : new Date(at), period);

function expiry(id: string, at: string, period: string | null = null): { at: string; expired: boolean } {
  const result = state(id, at, period);
  if (result.kind !== 'EXPIRES') throw new TypeError(`${id} does not expire`);
  return { at: result.at.toISOString(), expired: isExpired(result.at, NOW) };
}

test('AS-04 a call log of CallerPlugins lives up to 24 months, with an assumed start', () => {
  expect(expiry('CP-15', '2024-11-21T10:00:00Z')).toEqual({ at: '2026-11-21T10:00:00.000Z', expired: true });
  expect(expiry('CP-15', '2024-11-23T10:00:00Z')).toEqual({ at: '2026-11-23T10:00:00.000Z', expired: false });
  expect(state('CP-15', '2024-11-23T10:00:00Z')).toMatchObject({ max: true, triggerStated: false, ruleId: 'CP-T2' });
});

test('AS-06 account data of CallerPlugins is kept while active and 12 months after a deletion request', () => {
  expect(expiry('CP-01', '2026-01-15T00:00:00Z')).toEqual({ at: '2027-01-15T00:00:00.000Z', expired: false });
  expect(state('CP-01', null)).toEqual({
    kind: 'RETAINED',
    ruleId: 'CP-T1',
    reason: 'ACTIVE',
    trigger: 'account.deletionRequestedAt',
  });
});

test('AS-07 an invoice of CallerPlugins is kept seven years by law', () => {
  expect(expiry('CP-11', '2019-11-23T00:00:00Z')).toEqual({ at: '2026-11-23T00:00:00.000Z', expired: false });
  expect(rule('CP-11')).toMatchObject({ legalObligation: expect.stringContaining('Dutch tax') });
});

test('AS-14 support correspondence of Callrix lives two years from the last interaction', () => {
  expect(expiry('CX-18', '2024-11-20T00:00:00Z').expired).toBe(true);
  expect(expiry('CX-19', '2024-11-24T00:00:00Z')).toEqual({ at: '2026-11-24T00:00:00.000Z', expired: false });
});

test('AS-30 a recording of CallNex lives 90 days unless its campaign said otherwise', () => {
  expect(expiry('CN-12', '2026-08-20T00:00:00Z').expired).toBe(true);
  expect(expiry('CN-12', '2026-08-20T00:00:00Z', 'P180D')).toEqual({ at: '2027-02-16T00:00:00.000Z', expired: false });
  expect(expiry('CN-13', '2026-10-15T00:00:00Z', 'P30D').expired).toBe(true);
});

test('AS-33 a ticket of CallNex lives two years from its closing, and an open one for ever', () => {
  expect(expiry('CN-27', '2024-11-20T00:00:00Z').expired).toBe(true);
  expect(expiry('CN-27', '2024-11-25T00:00:00Z').expired).toBe(false);
  expect(state('CN-27', null)).toMatchObject({ kind: 'RETAINED' });
});

test('AS-37 a call record of Callr lives three years, and 29 February ends on the 28th', () => {
  expect(expiry('CR-12', '2024-02-29T12:00:00Z')).toEqual({ at: '2027-02-28T12:00:00.000Z', expired: false });
  expect(expiry('CR-12', '2023-11-21T12:00:00Z').expired).toBe(true);
});

test('X13 account data has three different clocks', () => {
  const triggers = ['CP-01', 'CX-01', 'CN-01']
    .map((id) => rule(id))
    .map((entry) => (entry.kind === 'COMPUTABLE' ? entry.trigger : null));
  expect(triggers).toEqual(['account.deletionRequestedAt', 'licence.terminatedAt', 'account.closedAt']);
});

test('a chain of Callrix runs while the licence does, then thirty days, or then nothing is stated', () => {
  expect(state('CX-01', null)).toMatchObject({ kind: 'RETAINED' });
  expect(expiry('CX-01', '2026-11-01T00:00:00Z').at).toBe('2026-12-01T00:00:00.000Z');
  expect(state('CX-13', null)).toMatchObject({ kind: 'RETAINED', trigger: 'licence.terminatedAt' });
  expect(state('CX-13', '2026-11-01T00:00:00Z')).toEqual({ kind: 'NOT_COMPUTABLE', ruleId: 'CX-T0', ruleKind: 'NONE' });
});

test('X15 only CallerPlugins says "up to"', () => {
  const max = book.policies.flatMap((policy) =>
    policy.retention.filter((entry) => 'max' in entry && entry.max).map((entry) => entry.id),
  );
  expect(max).toEqual(['CP-T1', 'CP-T2', 'CP-T3']);
});

test('X21 an item without a stated period gets none, and its description says so', () => {
  for (const policy of book.policies) {
    for (const item of policy.items) {
      const effective = retentionOf(policy, item);
      const far = retentionState(effective, new Date('2000-01-01T00:00:00Z'));
      expect(far.kind).toBe(effective.kind === 'COMPUTABLE' ? 'EXPIRES' : 'NOT_COMPUTABLE');
      expect(describeRetention(effective)).not.toBe('');
    }
  }
  expect(describeRetention(rule('CP-30'))).toMatch(/^not stated/);
});

test('a session ends with its own expiry', () => {
  expect(expiry('CP-24', '2026-11-22T00:00:00Z')).toEqual({ at: '2026-11-22T00:00:00.000Z', expired: true });
});

test('a row cannot change a period that its rule does not let it change', () => {
  expect(expiresAt({ period: 'P90D' }, NOW, 'P1D')?.toISOString()).toBe('2027-02-20T00:00:00.000Z');
});

test('a period of a row that is no duration, or runs backwards, is refused and never replaced by the default', () => {
  for (const bad of ['forever', '', '-P1D'])
    expect(() => state('CN-12', '2026-08-20T00:00:00Z', bad)).toThrow(/duration/);
});
