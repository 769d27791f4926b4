import type { Reader } from '../store/session.ts';
import { sql } from '../store/sql.ts';
import type { RequestRow } from './read.ts';

/**
 * How much is answered without anybody looking at it. What is beyond is taken and looked at, never dropped, and a person's first copy is
 * always answered at once (Art. 12(5); ).
 */
export interface RequestLimits {
  /** Copies of one kind a month for one person. */
  readonly copiesPerSubject: number;
  /** Requests a day at one operator. */
  readonly requestsPerTenant: number;
  /** How long a copy waits after a change of address or a first sign-in (ISO 8601); null for not at all. */
  readonly coolingOff?: string | null;
}

export const REQUEST_LIMITS: RequestLimits = { copiesPerSubject: 4, requestsPerTenant: 2000 };

/** Whether a person must look before a request is answered: it is not the first of its kind, and one limit is passed. */
export async function isExcessive(
  reader: Reader,
  { tenantId, id, subjectId, right, receivedAt }: RequestRow,
  limits: RequestLimits,
): Promise<boolean> {
  const at = sql`${receivedAt}::timestamptz`;
  const [counted] = await reader.query<{ copies: number; all: number }>(sql`
    SELECT (SELECT count(*)::int FROM data_subject_request r WHERE r.tenant_id = ${tenantId} AND r.subject_id = ${subjectId}
        AND r."right" = ${right} AND r.id <> ${id} AND r.received_at > ${at} - interval '1 month') AS copies,
      (SELECT count(*)::int FROM data_subject_request r WHERE r.tenant_id = ${tenantId}
        AND r.subject_id IS NOT NULL AND r.received_at > ${at} - interval '1 day') AS all`);
  const { copies = 0, all = 0 } = counted ?? {};
  return copies >= limits.copiesPerSubject || (copies > 0 && all > limits.requestsPerTenant);
}
