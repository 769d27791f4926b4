import type { Dataset } from './dataset.ts';
import { link, owned, personal, system } from './declare.ts';

const ticket = <const F extends 'text' | 'code' | 'instant'>(format: F) =>
  personal(['ticket.record'], 'COMMS_CONTENT', 'PROVIDED', format);

const messageItems = {
  by: 'channel',
  of: {
    EMAIL: ['comm.email', 'ticket.record'],
    CHAT: ['comm.chat', 'comm.email', 'ticket.record'],
    PHONE: ['ticket.record'],
    OTHER: ['ticket.record'],
  },
} as const;

// What staff, strangers or machines wrote was not provided by the subject: Art. 15 tells it, Art. 20 does not carry it.
const messageProvenance = {
  by: 'authorKind',
  of: { SUBJECT: 'PROVIDED', AGENT: 'GENERATED', THIRD_PARTY: 'PROVIDED_BY_OTHER', SYSTEM: 'GENERATED' },
} as const;

const message = <const F extends 'text' | 'code' | 'instant'>(format: F) =>
  personal(messageItems, 'COMMS_CONTENT', messageProvenance, format);

const attachment = <const F extends 'file-name' | 'code' | 'number' | 'digest' | 'blob'>(format: F) =>
  personal(['comm.email', 'ticket.record'], 'COMMS_CONTENT', messageProvenance, format);

const communication = <const F extends 'text' | 'instant'>(format: F) =>
  personal(
    { by: 'kind', of: { ONBOARDING_NOTE: ['comm.onboardingNote'], TRANSACTIONAL_EMAIL: ['comm.transactionalEmail'] } },
    'COMMS_CONTENT',
    'GENERATED',
    format,
  );

export const support = {
  SupportTicket: {
    name: 'support-tickets',
    title: 'Your support tickets',
    subjects: { SUPPORT_REQUESTER: 'subjectId' },
    anchor: 'lastInteractionAt',
    large: true,
    triggers: { 'ticket.lastInteractionAt': 'lastInteractionAt', 'ticket.closedAt': 'closedAt' },
    fields: {
      ...owned,
      subject: ticket('text'),
      status: ticket('code'),
      createdAt: ticket('instant'),
      closedAt: ticket('instant'),
      lastInteractionAt: ticket('instant'),
    },
  },
  Message: {
    name: 'messages',
    title: 'Messages between you and support',
    subjects: { SUPPORT_REQUESTER: 'subjectId' },
    anchor: 'sentAt',
    large: true,
    internal: { field: 'visibility', is: 'INTERNAL' },
    parents: { ticketId: 'SupportTicket' },
    fields: {
      ...owned,
      ticketId: link,
      channel: message('code'),
      authorKind: system('code'),
      visibility: system('code'),
      body: message('text'),
      sentAt: message('instant'),
    },
  },
  MessageAttachment: {
    name: 'message-attachments',
    title: 'Files sent with messages',
    subjects: { SUPPORT_REQUESTER: 'subjectId' },
    internal: { field: 'visibility', is: 'INTERNAL' },
    parents: { messageId: 'Message' },
    fields: {
      ...owned,
      messageId: link,
      authorKind: system('code'),
      visibility: system('code'),
      fileName: attachment('file-name'),
      contentType: attachment('code'),
      bytes: attachment('number'),
      sha256: attachment('digest'),
      blobKey: attachment('blob'),
    },
  },
  Communication: {
    name: 'communications',
    title: 'Mail to you and notes about you',
    subjects: { ACCOUNT_HOLDER: 'subjectId' },
    anchor: 'sentAt',
    large: true,
    fields: { ...owned, kind: system('code'), body: communication('text'), sentAt: communication('instant') },
  },
} as const satisfies {
  SupportTicket: Dataset<'SupportTicket'>;
  Message: Dataset<'Message'>;
  MessageAttachment: Dataset<'MessageAttachment'>;
  Communication: Dataset<'Communication'>;
};
