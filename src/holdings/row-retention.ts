import { itemsFor, itemsOf, type AnyDataset, type AnyField } from '../catalogue/look-up.ts';
import { itemOf } from '../policy/book.ts';
import { retentionOf, type Retention } from '../policy/retention.ts';
import type { Item, Policy } from '../policy/schema.ts';
import { sql, type Sql } from '../store/sql.ts';
import { expiresAtSql } from './retention-sql.ts';
import type { SubjectFacts } from './subject-facts.ts';
import { byVariant, variantsOf, type Words } from './variants.ts';

/** The item that a column stores under a policy, given the words of its row; null when the policy names none of its candidates. */
export function itemIn(policy: Policy, entry: AnyField, words: Words): Item | null {
  for (const name of entry.kind === 'personal' ? itemsFor(entry, words) : itemsOf(entry)) {
    const item = itemOf(policy, name);
    if (item !== null) return item;
  }
  return null;
}

/** The rule that ends a row's life, for the combinations of words that share it. */
export interface RowRule {
  readonly variants: readonly Words[];
  readonly retention: Retention;
}

const known = new WeakMap<Policy, Map<AnyDataset, readonly RowRule[]>>();

/**
 * The retention of whole rows: that of the item in the anchor column, or else of the first column that the policy names.
 * Rows of a dataset that a policy does not name have none.
 */
export function rowRules(policy: Policy, dataset: AnyDataset): readonly RowRule[] {
  const ofPolicy = known.get(policy) ?? new Map<AnyDataset, readonly RowRule[]>();
  known.set(policy, ofPolicy);
  const rules = ofPolicy.get(dataset) ?? findRules(policy, dataset);
  ofPolicy.set(dataset, rules);
  return rules;
}

function findRules(policy: Policy, dataset: AnyDataset): readonly RowRule[] {
  const groups = new Map<string, { variants: Words[]; retention: Retention }>();
  for (const words of variantsOf(dataset)) {
    const retention = rowRetention(policy, dataset, words);
    if (retention === null) continue;
    const key = retention.kind === 'NOT_HELD' ? '' : retention.ruleId;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { variants: [words], retention });
    else group.variants.push(words);
  }
  return [...groups.values()];
}

/** The retention of one row, by its words; null when the policy names nothing in it. */
function rowRetention(policy: Policy, dataset: AnyDataset, words: Words): Retention | null {
  const anchored = dataset.anchor === undefined ? [] : [dataset.anchor];
  for (const field of [...anchored, ...Object.keys(dataset.fields)]) {
    const entry = dataset.fields[field];
    const item = entry === undefined ? null : itemIn(policy, entry, words);
    if (item !== null) return retentionOf(policy, item);
  }
  return null;
}

/** When each row expires, as SQL: NULL for rows without a computable end. */
export function rowExpiresAt(policy: Policy, dataset: AnyDataset, facts: SubjectFacts, row = 't'): Sql {
  const groups = rowRules(policy, dataset).flatMap(({ variants, retention }) =>
    retention.kind === 'COMPUTABLE' ? [{ variants, is: expiresAtSql(dataset, retention, facts, row) }] : [],
  );
  return groups.length === 0 ? sql`NULL::timestamptz` : byVariant(dataset, groups, row);
}

/** The id of the rule that ends each row, as SQL. */
export function rowRuleId(policy: Policy, dataset: AnyDataset, row = 't'): Sql {
  const groups = rowRules(policy, dataset).flatMap(({ variants, retention }) =>
    retention.kind === 'NOT_HELD' ? [] : [{ variants, is: sql`${retention.ruleId}::text` }],
  );
  return byVariant(dataset, groups, row);
}
