import { givenPhone, type ImportContext } from '../context.ts';
import { type Importer, type Meaning, Person } from '../importer.ts';
import { readJson } from '../read/json.ts';
import { identifier, identifiers } from '../values/identifiers.ts';
import {
  idOf,
  instantAt,
  type Json,
  listOf,
  objectAt,
  partOf,
  requiredId,
  requiredInstant,
  requiredInteger,
  textOf,
  wordAt,
} from '../values/parts.ts';
import { rowsOf, type TicketAttachment, type TicketMessage } from './ticket.ts';

// A help desk's own statuses begin at 6: they are ways of being open.
const STATUSES = new Map([
  ['2', 'OPEN'],
  ['3', 'PENDING'],
  ['4', 'RESOLVED'],
  ['5', 'CLOSED'],
] as const);

const CHANNELS = new Map<unknown, TicketMessage['channel']>([
  [1, 'EMAIL'],
  [3, 'PHONE'],
  [7, 'CHAT'],
]);

export function openFreshdesk(context: ImportContext): Importer {
  return {
    source: 'freshdesk',
    read: (file) => readJson(file, { lists: ['tickets', 'results'] }),
    understand: (record) => understand(context, objectAt(record, 'the ticket')),
  };
}

function understand(context: ImportContext, ticket: Json): Meaning {
  const key = requiredId(ticket['id'], 'id');
  const requesterId = requiredId(ticket['requester_id'], 'requester_id');
  const embedded = partOf(ticket, 'requester');
  const { phone, unnamed } = givenPhone(context, textOf(embedded['phone']) ?? textOf(embedded['mobile']));
  const requester = new Person(
    identifiers(
      identifier('REQUESTER_ID', `freshdesk:${requesterId}`, null),
      identifier('EMAIL', textOf(embedded['email']) ?? '', null),
      phone,
    ),
  );
  const createdAt = requiredInstant(ticket['created_at'], 'created_at');
  const status = isOwnStatus(ticket['status']) ? 'OPEN' : wordAt(STATUSES, ticket['status'], 'status');
  const first: TicketMessage = {
    key: `ticket ${key}`,
    channel: CHANNELS.get(ticket['source']) ?? 'OTHER',
    author: 'SUBJECT',
    isInternal: false,
    body: textOf(ticket['description_text']) ?? textOf(ticket['description']) ?? '',
    sentAt: createdAt,
    attachments: attachmentsOf(ticket, 'attachments'),
  };
  const channel = first.channel;
  const conversations = listOf(ticket, 'conversations').map((each, index) =>
    messageOf(each, `conversations[${index}]`, requesterId, channel),
  );
  return {
    people: [requester],
    unnamed,
    rows: rowsOf(context, {
      source: 'freshdesk',
      key,
      requester,
      subject: textOf(ticket['subject']),
      status,
      createdAt,
      closedAt: closedAt(ticket, status),
      messages: [...(first.body === '' && first.attachments.length === 0 ? [] : [first]), ...conversations],
    }),
  };
}

function isOwnStatus(status: unknown): boolean {
  return typeof status === 'number' && Number.isInteger(status) && status > 5;
}

function messageOf(message: Json, what: string, requesterId: string, channel: TicketMessage['channel']): TicketMessage {
  const isIncoming = message['incoming'] === true;
  const isRequester = idOf(message['user_id']) === requesterId;
  return {
    key: requiredId(message['id'], `${what}.id`),
    channel,
    author: isRequester ? 'SUBJECT' : isIncoming ? 'THIRD_PARTY' : 'AGENT',
    isInternal: message['private'] === true,
    body: textOf(message['body_text']) ?? textOf(message['body']) ?? '',
    sentAt: requiredInstant(message['created_at'], `${what}.created_at`),
    attachments: attachmentsOf(message, `${what}.attachments`),
  };
}

function attachmentsOf(holder: Json, what: string): TicketAttachment[] {
  return listOf(holder, 'attachments').map((each, index) => ({
    key: requiredId(each['id'], `${what}[${index}].id`),
    fileName: textOf(each['name']) ?? 'attachment',
    contentType: textOf(each['content_type']) ?? 'application/octet-stream',
    bytes: requiredInteger(each['size'], `${what}[${index}].size`),
  }));
}

// The list of tickets tells its times only when asked to. The last change is the nearest guess then; it moves with every
// later change, so the first guess stays.
function closedAt(ticket: Json, status: string): { at: string; isAssumed: boolean } | null {
  if (status !== 'CLOSED' && status !== 'RESOLVED') return null;
  const stats = partOf(ticket, 'stats');
  const told = instantAt(stats['closed_at'], 'stats.closed_at') ?? instantAt(stats['resolved_at'], 'stats.resolved_at');
  return told === null
    ? { at: requiredInstant(ticket['updated_at'], 'updated_at'), isAssumed: true }
    : { at: told, isAssumed: false };
}
