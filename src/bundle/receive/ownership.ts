import type { ModelName, SubjectPath } from '../../catalogue/dataset.ts';
import type { AnyDataset } from '../../catalogue/look-up.ts';
import { RELATIONS, type Relation } from '../../catalogue/vocabulary.ts';
import { ownedBy, type SubjectKey } from '../../holdings/subject-path.ts';
import { sql, type Sql } from '../../store/sql.ts';

/** Whether rows that reach a person on this way are the person's own, or of an organisation they belong to. */
export function isOwnPath(path: SubjectPath<ModelName> | undefined): boolean {
  if (path === undefined) return false;
  return typeof path === 'string' ? (path as string) === 'subjectId' : 'membership' in path;
}

function ownRelation(dataset: AnyDataset): Relation | undefined {
  return RELATIONS.find((relation) => isOwnPath(dataset.subjects[relation]));
}

/** The condition under which a row of the store is the person's own; without one, no row is. */
export function isOwn(dataset: AnyDataset, subject: SubjectKey, row: string): Sql {
  const relation = ownRelation(dataset);
  return (relation === undefined ? null : ownedBy(dataset, relation, subject, row)) ?? sql`false`;
}

/** The column with the organisation through which a dataset's rows reach their people, where they have no owner of their own. */
export function membershipField(dataset: AnyDataset): string | null {
  const relation = ownRelation(dataset);
  const path = relation === undefined ? undefined : dataset.subjects[relation];
  return typeof path === 'object' && 'membership' in path ? path.membership : null;
}
