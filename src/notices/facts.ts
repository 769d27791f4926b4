import type { Reader } from '../store/session.ts';
import { sql } from '../store/sql.ts';
import type { ClaimedNotice } from './claim.ts';
import type { Facts } from './render.ts';

/** What is known of what a notice tells, at the moment of sending. */
export interface Told {
  readonly facts: Facts;
  /** Null where no request is concerned, or it is gone. */
  readonly status: string | null;
  readonly right: string | null;
  /** By which way the request came in. */
  readonly channel: string | null;
  /** The one address to which it goes; null where it goes to a mailbox, or the address is gone. */
  readonly address: string | null;
}

interface Row {
  readonly operator: string;
  readonly request: string | null;
  readonly right: string | null;
  readonly status: string | null;
  readonly channel: string | null;
  readonly due: Date | null;
  readonly heldUntil: Date | null;
  readonly receivedAt: Date | null;
  readonly address: string | null;
  readonly network: string | null;
}

/** Kinds whose time is that of the request, and of which the notice's own says nothing. */
const OF_REQUEST: ReadonlySet<string> = new Set([
  'REQUEST_RECEIVED',
  'REQUEST_HELD',
  'REQUEST_FORWARDED',
  'INSTRUCTION_WANTED',
]);

/** Reads what a notice is to say, and to whom. */
export async function readTold(reader: Reader, tenantId: string, notice: ClaimedNotice): Promise<Told> {
  const [row] = await reader.query<Row>(sql`
    SELECT t.name AS operator, r.id AS request, r."right", r.status, r.channel, r.due_at AS due, r.held_until AS "heldUntil",
      r.received_at AS "receivedAt", i.value AS address,
      (SELECT d.network FROM download d WHERE d.tenant_id = t.tenant_id AND d.link_id = ${notice.linkId}
        ORDER BY d.started_at DESC LIMIT 1) AS network
    FROM tenant t
    LEFT JOIN data_subject_request r ON r.tenant_id = t.tenant_id AND r.id = ${notice.requestId}
    LEFT JOIN subject_identifier i ON i.tenant_id = t.tenant_id AND i.id = ${notice.identifierId}
    WHERE t.tenant_id = ${tenantId}`);
  if (row === undefined) throw new TypeError('A tenant with notices is there');
  const { operator, request, right, status, channel, due, heldUntil, receivedAt, address, network } = row;
  const at = OF_REQUEST.has(notice.kind) && receivedAt !== null ? receivedAt : notice.createdAt;
  return {
    facts: {
      operator,
      at,
      network,
      request: request ?? undefined,
      right: right ?? undefined,
      due: due ?? undefined,
      heldUntil: heldUntil ?? undefined,
    },
    status,
    right,
    channel,
    address,
  };
}
