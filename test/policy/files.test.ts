import { readFileSync, readdirSync, mkdtempSync, writeFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ITEMS } from '../../src/catalogue/items.ts';
import { loadPolicies, SHIPPED_POLICIES } from '../../src/policy/book.ts';
import { policyJsonSchema } from '../../src/policy/schema.ts';
import { isCarryallError } from '../../src/errors.ts';
import { book } from './the-five.ts';

test('the five policies load, name only items that the catalogue knows, and hold 170 items', () => {
  const policies = loadPolicies([SHIPPED_POLICIES], { knownItems: new Set(ITEMS) }).policies;
  expect(Object.fromEntries(policies.map((policy) => [policy.code, policy.items.length]))).toEqual({
    CP: 38,
    CX: 38,
    CT: 39,
    CN: 34,
    CR: 21,
  });
});

test('every policy file opens with the pointer to its schema, so that an editor helps', () => {
  for (const name of readdirSync(SHIPPED_POLICIES).filter((entry) => entry.endsWith('.yaml')))
    expect(readFileSync(join(SHIPPED_POLICIES, name), 'utf8').split('\n')[0]).toBe(
      '# yaml-language-server: $schema=./policy.schema.json',
    );
});

test('policies/policy.schema.json is what the format says today (vitest -u renews it)', async () => {
  await expect(`${JSON.stringify(policyJsonSchema(), null, 2)}\n`).toMatchFileSnapshot(
    '../../policies/policy.schema.json',
  );
});

test('an unknown policy code is refused and the known ones are named', () => {
  expect(() => book.policyOf('ZZ')).toThrow(/No policy ZZ; known are .*CP/);
});

test('a folder that does not exist, a broken file and a second policy of one code are told together', () => {
  const folder = mkdtempSync(join(tmpdir(), 'policies-'));
  try {
    writeFileSync(join(folder, 'broken.yaml'), 'code: [');
    writeFileSync(join(folder, 'again.yaml'), readFileSync(join(SHIPPED_POLICIES, 'callr.yaml')));
    expect.assertions(2);
    try {
      loadPolicies([SHIPPED_POLICIES, folder, '/no/such/folder']);
    } catch (error) {
      expect(isCarryallError(error, 'POLICY_INVALID')).toBe(true);
      const reasons = isCarryallError(error) ? error.faults.map((fault) => fault.reason) : [];
      expect(reasons).toEqual(
        expect.arrayContaining([
          'no such folder',
          'a second policy CR',
          expect.stringMatching(/flow sequence|collection/i),
        ]),
      );
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('every role, basis, recipient, retention rule and purpose of a policy has a clause or an assumption behind it', () => {
  for (const policy of book.policies) {
    for (const entry of [
      ...policy.roles,
      ...policy.purposes,
      ...policy.recipients,
      ...policy.promises,
      ...policy.routing,
    ])
      expect(entry.clause).toMatch(/^§/);
    for (const basis of policy.bases) expect(basis.status === 'ASSUMED' ? basis.assumption : basis.clause).toBeTruthy();
    for (const rule of policy.retention.filter((entry) => entry.kind !== 'NONE')) expect(rule.quote).toBeTruthy();
  }
});
