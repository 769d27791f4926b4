import { givenPhone, type ImportContext } from '../context.ts';
import { type Importer, type Meaning, Person } from '../importer.ts';
import { readJson } from '../read/json.ts';
import { identifier, identifiers } from '../values/identifiers.ts';
import {
  idOf,
  instantAt,
  isObject,
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
import { rowsOf, type TicketMessage } from './ticket.ts';

const STATUSES = new Map([
  ['new', 'OPEN'],
  ['open', 'OPEN'],
  ['pending', 'PENDING'],
  ['hold', 'PENDING'],
  ['solved', 'RESOLVED'],
  ['closed', 'CLOSED'],
] as const);

const CHANNELS = new Map<unknown, TicketMessage['channel']>([
  ['email', 'EMAIL'],
  ['chat', 'CHAT'],
  ['native_messaging', 'CHAT'],
  ['voice', 'PHONE'],
  ['phone', 'PHONE'],
]);

export function openZendesk(context: ImportContext): Importer {
  const zendesk = new Zendesk(context);
  return {
    source: 'zendesk',
    read: (file) => readJson(file, { lists: ['ticket', 'tickets', 'results', 'users', 'user'] }),
    isIdentity: isUser,
    understand(record) {
      const object = objectAt(record, 'the ticket');
      if (isUser(object)) return zendesk.understandUser(object);
      return 'requester_id' in object ? zendesk.understandTicket(object) : 'record that is no ticket';
    },
  };
}

// Users are loaded beside tickets and tell who wrote; a ticket has a requester instead.
function isUser(record: unknown): boolean {
  return isObject(record) && !('requester_id' in record) && ('email' in record || 'role' in record);
}

class Zendesk {
  readonly #context: ImportContext;
  readonly #endUsers = new Set<string>();
  readonly #staff = new Set<string>();

  constructor(context: ImportContext) {
    this.#context = context;
  }

  understandUser(user: Json): Meaning | string {
    const id = requiredId(user['id'], 'id');
    const isStaff = user['role'] === 'agent' || user['role'] === 'admin';
    (isStaff ? this.#staff : this.#endUsers).add(id);
    if (isStaff) return 'user (staff)';
    const { person, unnamed } = this.#personOf(id, user);
    return { people: [person], rows: [], unnamed };
  }

  understandTicket(ticket: Json): Meaning {
    const key = requiredId(ticket['id'], 'id');
    const requesterId = requiredId(ticket['requester_id'], 'requester_id');
    const { person: requester, unnamed } = this.#personOf(requesterId, partOf(ticket, 'requester'));
    const createdAt = requiredInstant(ticket['created_at'], 'created_at');
    const status = wordAt(STATUSES, ticket['status'], 'status');
    const channel = CHANNELS.get(partOf(ticket, 'via')['channel']) ?? 'OTHER';
    const others = new Set(
      ['collaborator_ids', 'email_cc_ids', 'follower_ids']
        .flatMap((list) => (Array.isArray(ticket[list]) ? ticket[list] : []))
        .map(idOf),
    );
    const comments = listOf(ticket, 'comments').map((comment, index): TicketMessage => {
      const author = idOf(comment['author_id']);
      const what = `comments[${index}]`;
      return {
        key: requiredId(comment['id'], `${what}.id`),
        channel: CHANNELS.get(partOf(comment, 'via')['channel']) ?? channel,
        author: this.#authorKind(author, requesterId, others),
        isInternal: comment['public'] === false,
        body: textOf(comment['plain_body']) ?? textOf(comment['body']) ?? textOf(comment['html_body']) ?? '',
        sentAt: requiredInstant(comment['created_at'], `${what}.created_at`),
        attachments: listOf(comment, 'attachments').map((file, at) => ({
          key: requiredId(file['id'], `${what}.attachments[${at}].id`),
          fileName: textOf(file['file_name']) ?? 'attachment',
          contentType: textOf(file['content_type']) ?? 'application/octet-stream',
          bytes: requiredInteger(file['size'], `${what}.attachments[${at}].size`),
        })),
      };
    });
    const description = textOf(ticket['description']);
    // The description is the first comment once more.
    const first: TicketMessage[] =
      comments.length > 0 || description === null
        ? []
        : [
            {
              key: `ticket ${key}`,
              channel,
              author: 'SUBJECT',
              isInternal: false,
              body: description,
              sentAt: createdAt,
              attachments: [],
            },
          ];
    return {
      people: [requester],
      unnamed,
      rows: rowsOf(this.#context, {
        source: 'zendesk',
        key,
        requester,
        subject: textOf(ticket['subject']) ?? textOf(ticket['raw_subject']),
        status,
        createdAt,
        closedAt: closedAt(ticket, status),
        messages: [...first, ...comments],
      }),
    };
  }

  #personOf(id: string, user: Json): { person: Person; unnamed: readonly string[] } {
    const { phone, unnamed } = givenPhone(this.#context, textOf(user['phone']));
    const known = identifiers(
      identifier('REQUESTER_ID', `zendesk:${id}`, null),
      identifier('EMAIL', textOf(user['email']) ?? '', null),
      phone,
    );
    return { person: new Person(known), unnamed };
  }

  #authorKind(author: string | null, requesterId: string, others: ReadonlySet<string | null>): TicketMessage['author'] {
    if (author === requesterId) return 'SUBJECT';
    if (author === null || author === '-1') return 'SYSTEM';
    if (this.#staff.has(author)) return 'AGENT';
    return this.#endUsers.has(author) || others.has(author) ? 'THIRD_PARTY' : 'AGENT';
  }
}

function closedAt(ticket: Json, status: string): { at: string; isAssumed: boolean } | null {
  if (status !== 'CLOSED' && status !== 'RESOLVED') return null;
  const metrics = [partOf(ticket, 'metric_set'), partOf(ticket, 'dates'), ticket];
  const told = metrics.map((each) => instantAt(each['solved_at'], 'solved_at')).find((at) => at !== null);
  return told === undefined
    ? { at: requiredInstant(ticket['updated_at'], 'updated_at'), isAssumed: true }
    : { at: told, isAssumed: false };
}
