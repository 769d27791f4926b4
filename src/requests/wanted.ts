import type { Actor } from '../access/actor.ts';
import { CarryallError } from '../errors.ts';
import type { Reader } from '../store/session.ts';
import { sql } from '../store/sql.ts';
import type { RequestStatus } from './states.ts';

/** A request that waits for the word of a controller: until when, and of what. Nothing in it tells whose it is. */
export interface WantedInstruction {
  readonly requestId: string;
  readonly organisationId: string;
  readonly right: string;
  readonly status: RequestStatus;
  readonly receivedAt: Date;
  readonly dueAt: Date;
  /** Ids of items of the policy. */
  readonly items: readonly string[];
}

const MOST_LISTED = 100;

/**
 * What controllers are asked to instruct, the first due first, one entry for each request and controller; at most 100. To a
 * customer's own staff those of their people, to administrators and the operator's privacy staff all. The operator's own also
 * see of what is still under review that an instruction would let more of it go. Throws FORBIDDEN.
 */
export async function listWanted(
  reader: Reader,
  actor: Actor,
  requestId: string | null,
): Promise<readonly WantedInstruction[]> {
  const { organisationId, statuses } = reachOf(actor);
  return reader.query<WantedInstruction>(sql`
    SELECT r.id AS "requestId", o.id AS "organisationId", r."right", r.status, r.received_at AS "receivedAt", r.due_at AS "dueAt",
      d.items
    FROM data_subject_request r
    CROSS JOIN LATERAL (
      SELECT organisation_id AS id FROM membership m WHERE m.tenant_id = r.tenant_id AND m.subject_id = r.subject_id
      UNION SELECT organisation_id FROM end_user e WHERE e.tenant_id = r.tenant_id AND e.subject_id = r.subject_id) o
    CROSS JOIN LATERAL (
      SELECT array_agg(DISTINCT item ORDER BY item) AS items FROM routing_decision x, unnest(x.items) AS item
      WHERE x.tenant_id = r.tenant_id AND x.request_id = r.id AND x.outcome = 'INSTRUCTION_REQUIRED'
        AND x.relation <> 'CALL_COUNTERPARTY') d
    WHERE r.tenant_id = ${actor.tenant} AND r.status = ANY(${statuses}::text[]) AND d.items IS NOT NULL
      AND (${organisationId}::text IS NULL OR o.id = ${organisationId}) AND (${requestId}::text IS NULL OR r.id = ${requestId})
    ORDER BY r.due_at, r.id, o.id LIMIT ${MOST_LISTED}`);
}

/** Whose controllers were asked hear of a request when it waits for nothing but them; see `tellControllers`. */
const ASKED = ['INSTRUCTION_REQUIRED'] as const satisfies readonly RequestStatus[];
const WORKED = [...ASKED, 'NEEDS_REVIEW'] as const satisfies readonly RequestStatus[];

function reachOf(actor: Actor): { readonly organisationId: string | null; readonly statuses: RequestStatus[] } {
  if (actor.kind === 'ADMINISTRATOR') return { organisationId: null, statuses: [...ASKED] };
  if (actor.kind === 'CONTROLLER_STAFF')
    return { organisationId: actor.organisationId, statuses: [...(actor.organisationId === null ? WORKED : ASKED)] };
  throw new CarryallError(
    'FORBIDDEN',
    "Instructions are the customer's own staff's, and an administrator's for them; privacy staff see what is wanted.",
  );
}
