import { hasGrantSql } from '../mandates/grants.ts';
import { namedBy } from '../sources/find-subjects.ts';
import { withSnapshot } from '../store/session.ts';
import { sql, type Sql } from '../store/sql.ts';
import type { GatewayContext } from './context.ts';

/** The most people that one look-up gives. */
export const FOUND_LIMIT = 10;

/**
 * The ids of the people whom an identifier names exactly: an e-mail, a telephone number, or an id of some system. Agents may ask
 * though they see these values in masks: who has the whole value learns only whose it is, and there is no part, pattern or
 * order to guess by; each search is in the audit log. A processor's staff finds those it has a grant for, for the
 * purpose of the search.
 */
export async function findSubjectIds(context: GatewayContext, text: string): Promise<string[]> {
  const { actor, purpose } = context;
  const reach = actor.kind === 'PROCESSOR_STAFF' ? hasGrantSql(actor, purpose) : reachSql(context);
  const named = namedBy(text, context.tenant.country);
  if (reach === null || named === null) return [];
  const rows = await withSnapshot(context.pool, context.tenant.tenantId, (reader) =>
    reader.query<{ id: string }>(sql`SELECT DISTINCT s.id FROM subject_identifier i
      JOIN subject s ON s.tenant_id = i.tenant_id AND s.id = i.subject_id
      WHERE i.tenant_id = ${context.tenant.tenantId} AND ${named} AND ${reach}
      ORDER BY s.id LIMIT ${FOUND_LIMIT}`),
  );
  return rows.map(({ id }) => id);
}

/** Whether an actor reaches a person; one of another tenant, one of another customer and nobody are all the same. */
export async function reachesSubject(context: GatewayContext, subjectId: string): Promise<boolean> {
  const reach = reachSql(context);
  if (reach === null) return false;
  const rows = await context.loaders.reader.query(
    sql`SELECT 1 AS one FROM subject s WHERE s.tenant_id = ${context.tenant.tenantId} AND s.id = ${subjectId} AND ${reach}`,
  );
  return rows.length === 1;
}

/** Which people of the tenant (alias `s`) an actor reaches; null for actors that are shown no person at all. */
export function reachSql({ actor }: GatewayContext): Sql | null {
  switch (actor.kind) {
    case 'SUBJECT':
      return sql`s.id = ${actor.subjectId}`;
    case 'CONTROLLER_STAFF':
      // A customer reaches its own people; one who also belongs to another customer would show that one's rows too.
      return actor.organisationId === null
        ? sql`true`
        : sql`(SELECT bool_and(m.organisation_id = ${actor.organisationId}) FROM (
            SELECT organisation_id FROM membership WHERE tenant_id = s.tenant_id AND subject_id = s.id
            UNION ALL SELECT organisation_id FROM end_user WHERE tenant_id = s.tenant_id AND subject_id = s.id) m)`;
    case 'PROCESSOR_STAFF':
    case 'SUPPORT_AGENT':
    case 'INTERNAL_APP':
      return sql`true`;
    case 'AUDITOR':
    case 'ADMINISTRATOR':
      return null;
    default:
      return actor satisfies never;
  }
}
