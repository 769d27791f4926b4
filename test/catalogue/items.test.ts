import { describe, expect, test } from 'vitest';
import { catalogueRows } from '../../src/catalogue/print.ts';
import { datasets, itemsOf, sqlName } from '../../src/catalogue/look-up.ts';
import { ITEMS } from '../../src/catalogue/items.ts';
import { loadPolicies } from '../../src/policy/book.ts';
import { homeOf } from '../../src/policy/home.ts';
import { openTestDatabase } from '../support/database.ts';

const { policies } = loadPolicies();
const inColumns = new Map(
  datasets.flatMap(({ fields }) =>
    Object.values(fields).flatMap((entry) => itemsOf(entry).map((item) => [item as string, entry.kind] as const)),
  ),
);
const all = policies.flatMap((policy) => policy.items.map((item) => ({ policy, item, home: homeOf(policy, item) })));

describe('every item of every policy has a home', () => {
  test('there are 170 of them', () => {
    expect(all).toHaveLength(170);
  });

  test.each(all.filter(({ home }) => home === 'COLUMN').map((each) => [each.item.id, each.item.item] as const))(
    '%s %s is a catalogued column',
    (_id, name) => {
      expect(inColumns.get(name)).toBe('personal');
    },
  );

  test.each(all.filter(({ home }) => home === 'SECRET').map((each) => [each.item.id, each.item.item] as const))(
    '%s %s is a secret column and no other',
    (_id, name) => {
      expect(inColumns.get(name)).toBe('secret');
    },
  );

  test('what must not exist, lives elsewhere or is a copy has no column, but for an address that other policies keep', () => {
    const others = all
      .filter(({ home }) => !['COLUMN', 'SECRET'].includes(home))
      .filter(({ item }) => inColumns.has(item.item));
    expect(others.map(({ item, home }) => `${item.id} ${item.item} ${home}`)).toEqual([
      'CP-28 client.ipAddress TRANSIENT',
    ]);
  });

  test('no item name is known that neither a column nor a policy uses', () => {
    const used = new Set(all.map(({ item }) => item.item));
    expect(ITEMS.filter((name) => !used.has(name))).toEqual([]);
  });
});

test('X-22: the catalogue names exactly the columns that the database has', async () => {
  await using database = await openTestDatabase();
  const { rows } = await database.pool.query<{ name: string }>(
    `SELECT table_name || '.' || column_name AS name FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> '_prisma_migrations' ORDER BY 1`,
  );
  const declared = catalogueRows().map(({ model, column }) => `${sqlName(model)}.${sqlName(column)}`);
  expect(declared.toSorted()).toEqual(rows.map(({ name }) => name).toSorted());
});

test('no column could hold a card, and the log of API requests has none for an address', () => {
  const columns = catalogueRows().map(({ dataset, column }) => `${dataset}.${column}`);
  expect(columns.filter((name) => /card|cvc|cvv|iban|last4|pan$/i.test(name))).toEqual([]);
  expect(columns.filter((name) => name.startsWith('api-requests.') && /ip|address/i.test(name))).toEqual([]);
});
