import type { ModelName } from '../../catalogue/dataset.ts';
import { sqlName } from '../../catalogue/look-up.ts';
import type { Relation } from '../../catalogue/vocabulary.ts';
import type { ForeignKey } from '../../store/foreign-keys.ts';
import { sql, type Sql } from '../../store/sql.ts';

/** Conditions under which a row is a subject's, over an alias of the row. */
export interface Evidence {
  readonly condition: (row: string) => Sql;
  /** True when the row itself names the subject as its owner. */
  readonly own: boolean;
}

const OWNER = 'subjectId';

/**
 * How rows of a model show that they are a subject's in a relation: by foreign keys, as the database has them. The
 * catalogue's `subjects` are left out on purpose: what they say is what is being checked. Null when no key tells.
 */
export function evidenceOf(
  keys: readonly ForeignKey[],
  model: ModelName,
  relation: Relation,
  subjectId: string,
): Evidence | null {
  switch (relation) {
    case 'ACCOUNT_HOLDER':
    case 'END_USER':
    case 'ADVISOR':
    case 'SUPPORT_REQUESTER':
    case 'WEBSITE_VISITOR':
      return owner(keys, model, subjectId);
    case 'CONTACT_PERSON':
      return named(keys, model, subjectId);
    case 'TEAM_MEMBER':
    case 'LICENSEE_CONTACT':
      return owner(keys, model, subjectId) ?? member(keys, model, subjectId);
    case 'CALL_COUNTERPARTY':
      return counterparty(keys, model, subjectId);
    default:
      return relation satisfies never;
  }
}

/** The row has an owner. */
function owner(keys: readonly ForeignKey[], model: ModelName, subjectId: string): Evidence | null {
  const found = people(keys, model).some(({ field }) => field === OWNER);
  return found ? { own: true, condition: (row) => sql`${column(row, OWNER)} = ${subjectId}` } : null;
}

/** The row names a person besides its owner. */
function named(keys: readonly ForeignKey[], model: ModelName, subjectId: string): Evidence | null {
  const others = people(keys, model).filter(({ field }) => field !== OWNER);
  if (others.length === 0) return null;
  const columns = (row: string): Sql => sql.join(others.map(({ field }) => column(row, field)));
  return { own: false, condition: (row) => sql`${subjectId} IN (${columns(row)})` };
}

/** The row hangs off an organisation, and nothing but a membership makes anyone part of one. */
function member(keys: readonly ForeignKey[], model: ModelName, subjectId: string): Evidence | null {
  const way = wayUp(keys, model, 'Organisation');
  const joins = keys.find(({ child, parent }) => child === 'Membership' && parent === 'Organisation');
  if (way === null || joins === undefined) return null;
  const belongs = (row: string): Sql => sql`EXISTS (SELECT FROM membership m
    WHERE m.tenant_id = ${column(row, 'tenantId')} AND ${column('m', joins.field)} = ${column(row, 'id')}
      AND m.subject_id = ${subjectId})`;
  return { own: false, condition: (row) => climb(way, row, belongs) };
}

/**
 * The row is, or hangs off, somebody else's call with a number that is proven to be the subject's. Numbers are no foreign
 * keys, so this one is written by hand: from the identifiers to the call, not from the call to the identifiers.
 */
function counterparty(keys: readonly ForeignKey[], model: ModelName, subjectId: string): Evidence | null {
  const way = wayUp(keys, model, 'CallRecord');
  if (way === null) return null;
  const spoke = (call: string): Sql => sql`${column(call, OWNER)} <> ${subjectId}
    AND EXISTS (SELECT FROM subject_identifier proven
      WHERE proven.tenant_id = ${column(call, 'tenantId')} AND proven.subject_id = ${subjectId} AND proven.kind = 'PHONE'
        AND proven.value IN (${column(call, 'callingNumber')}, ${column(call, 'calledNumber')}, ${column(call, 'counterpartNumber')}))`;
  return { own: false, condition: (row) => climb(way, row, spoke) };
}

function people(keys: readonly ForeignKey[], model: ModelName): ForeignKey[] {
  return keys.filter(({ child, parent }) => child === model && parent === 'Subject');
}

/** The shortest way from a model over its parents to another; empty when it is that model itself, null when there is none. */
function wayUp(keys: readonly ForeignKey[], from: ModelName, to: ModelName): readonly ForeignKey[] | null {
  const seen = new Set([from]);
  let ways: (readonly ForeignKey[])[] = [[]];
  while (ways.length > 0) {
    const arrived = ways.find((way) => (way.at(-1)?.parent ?? from) === to);
    if (arrived !== undefined) return arrived;
    ways = ways.flatMap((way) =>
      keys
        .filter(({ child, parent }) => child === (way.at(-1)?.parent ?? from) && !seen.has(parent))
        .map((key) => {
          seen.add(key.parent);
          return [...way, key];
        }),
    );
  }
  return null;
}

function climb([key, ...rest]: readonly ForeignKey[], row: string, end: (row: string) => Sql): Sql {
  if (key === undefined) return end(row);
  const up = `${row}_up`;
  return sql`EXISTS (SELECT FROM ${sql.identifier(sqlName(key.parent))} ${sql.identifier(up)}
    WHERE ${column(up, 'tenantId')} = ${column(row, 'tenantId')} AND ${column(up, 'id')} = ${column(row, key.field)}
      AND ${climb(rest, up, end)})`;
}

function column(row: string, field: string): Sql {
  return sql.identifier(row, sqlName(field));
}
