import { CarryallError } from '../errors.ts';
import { readTenant } from '../holdings/tenants.ts';
import { addPeriod } from '../policy/calendar.ts';
import { deadlineOf, extendedDueAt } from '../policy/deadline.ts';
import type { Reader, Writer } from '../store/session.ts';
import { sql } from '../store/sql.ts';
import { checkText } from './checked-text.ts';
import { holidaysAfter } from './holidays.ts';
import { OPEN_STATUSES, REOPENING_STEPS } from './states.ts';
import { lockRequest, take, type RequestDesk, type Taken } from './write.ts';
import type { Act } from './staff.ts';

/**
 * Gives a request two further months, with reasons that the person is told; once, and inside the first month (Art. 12(3)). Throws
 * BAD_INPUT, NOT_FOUND and WRONG_STATE.
 */
export async function extend(desk: RequestDesk, writer: Writer, act: Act, reason: string): Promise<Taken> {
  const extensionReason = checkText('reason', reason);
  const { receivedAt, extendedAt, tenantId } = await lockRequest(writer, act);
  const now = desk.clock.now();
  const tenant = await readTenant(writer, tenantId);
  const holidays = holidaysAfter(tenant.country, receivedAt);
  const { statutoryAt } = deadlineOf(desk.policies.policyOf(tenant.policyCode), receivedAt, holidays);
  if (extendedAt !== null)
    throw new CarryallError('WRONG_STATE', 'This request has been extended, which is done once.');
  if (now.getTime() > statutoryAt.getTime())
    throw new CarryallError('WRONG_STATE', 'A request is extended inside its first month, and that is over.');
  const changes = { extendedAt: now, extensionReason, dueAt: extendedDueAt(receivedAt, holidays) };
  return take(desk, writer, { ...act, step: 'EXTEND', changes });
}

/** A deadline that nears or has passed, while the request is open. */
export interface Due {
  readonly requestId: string;
  readonly subjectId: string | null;
  readonly language: string | null;
  readonly dueAt: Date;
  readonly deadline: 'FIRST' | 'EXTENDED';
  readonly kind: 'DUE_SOON' | 'OVERDUE';
  /** Names this deadline of this request, and how often that was opened again, so that each reminder goes out once. */
  readonly event: string;
}

interface DueRow extends Omit<Due, 'kind' | 'event'> {
  readonly reopened: number;
}

/** How long before a deadline it counts as near. */
export const SOON = 'P7D';
const MOST = 1000;

/**
 * The deadlines of a tenant that end within seven days or are over, the first due first: at most a thousand. A request is
 * acknowledged in the transaction that receives it, so no acknowledgement is ever due. One that was answered and is open again has
 * its old date, which may be over: then that is told at once, whatever was told before.
 */
export async function dueRequests(reader: Reader, tenantId: string, now: Date): Promise<readonly Due[]> {
  const rows = await reader.query<DueRow>(sql`
    SELECT r.id AS "requestId", r.subject_id AS "subjectId", r.language, r.due_at AS "dueAt",
      CASE WHEN r.extended_at IS NULL THEN 'FIRST' ELSE 'EXTENDED' END AS deadline,
      (SELECT count(*)::int FROM request_step s WHERE s.tenant_id = r.tenant_id AND s.request_id = r.id
        AND s.step = ANY(${[...REOPENING_STEPS]}::text[])) AS reopened
    FROM data_subject_request r WHERE r.tenant_id = ${tenantId} AND r.status = ANY(${[...OPEN_STATUSES]}::text[])
      AND r.due_at <= ${addPeriod(now, SOON)}::timestamptz ORDER BY r.due_at, r.id LIMIT ${MOST}`);
  return rows.map(({ reopened, ...row }) => {
    const kind = row.dueAt.getTime() < now.getTime() ? 'OVERDUE' : 'DUE_SOON';
    const again = reopened === 0 ? '' : `/${reopened}`;
    return { ...row, kind, event: `${row.requestId}/${row.deadline}${again}` };
  });
}
