import type { Writer } from '../store/session.ts';
import { sql } from '../store/sql.ts';
import type { RequestRow } from './read.ts';
import type { RequestStatus, RequestStep } from './states.ts';

/**
 * Notes a step of a request. Its id, which is returned, counts the steps of the request, which is locked, so that the ids of
 * one request are in the order of its history.
 */
export async function insertStep(
  writer: Writer,
  { tenantId, id, status }: RequestRow,
  { step, from, at, actorKind }: { step: RequestStep; from: RequestStatus | null; at: Date; actorKind: string },
): Promise<string> {
  const [inserted] = await writer.query<{ id: string }>(sql`
    INSERT INTO request_step (tenant_id, id, request_id, at, step, "from", "to", actor_kind)
    SELECT ${tenantId}, ${id} || '_' || lpad((count(*) + 1)::text, 4, '0'), ${id}, ${at}::timestamptz, ${step}, ${from}, ${status}, ${actorKind}
    FROM request_step s WHERE s.tenant_id = ${tenantId} AND s.request_id = ${id} RETURNING id`);
  if (inserted === undefined) throw new TypeError('A row was inserted');
  return inserted.id;
}
