import type { TriggerName } from '../catalogue/dataset.ts';
import { sqlName, type AnyDataset } from '../catalogue/look-up.ts';
import type { Retention } from '../policy/retention.ts';
import { sql, type Sql } from '../store/sql.ts';
import type { SubjectFacts } from './subject-facts.ts';
import { column, parentOf, table } from './subject-path.ts';

/** A retention that ends at a computable instant. */
export type ComputableRetention = Extract<Retention, { kind: 'COMPUTABLE' }>;

/**
 * When a row expires, as SQL over alias `row`: NULL while its clock has not started. The database and
 * `policy/retention.ts` reckon alike (months clamped, UTC); a property test holds them together.
 */
export function expiresAtSql(dataset: AnyDataset, rule: ComputableRetention, facts: SubjectFacts, row = 't'): Sql {
  const trigger = triggerSql(dataset, rule.trigger, facts, row);
  if (trigger === null) return sql`NULL::timestamptz`;
  return sql`(${trigger} + ${periodSql(dataset, rule, row)})`;
}

function periodSql(dataset: AnyDataset, rule: ComputableRetention, row: string): Sql {
  const fixed = sql`${rule.period}::interval`;
  if (rule.periodFrom === null) return fixed;
  const own = lookUp(dataset, row, (each, alias) => (each.period === undefined ? null : column(alias, each.period)));
  return own === null ? fixed : sql`coalesce((${own})::interval, ${fixed})`;
}

function triggerSql(dataset: AnyDataset, trigger: TriggerName, facts: SubjectFacts, row: string): Sql | null {
  const own = lookUp(dataset, row, (each, alias) => {
    const field = each.triggers?.[trigger];
    return field === undefined ? null : column(alias, field);
  });
  if (own !== null) return own;
  const fact = facts.triggers[trigger];
  return fact == null ? null : sql`${fact.toISOString()}::timestamptz`;
}

/** Finds an expression in the row itself or, failing that, in the rows it hangs off. */
function lookUp(
  dataset: AnyDataset,
  row: string,
  find: (dataset: AnyDataset, alias: string) => Sql | null,
): Sql | null {
  const here = find(dataset, row);
  if (here !== null) return here;
  for (const field of Object.keys(dataset.parents ?? {})) {
    const parent = parentOf(dataset, field);
    const above = `${row}_${sqlName(parent.model)}`;
    const found = lookUp(parent, above, find);
    if (found === null) continue;
    return sql`(SELECT ${found} FROM ${table(parent)} ${sql.identifier(above)}
      WHERE ${column(above, 'tenantId')} = ${column(row, 'tenantId')} AND ${column(above, 'id')} = ${column(row, field)})`;
  }
  return null;
}
