import { datasets, type AnyDataset } from '../catalogue/look-up.ts';
import { RELATIONS, type Relation } from '../catalogue/vocabulary.ts';
import { ownedBy, table, type SubjectKey } from '../holdings/subject-path.ts';
import type { Reader } from '../store/session.ts';
import { sql } from '../store/sql.ts';

/** How a person stands to an operator, as the store has it. */
export interface Standing {
  /** Whether rows are held in a dataset and relation. What it says of another controller's data goes to nobody but that controller. */
  holds(dataset: AnyDataset, relation: Relation): boolean;
  /** The relations in which the person is told who answers, whether or not anything is held in them. */
  readonly relations: ReadonlySet<Relation>;
  /** Customers of the operator: those whose end user the person is, and those to whose team they belong. */
  readonly endUserOf: readonly Customer[];
  readonly memberOf: readonly Customer[];
}

export interface Customer {
  readonly id: string;
  readonly name: string;
}

/** Rows under a person's own id; that there could be some is true of everybody who is recognised. */
const PRESUMED = ['ACCOUNT_HOLDER', 'SUPPORT_REQUESTER', 'WEBSITE_VISITOR'] as const satisfies readonly Relation[];

/** By these a person is recognised, or has asked; they come with every relation and make none. */
const MAKES_NO_RELATION: ReadonlySet<string> = new Set(['SubjectIdentifier', 'DataSubjectRequest']);

/** Reads how a person stands to an operator. */
export async function readStanding(reader: Reader, subject: SubjectKey): Promise<Standing> {
  const places = datasets.flatMap((dataset) =>
    MAKES_NO_RELATION.has(dataset.model)
      ? []
      : RELATIONS.flatMap((relation) => {
          const owned = ownedBy(dataset, relation, subject);
          return owned === null ? [] : [{ key: keyOf(dataset, relation), relation, dataset, owned }];
        }),
  );
  const { tenantId, subjectId } = subject;
  const selects = places.map(
    ({ key, dataset, owned }) =>
      sql`SELECT ${key}::text AS key WHERE EXISTS (SELECT 1 FROM ${table(dataset)} t WHERE ${owned})`,
  );
  const found = await reader.query<{ key: string }>(
    sql`${sql.join(selects, sql` UNION ALL `)}
      UNION ALL SELECT 'number' WHERE EXISTS (SELECT 1 FROM subject_identifier i
        WHERE i.tenant_id = ${tenantId} AND i.subject_id = ${subjectId} AND i.kind = 'PHONE')`,
    // The same for everybody, and long: to plan it takes longer than to answer it.
    { isPrepared: true },
  );
  const held = new Set(found.map(({ key }) => key));
  const standing = places.filter(({ key, relation }) => relation !== 'CALL_COUNTERPARTY' && held.has(key));
  // Whoever has shown that a number is theirs may be the other party of calls; whether they are is not told.
  const byNumber: readonly Relation[] = held.has('number') ? ['CALL_COUNTERPARTY'] : [];
  const customers = await readCustomers(reader, subject);
  return {
    holds: (dataset, relation) => held.has(keyOf(dataset, relation)),
    relations: new Set([...PRESUMED, ...standing.map(({ relation }) => relation), ...byNumber]),
    endUserOf: customers.filter(({ isEndUser }) => isEndUser),
    memberOf: customers.filter(({ isEndUser }) => !isEndUser),
  };
}

function keyOf(dataset: AnyDataset, relation: Relation): string {
  return `${dataset.model}/${relation}`;
}

function readCustomers(
  reader: Reader,
  { tenantId, subjectId }: SubjectKey,
): Promise<(Customer & { readonly isEndUser: boolean })[]> {
  return reader.query(sql`
    SELECT o.id, coalesce(o.legal_name, o.name) AS name, bool_or(x.is_end_user) AS "isEndUser" FROM organisation o JOIN (
      SELECT organisation_id, false AS is_end_user FROM membership WHERE tenant_id = ${tenantId} AND subject_id = ${subjectId}
      UNION ALL SELECT organisation_id, true FROM end_user WHERE tenant_id = ${tenantId} AND subject_id = ${subjectId}) x
      ON x.organisation_id = o.id
    WHERE o.tenant_id = ${tenantId} GROUP BY o.id, o.legal_name, o.name ORDER BY o.id`);
}
