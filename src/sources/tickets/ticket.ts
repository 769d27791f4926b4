import { type ImportContext, rowId } from '../context.ts';
import type { Person, Row } from '../importer.ts';

/** A ticket of any help desk, as it is stored. */
export interface Ticket {
  readonly source: string;
  readonly key: string;
  readonly requester: Person;
  readonly subject: string | null;
  readonly status: 'OPEN' | 'PENDING' | 'RESOLVED' | 'CLOSED';
  readonly createdAt: string;
  /** When it was closed, or the best that is known of it. */
  readonly closedAt: { readonly at: string; readonly isAssumed: boolean } | null;
  readonly messages: readonly TicketMessage[];
}

export interface TicketMessage {
  readonly key: string;
  readonly channel: 'EMAIL' | 'CHAT' | 'PHONE' | 'OTHER';
  readonly author: 'SUBJECT' | 'AGENT' | 'THIRD_PARTY' | 'SYSTEM';
  readonly isInternal: boolean;
  readonly body: string;
  readonly sentAt: string;
  readonly attachments: readonly TicketAttachment[];
}

export interface TicketAttachment {
  readonly key: string;
  readonly fileName: string;
  readonly contentType: string;
  readonly bytes: number;
}

/** The rows of a ticket. */
export function rowsOf(context: ImportContext, ticket: Ticket): Row[] {
  const { source, requester } = ticket;
  const id = rowId(context, 'SupportTicket', source, ticket.key);
  // A note among staff is no interaction with the person, and must not prolong what is kept (trap X14).
  const publicTimes = ticket.messages.filter(({ isInternal }) => !isInternal).map(({ sentAt }) => sentAt);
  return [
    {
      model: 'SupportTicket',
      id,
      values: {
        subjectId: requester,
        subject: ticket.subject,
        status: ticket.status,
        createdAt: ticket.createdAt,
        closedAt: ticket.closedAt?.at ?? null,
        lastInteractionAt: latest([ticket.createdAt, ...publicTimes]),
      },
      assumed: ticket.closedAt?.isAssumed ? ['closedAt'] : [],
    },
    ...ticket.messages.flatMap((message) => messageRows(context, ticket, id, message)),
  ];
}

function messageRows(
  context: ImportContext,
  { source, requester }: Ticket,
  ticketId: string,
  message: TicketMessage,
): Row[] {
  const id = rowId(context, 'Message', source, message.key);
  const shared = {
    subjectId: requester,
    authorKind: message.author,
    visibility: message.isInternal ? 'INTERNAL' : 'PUBLIC',
  };
  return [
    {
      model: 'Message',
      id,
      values: { ...shared, ticketId, channel: message.channel, body: message.body, sentAt: message.sentAt },
    },
    ...message.attachments.map(({ key, ...file }): Row => ({
      model: 'MessageAttachment',
      id: rowId(context, 'MessageAttachment', source, key),
      values: { ...shared, messageId: id, ...file },
    })),
  ];
}

function latest(instants: readonly string[]): string {
  return instants.reduce((last, each) => (Date.parse(each) > Date.parse(last) ? each : last));
}
