/*
 * What is told, to whom and how: the one list of notices. Mail goes to the receivers that a kind names, in the words of the
 * message files under the key beside the receiver (`key.subject`, `key.text`, `key.action`); systems hear by webhook.
 */

/**
 * PERSON      whose request it is, at every e-mail address that is held of them
 * OPERATOR    the operator's mailbox
 * CONTROLLER  who administers the customer's organisation; the operator's mailbox where nobody is known to
 */
export type Receiver = 'PERSON' | 'OPERATOR' | 'CONTROLLER';

interface Kind {
  readonly mail: { readonly [R in Receiver]?: string };
  readonly webhook: boolean;
}

export const NOTICE_KINDS = {
  REQUEST_RECEIVED: { mail: { PERSON: 'received' }, webhook: true },
  IDENTITY_CODE: { mail: { PERSON: 'code' }, webhook: false },
  REQUEST_HELD: { mail: { PERSON: 'held' }, webhook: true },
  BUNDLE_READY: { mail: { PERSON: 'ready' }, webhook: true },
  BUNDLE_DOWNLOADED: { mail: { PERSON: 'downloaded' }, webhook: true },
  REQUEST_EXTENDED: { mail: { PERSON: 'extended' }, webhook: true },
  REQUEST_REFUSED: { mail: { PERSON: 'refused' }, webhook: true },
  REQUEST_ANSWERED: { mail: { PERSON: 'answered' }, webhook: true },
  REQUEST_FAILED: { mail: { PERSON: 'failed', OPERATOR: 'failedOperator' }, webhook: true },
  REQUEST_REBUILDING: { mail: { PERSON: 'rebuilding' }, webhook: true },
  REQUEST_GIVEN_UP: { mail: { PERSON: 'givenUp', OPERATOR: 'failedOperator' }, webhook: true },
  REQUEST_FORWARDED: { mail: { PERSON: 'forwarded', CONTROLLER: 'forwardedController' }, webhook: true },
  INSTRUCTION_WANTED: { mail: { CONTROLLER: 'instruction' }, webhook: true },
  BUNDLE_RECALLED: { mail: { PERSON: 'recalled' }, webhook: true },
  BUNDLE_TRANSMITTED: { mail: { PERSON: 'transmitted' }, webhook: true },
  TRANSMISSION_REFUSED: { mail: { PERSON: 'notTransmitted', OPERATOR: 'notTransmittedOperator' }, webhook: true },
  DUE_SOON: { mail: { OPERATOR: 'dueSoon' }, webhook: true },
  OVERDUE: { mail: { OPERATOR: 'overdue' }, webhook: true },
  CONTROLLER_REQUEST: { mail: { OPERATOR: 'controllerRequest' }, webhook: true },
  INCIDENT: { mail: { OPERATOR: 'incident' }, webhook: true },
} as const satisfies Readonly<Record<string, Kind>>;

export type NoticeKind = keyof typeof NOTICE_KINDS;

/** The entry of a kind; null for a word that is none, as of a version that knew another. */
export function kindOf(word: string): Kind | null {
  return isNoticeKind(word) ? NOTICE_KINDS[word] : null;
}

export function isNoticeKind(word: string): word is NoticeKind {
  return Object.hasOwn(NOTICE_KINDS, word);
}
