import fc from 'fast-check';
import { expect, test } from 'vitest';
import { record } from '../../src/audit/append.ts';
import { hashOf, type ChainedEntry } from '../../src/audit/chain.ts';
import { checkEntry, LONGEST_REASON } from '../../src/audit/entry.ts';
import { isCarryallError } from '../../src/errors.ts';
import { look, openTestLog } from './open-log.ts';

const ENTRY: ChainedEntry = {
  tenantId: 'acme',
  seq: 1,
  id: 'audit_1',
  occurredAt: '2026-11-22T00:00:00.000001Z',
  actorKind: 'GATEWAY',
  actorRef: null,
  subjectRef: null,
  action: 'SWEEP',
  outcome: 'ALLOWED',
  purpose: null,
  ticket: null,
  reasonRef: null,
  policyCode: null,
  policyVersion: null,
  detail: { rows: 1, flag: true },
  previousHash: '0'.repeat(64),
};

test('L-14: an entry that is written otherwise and means the same has the same hash', () => {
  const reversed = Object.fromEntries(Object.entries(ENTRY).toReversed()) as unknown as ChainedEntry;
  expect(hashOf(reversed)).toBe(hashOf(ENTRY));
  const respelt = JSON.parse(JSON.stringify(ENTRY).replace('"rows":1', '"rows":1.0e0')) as ChainedEntry;
  expect(hashOf(respelt)).toBe(hashOf(ENTRY));
  expect(hashOf({ ...ENTRY, detail: { n: -0 } })).toBe(hashOf({ ...ENTRY, detail: { n: 0 } }));
});

test('L-14: the hash is the SHA-256 that anybody can make from the canonical form', () => {
  // Made by Python: json.dumps(entry, sort_keys=True, separators=(',', ':')) after the line carryall.audit.entry.v1.
  expect(hashOf(ENTRY)).toBe('0f319d1687c089a0fac02bda5cbdc299a5c493883651483a293291940a2d2ebe');
});

test('L-14: every member of an entry is in its hash', () => {
  const hashes = Object.keys(ENTRY).map((name) => hashOf({ ...ENTRY, [name]: 'x' }));
  expect(new Set([hashOf(ENTRY), ...hashes]).size).toBe(Object.keys(ENTRY).length + 1);
});

test('L-14: what the database gives back has the hash of what was put in', async () => {
  await using log = await openTestLog();
  const reasons = ['Crème', 'Cre\u0300me', '🙂', '\u2028', '"\\', 'ﬁ'];
  const detail = { z: -0, a: Number.MAX_SAFE_INTEGER, items: ['b.c', 'a.b'], yes: true, none: null };
  await record(
    log.pool,
    log.keys,
    reasons.map((reason) => look('sub_1', { reason, detail })),
  );
  expect(await log.verify()).toMatchObject({ entries: reasons.length, fault: null });
  const { rows } = await log.pool.query<{ reason: string }>('SELECT reason FROM audit_event ORDER BY seq LIMIT 2');
  expect(rows.map(({ reason }) => reason)).toEqual(['Crème', 'Crème']);
});

test('L-14: a reason of any text verifies, or is refused for its length', async () => {
  await using log = await openTestLog();
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 40 }), async (reason) => {
      await record(log.pool, log.keys, [look('sub_1', { reason })]);
    }),
    { numRuns: 30 },
  );
  expect((await log.verify()).fault).toBeNull();
});

test.each([
  ['a reason of a million characters', { reason: 'x'.repeat(1_000_000) }],
  ['a reason of one too many', { reason: '🙂'.repeat(LONGEST_REASON + 1) }],
  ['a reason with half of a pair', { reason: 'a\ud800' }],
  ['a reason with NUL', { reason: 'a\0' }],
  ['an e-mail address as a detail', { detail: { who: 'ann@example.org' } }],
  ['a telephone number as a detail', { detail: { who: '31612345678' } }],
  ['a name as a purpose', { purpose: 'Ann Example' }],
  ['a fraction', { detail: { n: 0.5 } }],
  ['a number past what all readers know', { detail: { n: 2 ** 53 } }],
])('L-14: %s is refused, and not repeated', (_name, change) => {
  const refused: unknown = (() => {
    try {
      return checkEntry(look('sub_1', change));
    } catch (error) {
      return error;
    }
  })();
  expect(isCarryallError(refused, 'BAD_INPUT')).toBe(true);
  expect(`${String(refused)}${JSON.stringify(refused)}`).not.toMatch(/example|xxx|3161|Ann/);
});

test('L-14: five hundred characters are enough, whatever their bytes', () => {
  expect(checkEntry(look('sub_1', { reason: '🙂'.repeat(LONGEST_REASON) })).reason).toHaveLength(2 * LONGEST_REASON);
});
