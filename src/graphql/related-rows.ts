import { rowExpiresAt, rowRuleId } from '../holdings/row-retention.ts';
import { rowCondition, type RowKey, type RowQuery } from '../holdings/rows.ts';
import { column, table } from '../holdings/subject-path.ts';
import type { Reader } from '../store/session.ts';
import { sql, type Sql } from '../store/sql.ts';

/** A row and the value by which it was looked up. */
export interface RelatedKey extends RowKey {
  readonly by: string;
}

/**
 * The rows whose column `by` has one of the values, at most `limit` for each, oldest first; only rows that the query
 * would give by itself, so that a relation never leads out of the tenant or to another person.
 */
export function readRelatedRows(
  reader: Reader,
  query: RowQuery,
  by: string,
  values: readonly string[],
  limit: number,
): Promise<RelatedKey[]> {
  const { dataset, policy, facts, columns = sql.empty } = query;
  const key = column('t', by);
  const byAnchor = dataset.anchor !== undefined && query.order !== 'ID';
  const order = byAnchor ? sql`${column('t', dataset.anchor)}, t.id` : sql`t.id`;
  return reader.query<RelatedKey>(sql`
    SELECT * FROM (
      SELECT t.id, ${key} AS "by", ${rowExpiresAt(policy, dataset, facts)} AS expires_at, ${rowRuleId(policy, dataset)} AS rule_id${columns},
        row_number() OVER (PARTITION BY ${key} ORDER BY ${order}) AS place
      FROM ${table(dataset)} t WHERE ${key} = ANY(${values}::text[]) AND ${isOwn(query)}) each
    WHERE place <= ${limit} ORDER BY "by", place`);
}

/** Records of the gateway's own stand in no relation of the catalogue; they are found by the person's id or a parent's. */
function isOwn(query: RowQuery): Sql {
  const { dataset, subject } = query;
  if (dataset.subjects[query.relation] !== undefined) return rowCondition(query);
  const tenant = sql`${column('t', 'tenantId')} = ${subject.tenantId}`;
  return dataset.fields['subjectId'] === undefined
    ? tenant
    : sql`${tenant} AND ${column('t', 'subjectId')} = ${subject.subjectId}`;
}
