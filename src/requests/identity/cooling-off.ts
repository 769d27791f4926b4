import { derivedId } from '../../ids.ts';
import { addPeriod } from '../../policy/calendar.ts';
import type { Reader } from '../../store/session.ts';
import { sql } from '../../store/sql.ts';
import type { RequestDesk } from '../write.ts';

/** An address or a credential counts as fresh for so long. */
const FRESH = sql`interval '7 days'`;
/** The issuer of what a code lets in. Each such session is a proof of its own, so that it came first says nothing. */
export const CODE_ISSUER = 'code';
/** What came in with the person, or with their first import, is no change. */
const WITH_THE_PERSON = sql`interval '1 hour'`;

/**
 * Until when a copy for a person waits, because an address of theirs changed or somebody signed in as them for the first time a
 * short while ago: whoever took over an account does just that before asking for everything. Null where
 * nothing is fresh. The database's clock judges what is fresh.
 */
export async function coolingOff(
  { clock, limits }: Pick<RequestDesk, 'clock' | 'limits'>,
  reader: Reader,
  { tenantId, subjectId }: { readonly tenantId: string; readonly subjectId: string },
): Promise<Date | null> {
  if (limits.coolingOff == null) return null;
  const [row] = await reader.query<{ isFresh: boolean }>(sql`
    SELECT EXISTS (SELECT FROM subject_identifier i WHERE i.tenant_id = s.tenant_id AND i.subject_id = s.id
        AND i.kind IN ('EMAIL', 'PHONE') AND i.held_since > now() - ${FRESH} AND i.held_since > s.created_at + ${WITH_THE_PERSON})
      OR EXISTS (SELECT FROM principal p WHERE p.tenant_id = s.tenant_id AND p.actor_id = s.id AND p.kind = 'SUBJECT'
        AND p.ended_at IS NULL AND p.id <> ${derivedId('prn', CODE_ISSUER, subjectId)}
        AND p.role_at > now() - ${FRESH}) AS "isFresh"
    FROM subject s WHERE s.tenant_id = ${tenantId} AND s.id = ${subjectId}`);
  return row?.isFresh === true ? addPeriod(clock.now(), limits.coolingOff) : null;
}
