import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { policies, TENANT_IDS, TENANTS, type Exporter, type TenantId } from '../bundle/exporter.ts';
import { informationOf, MARK, openPeople, type Information } from './people.ts';

let at: Exporter;
const told = new Map<TenantId, Information>();

beforeAll(async () => {
  at = await openPeople();
  for (const tenantId of TENANT_IDS) told.set(tenantId, await informationOf(at, tenantId));
});

afterAll(() => at[Symbol.asyncDispose]());

const of = (tenantId: TenantId): Information => told.get(tenantId)!;
const policyOf = (tenantId: TenantId) => policies.policyOf(TENANTS[tenantId]);

describe('Art. 15(1), for every policy', () => {
  test.each(TENANT_IDS)('%s confirms what is held', (tenantId) => {
    expect(of(tenantId).confirmation.processed).toBe(true);
    expect(of(tenantId).confirmation.datasets).toContain('Your account');
  });

  test.each(TENANT_IDS)('%s answers a person of whom nothing is held', async (tenantId) => {
    const nothing = await informationOf(at, tenantId, 'nil');
    expect(nothing.confirmation).toMatchObject({ processed: false, datasets: [] });
    expect([nothing.categories, nothing.recipients, nothing.retention, nothing.source, nothing.secrets]).toEqual([
      [],
      [],
      [],
      [],
      [],
    ]);
    expect(nothing.rights.length).toBeGreaterThan(6);
  });

  test.each(TENANT_IDS)('(a)-(c) %s tells each category with its purposes, grounds and recipients', (tenantId) => {
    expect(of(tenantId).categories.length).toBeGreaterThan(3);
    for (const { category, items, purposes, bases } of of(tenantId).categories) {
      expect(items.length, category).toBeGreaterThan(0);
      const named = policyOf(tenantId).items.filter(({ id }) => items.some((item) => item.id === id));
      expect(purposes.map(({ id }) => id).toSorted(), category).toEqual(
        [...new Set(named.flatMap((item) => item.purposes))].toSorted(),
      );
      expect(bases.length, category).toBe(new Set(named.flatMap((item) => item.bases)).size);
    }
  });

  test.each(TENANT_IDS)(
    '(d) %s tells the retention of every dataset that holds a named item, with its rules and clauses',
    (tenantId) => {
      const rules = of(tenantId).retentionByDataset.flatMap((each) => each.rules);
      expect(rules.length).toBeGreaterThan(5);
      for (const rule of rules) {
        expect(rule).toMatchObject({
          text: expect.any(String),
          kind: expect.any(String),
          status: expect.stringMatching(/^(STATED|ASSUMED|NOT_STATED)$/),
        });
      }
    },
  );

  test.each(TENANT_IDS)('(g) %s names the systems that the rows of each dataset came from', (tenantId) => {
    const account = of(tenantId).source.find(({ dataset }) => dataset === 'account');
    expect(account?.systems).toEqual(['seed']);
    const calls = of(tenantId).source.find(({ dataset }) => dataset === 'call-records');
    if (calls !== undefined) expect(calls.systems).toEqual(['old switch', 'seed']);
  });

  test.each(TENANT_IDS)('every id that %s prints exists in its policy', (tenantId) => {
    const policy = policyOf(tenantId);
    const ids = new Set(
      [
        policy.items,
        policy.purposes,
        policy.bases,
        policy.recipients,
        policy.retention,
        policy.roles,
        policy.promises,
        policy.assumptions,
      ].flatMap((list) => list.map(({ id }) => id)),
    );
    const text = JSON.stringify(of(tenantId));
    const printed = text.match(new RegExp(`\\b(?:A-)?${policy.code}-[A-Za-z0-9?]+\\b|\\bA-RET-\\d+`, 'g')) ?? [];
    expect(printed.length).toBeGreaterThan(50);
    expect([...new Set(printed)].filter((id) => !ids.has(id))).toEqual([]);
    const items = of(tenantId).categories.flatMap(({ items: each }) => each.map(({ id }) => id));
    expect(items.filter((id) => !policy.items.some((item) => item.id === id))).toEqual([]);
    expect(new Set(items).size).toBe(items.length);
  });

  test.each(TENANT_IDS)(
    'X04, X06 %s prints no placeholder, no authority that nobody named, and no e-mail address of its own making',
    (tenantId) => {
      const text = JSON.stringify(of(tenantId));
      expect(text).not.toMatch(/placeholder|CNIL/i);
      const known = JSON.stringify(policyOf(tenantId));
      for (const [address] of text.matchAll(/[\w.+-]+@[\w-]+\.[a-z]{2,}/g)) expect(known).toContain(address);
    },
  );

  test.each(TENANT_IDS)('X37, X38 %s tells that secrets are held, and nothing of what they are', (tenantId) => {
    expect(of(tenantId).secrets).toContainEqual(
      expect.objectContaining({ dataset: 'account', field: 'passwordHash', count: 1 }),
    );
    const text = JSON.stringify(of(tenantId));
    expect(text).not.toContain(MARK);
    expect(text).not.toContain(MARK.slice(0, 6));
  });

  test.each(TENANT_IDS)('X39 %s tells until when a session is held', (tenantId) => {
    expect(of(tenantId).secrets).toContainEqual(
      expect.objectContaining({ dataset: 'sessions', until: '2026-12-01T00:00:00.000Z' }),
    );
  });

  test.each(TENANT_IDS)('X58 %s renders no Art. 19 or 22, which no list of rights has', (tenantId) => {
    expect(of(tenantId).rights.filter(({ article }) => article === '19' || article === '22')).toEqual([]);
  });

  test.each(TENANT_IDS)('%s gives clause and words of each right that the policy states', (tenantId) => {
    for (const { right, stated } of policyOf(tenantId).rights) {
      const printed = of(tenantId).rights.find((each) => each['right'] === right);
      if (stated !== null)
        expect(printed).toMatchObject({ stated: true, basis: 'POLICY', clause: stated.clause, quote: stated.quote });
      else if (printed !== undefined) expect(printed).toMatchObject({ stated: false, basis: 'STATUTORY' });
    }
  });

  test.each(TENANT_IDS)('%s shows the assumptions that are in force as assumed', (tenantId) => {
    expect(of(tenantId).assumptions).toEqual(
      policyOf(tenantId).assumptions.map((each) => ({ ...each, status: 'ASSUMED' })),
    );
  });

  test.each(TENANT_IDS)('%s tells time to answer, fee, and a minimum age only where there is one', (tenantId) => {
    const { header } = policyOf(tenantId);
    expect(of(tenantId).responseTime).toMatchObject({ status: header.responseTime.status });
    expect(of(tenantId).fee).toMatchObject({ status: header.fee.status, text: expect.stringContaining('free') });
    if (header.minAge.status === 'STATED') expect(of(tenantId).minAge).toMatchObject({ years: header.minAge.years });
    else expect(of(tenantId)).not.toHaveProperty('minAge');
  });
});
