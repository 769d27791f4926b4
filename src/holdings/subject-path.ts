import { datasetOf, sqlName, type AnyDataset } from '../catalogue/look-up.ts';
import type { SubjectPath, ModelName } from '../catalogue/dataset.ts';
import type { Relation } from '../catalogue/vocabulary.ts';
import { sql, type Sql } from '../store/sql.ts';

/** One person at one operator. */
export interface SubjectKey {
  readonly tenantId: string;
  readonly subjectId: string;
}

/** A column of the row under the alias `row`. */
export function column(row: string, field: string): Sql {
  return sql.identifier(row, sqlName(field));
}

/** A dataset's table. */
export function table(dataset: AnyDataset): Sql {
  return sql.identifier(sqlName(dataset.model));
}

/** The condition under which a row (alias `row`) is a subject's in a relation; null when the dataset has none such. */
export function ownedBy(dataset: AnyDataset, relation: Relation, subject: SubjectKey, row = 't'): Sql | null {
  const path = dataset.subjects[relation];
  if (path === undefined) return null;
  return sql`${column(row, 'tenantId')} = ${subject.tenantId} AND ${follow(dataset, path, relation, subject, row)}`;
}

function follow(
  dataset: AnyDataset,
  path: SubjectPath<ModelName>,
  relation: Relation,
  subject: SubjectKey,
  row: string,
): Sql {
  if (typeof path === 'string') return sql`${column(row, path)} = ${subject.subjectId}`;
  if ('membership' in path) {
    return sql`EXISTS (SELECT 1 FROM membership m WHERE m.tenant_id = ${column(row, 'tenantId')}
      AND m.organisation_id = ${column(row, path.membership)} AND m.subject_id = ${subject.subjectId})`;
  }
  if ('parent' in path) {
    const parent = parentOf(dataset, path.parent);
    const above = `${row}_up`;
    const owned = ownedBy(parent, relation, subject, above);
    if (owned === null) throw new TypeError(`${parent.model} has no path for ${relation}`);
    return sql`EXISTS (SELECT 1 FROM ${table(parent)} ${sql.identifier(above)}
      WHERE ${column(above, 'id')} = ${column(row, path.parent)} AND ${column(above, 'tenantId')} = ${column(row, 'tenantId')} AND ${owned})`;
  }
  // A person is a counterparty only of other people's calls, and only by a number proven to be theirs. An array of the
  // numbers is looked up in the indexes; with IN (SELECT …) in an OR, PostgreSQL reads every call of every tenant.
  const numbers = sql`ARRAY(SELECT i.value FROM subject_identifier i WHERE i.tenant_id = ${subject.tenantId}
    AND i.subject_id = ${subject.subjectId} AND i.kind = 'PHONE')`;
  const ends = path.counterpart.map((field) => sql`${column(row, field)} = ANY (${numbers})`);
  return sql`(${sql.join(ends, sql` OR `)}) AND ${column(row, 'subjectId')} <> ${subject.subjectId}`;
}

/**
 * The subject to whom a row belongs, told by the row itself and not by what was asked for: the second opinion that
 * every row must pass before it is written (invariant: one owner).
 */
export function ownerOf(dataset: AnyDataset, relation: Relation, subject: SubjectKey, row = 't'): Sql {
  const path = dataset.subjects[relation];
  if (path === undefined) throw new TypeError(`${dataset.model} has no path for ${relation}`);
  if (typeof path === 'string') return column(row, path);
  if ('membership' in path) {
    return sql`(SELECT max(m.subject_id) FROM membership m WHERE m.tenant_id = ${column(row, 'tenantId')}
      AND m.organisation_id = ${column(row, path.membership)} AND m.subject_id = ${subject.subjectId})`;
  }
  if ('parent' in path) {
    const parent = parentOf(dataset, path.parent);
    const above = `${row}_up`;
    return sql`(SELECT ${ownerOf(parent, relation, subject, above)} FROM ${table(parent)} ${sql.identifier(above)}
      WHERE ${column(above, 'id')} = ${column(row, path.parent)} AND ${column(above, 'tenantId')} = ${column(row, 'tenantId')})`;
  }
  const ends = sql.join(path.counterpart.map((field) => column(row, field)));
  return sql`(SELECT max(i.subject_id) FROM subject_identifier i WHERE i.tenant_id = ${column(row, 'tenantId')}
    AND i.kind = 'PHONE' AND i.value IN (${ends}) AND i.subject_id <> ${column(row, 'subjectId')})`;
}

/** The dataset that a column of another points to. */
export function parentOf(dataset: AnyDataset, field: string): AnyDataset {
  const model = dataset.parents?.[field];
  if (model === undefined) throw new TypeError(`${dataset.model}.${field} names no parent`);
  return datasetOf(model);
}
