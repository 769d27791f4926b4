import type { TriggerName } from '../catalogue/dataset.ts';
import type { Reader } from '../store/session.ts';
import { sql } from '../store/sql.ts';
import type { SubjectKey } from './subject-path.ts';

/** What is true of a person as a whole and decides over rows that carry no date of their own. */
export interface SubjectFacts {
  /** Triggers that start for all of a person's rows at once; null while not begun. */
  readonly triggers: { readonly [T in TriggerName]?: Date | null };
  /** Whether a contract with the person is still running: what carries Art. 20 for records that a law keeps longer. */
  readonly contractAlive: boolean;
  /** The account waits for deletion: hidden from apps and agents, still told to the person (trap X17). */
  readonly deletionPending: boolean;
  /** BCP 47, if the person chose one. */
  readonly language: string | null;
}

interface FactRow {
  readonly deletion_requested_at: Date | null;
  readonly closed_at: Date | null;
  readonly status: string | null;
  readonly language: string | null;
  readonly licences: number;
  readonly terminated: number;
  readonly terminated_at: Date | null;
  readonly issued_at: Date | null;
}

/** Reads the facts of one person. */
export async function readSubjectFacts(
  reader: Reader,
  { tenantId, subjectId }: SubjectKey,
  now: Date,
): Promise<SubjectFacts> {
  const [row] = await reader.query<FactRow>(sql`
    SELECT a.deletion_requested_at, a.closed_at, a.status::text AS status, a.preferred_language AS language,
      l.licences, l.terminated, l.terminated_at, i.issued_at
    FROM (SELECT 1) one
    LEFT JOIN account a ON a.tenant_id = ${tenantId} AND a.subject_id = ${subjectId}
    CROSS JOIN (SELECT count(*)::int AS licences, count(l.terminated_at)::int AS terminated, max(l.terminated_at) AS terminated_at
      FROM licence_agreement l WHERE l.tenant_id = ${tenantId} AND l.organisation_id IN
        (SELECT m.organisation_id FROM membership m WHERE m.tenant_id = ${tenantId} AND m.subject_id = ${subjectId})) l
    CROSS JOIN (SELECT max(i.issued_at) AS issued_at FROM invoice i
      WHERE i.tenant_id = ${tenantId} AND i.subject_id = ${subjectId}) i`);
  const terminatedAt =
    row !== undefined && row.licences > 0 && row.licences === row.terminated ? row.terminated_at : null;
  const closedAt = row?.closed_at ?? null;
  const deletionRequestedAt = row?.deletion_requested_at ?? null;
  const ended = [closedAt, deletionRequestedAt, terminatedAt].some((at) => at !== null && at <= now);
  return {
    triggers: {
      'account.deletionRequestedAt': deletionRequestedAt,
      'account.closedAt': closedAt,
      'licence.terminatedAt': terminatedAt,
      // A reference or a plan has no date of its own: it lives as long as the last invoice it explains.
      'invoice.issuedAt': row?.issued_at ?? null,
    },
    contractAlive: !ended && row?.status !== 'CLOSED',
    deletionPending: deletionRequestedAt !== null && deletionRequestedAt <= now,
    language: row?.language ?? null,
  };
}
