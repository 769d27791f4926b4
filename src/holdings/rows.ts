import type { Relation } from '../catalogue/vocabulary.ts';
import type { AnyDataset } from '../catalogue/look-up.ts';
import { readPage, type Page, type PageRequest } from '../store/keyset.ts';
import type { Policy } from '../policy/schema.ts';
import type { Reader } from '../store/session.ts';
import { sql, type Sql } from '../store/sql.ts';
import { rowExpiresAt, rowRuleId } from './row-retention.ts';
import type { SubjectFacts } from './subject-facts.ts';
import { column, ownedBy, table, type SubjectKey } from './subject-path.ts';

/** Rows of one dataset that stand in one relation to one person. */
export interface RowQuery {
  readonly policy: Policy;
  readonly dataset: AnyDataset;
  readonly relation: Relation;
  readonly subject: SubjectKey;
  readonly facts: SubjectFacts;
  readonly now: Date;
  /** From the subject nothing that is held is hidden; for everyone else a row is gone the moment it expires. */
  readonly expired: 'SHOWN' | 'HIDDEN';
  /** Notes that staff wrote for staff. */
  readonly internal: 'SHOWN' | 'HIDDEN';
  /**
   * By the anchor, or by id for whoever is not told the anchor.
   * @default 'ANCHOR'
   */
  readonly order?: 'ANCHOR' | 'ID';
  /** A further condition on alias `t`. */
  readonly where?: Sql;
  /** Further columns of alias `t`, each after a comma; without them, a row's key is read alone. */
  readonly columns?: Sql;
}

/** A row's id and where it stands in its retention. */
export interface RowKey {
  readonly id: string;
  readonly expires_at: Date | null;
  readonly rule_id: string | null;
}

/** The condition that picks these rows, over alias `t`; `false` when the dataset has no such relation. */
export function rowCondition(query: RowQuery): Sql {
  const { dataset, relation, subject, policy, facts, now } = query;
  const owned = ownedBy(dataset, relation, subject);
  if (owned === null) return sql`false`;
  const conditions = [owned];
  if (query.expired === 'HIDDEN') {
    conditions.push(sql`(${rowExpiresAt(policy, dataset, facts)} > ${now.toISOString()}::timestamptz) IS NOT FALSE`);
  }
  if (query.internal === 'HIDDEN' && dataset.internal !== undefined) {
    conditions.push(sql`${column('t', dataset.internal.field)}::text <> ${dataset.internal.is}`);
  }
  if (query.where !== undefined) conditions.push(query.where);
  return sql.join(conditions, sql` AND `);
}

/** One page of rows, newest first. Throws BAD_INPUT for a bad size or cursor. */
export function pageOfRows(reader: Reader, query: RowQuery, page: PageRequest): Promise<Page<RowKey>> {
  const { dataset, policy, facts, columns = sql.empty } = query;
  const anchor = dataset.anchor;
  if (dataset.large !== true || anchor === undefined) throw new TypeError(`${dataset.name} is not read in pages`);
  return readPage<RowKey>(
    reader,
    {
      select: sql`t.id, ${rowExpiresAt(policy, dataset, facts)} AS expires_at, ${rowRuleId(policy, dataset)} AS rule_id${columns}`,
      from: sql`${table(dataset)} t`,
      where: rowCondition(query),
      order:
        query.order === 'ID'
          ? { column: sql`t.id`, type: 'text', id: sql`t.id`, direction: 'descending' }
          : { column: column('t', anchor), type: 'timestamptz', id: sql`t.id`, direction: 'descending' },
    },
    page,
  );
}

/** All rows of a dataset that is never large for one person, by id. */
export function allRows(reader: Reader, query: RowQuery): Promise<RowKey[]> {
  const { dataset, policy, facts, columns = sql.empty } = query;
  return reader.query<RowKey>(sql`
    SELECT t.id, ${rowExpiresAt(policy, dataset, facts)} AS expires_at, ${rowRuleId(policy, dataset)} AS rule_id${columns}
    FROM ${table(dataset)} t WHERE ${rowCondition(query)} ORDER BY t.id`);
}

/** How many rows there are. */
export async function countRows(reader: Reader, query: RowQuery): Promise<number> {
  const [row] = await reader.query<{ count: string }>(
    sql`SELECT count(*) AS count FROM ${table(query.dataset)} t WHERE ${rowCondition(query)}`,
  );
  return Number(row?.count ?? 0);
}
