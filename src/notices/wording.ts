import { languageOf } from '../languages.ts';
import type { SecretBox } from '../store/secret-box.ts';
import type { ClaimedNotice } from './claim.ts';
import { kindOf, type Receiver } from './kinds.ts';
import { secretPlace } from './outbox.ts';
import type { Facts } from './render.ts';
import type { Told } from './facts.ts';
import type { Language } from '../languages.ts';

/** A code is good for so long, and the message that brings it too. */
export const CODE_MINUTES = 15;

/** In which words a notice is told. */
export interface Wording {
  readonly key: string;
  readonly language: Language;
  readonly facts: Facts;
}

/** Why a notice is not to be sent any more. */
export interface Pointless {
  readonly failureCode: 'NOT_NEEDED' | 'EXPIRED' | 'UNKNOWN_KIND';
}

/** The words of a notice for its receiver, or why it is not sent any more. Throws KEYS_INVALID for a code that does not open. */
export function wordingOf(
  box: SecretBox,
  tenantId: string,
  notice: ClaimedNotice,
  { facts, status }: Told,
  now: Date,
): Wording | Pointless {
  const key = kindOf(notice.kind)?.mail[(notice.role ?? 'PERSON') as Receiver];
  if (key === undefined) return { failureCode: 'UNKNOWN_KIND' };
  if (isReminder(notice.kind) && (status === null || !isUnanswered(status))) return { failureCode: 'NOT_NEEDED' };
  const language = languageOf(notice.language);
  if (notice.kind !== 'IDENTITY_CODE') return { key, language, facts };
  const isOld = now.getTime() - notice.createdAt.getTime() >= CODE_MINUTES * 60_000;
  if (isOld || notice.secret === null) return { failureCode: 'EXPIRED' };
  const code = box.open(notice.secret, secretPlace(tenantId, notice.id));
  return { key, language, facts: { ...facts, code, minutes: CODE_MINUTES } };
}

function isReminder(kind: string): boolean {
  return kind === 'DUE_SOON' || kind === 'OVERDUE';
}

const ANSWERED: ReadonlySet<string> = new Set(['FORWARDED', 'READY', 'DELIVERED', 'EXPIRED', 'REFUSED', 'CANCELLED']);

function isUnanswered(status: string): boolean {
  return !ANSWERED.has(status);
}
