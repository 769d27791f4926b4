import { Attachment } from './composites.ts';
import { defineRows } from './define-rows.ts';
import type { RowsType } from './rows.ts';

export const SupportTicket: RowsType = defineRows('SupportTicket', {
  relation: 'SUPPORT_REQUESTER',
  related: (relate) => ({ messages: relate.many(() => Message, 'ticketId') }),
});

export const Message: RowsType = defineRows('Message', {
  relation: 'SUPPORT_REQUESTER',
  related: (relate) => ({
    ticket: relate.one(() => SupportTicket, 'ticketId'),
    attachments: relate.many(() => MessageAttachment, 'messageId'),
  }),
});

const MessageAttachment: RowsType = defineRows('MessageAttachment', {
  relation: 'SUPPORT_REQUESTER',
  composites: {
    file: {
      type: Attachment,
      of: { fileName: 'fileName', contentType: 'contentType', bytes: 'bytes', sha256: 'sha256', held: 'blobKey' },
    },
  },
  related: (relate) => ({ message: relate.one(() => Message, 'messageId') }),
});

export const Communication: RowsType = defineRows('Communication', { relation: 'ACCOUNT_HOLDER' });
