import type { Format } from '../catalogue/dataset.ts';
import { exactNumber } from './json-exact.ts';
import { cardsIn, ibansIn, isCardNumber, type Span } from './payment-numbers.ts';

/**
 * The last look at what leaves. Whatever a plan allowed, no card number, bank account or credential passes this step
 * (trap X35); what it blanks is counted in the manifest. It looks at bytes first: rows without anything suspicious, nearly
 * all of them, pass untouched and unparsed.
 */

/** What is blanked, by the name under which the manifest counts it. */
export const REDACTION_RULES = [
  'CARD_NUMBER',
  'BANK_ACCOUNT',
  'CREDENTIAL',
  'DENIED_KEY',
  'OTHER_PERSON',
  'OTHER_PARTY_PSEUDONYMISED',
] as const;
export type RedactionRule = (typeof REDACTION_RULES)[number];
export type RedactionCounts = { [R in RedactionRule]?: number };

const CREDENTIAL = new RegExp(
  [
    String.raw`\$2[abxy]?\$\d\d\$[./A-Za-z0-9]{10,}`, // bcrypt
    String.raw`\$argon2(?:id|i|d)\$[^\s"\\]+`,
    String.raw`\beyJ[A-Za-z0-9_-]{6,}\.eyJ[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*)?`, // JWT
    String.raw`-----BEGIN [A-Z ]*PRIVATE KEY-----[^"]*?(?:-----END [A-Z ]*PRIVATE KEY-----|(?="|$))`,
    String.raw`\b(?:sk|rk|pk|whsec)_(?:live|test)_[A-Za-z0-9]{8,}`,
    String.raw`\bwhsec_[A-Za-z0-9]{16,}`,
    String.raw`\bgh[pousr]_[A-Za-z0-9]{20,}`,
    String.raw`\bxox[abeprs]-[A-Za-z0-9-]{10,}`,
    String.raw`\b(?:AKIA|ASIA)[A-Z0-9]{16}\b`,
    String.raw`\bAIza[A-Za-z0-9_-]{30,}`,
    String.raw`\bBearer\s+[A-Za-z0-9._~+/-]{16,}=*`,
  ].join('|'),
  'g',
);
const EMAIL = /[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu;
const PHONE = /\+\d(?:[ .-]?\d){6,14}/g;

/** Keys that never leave inside a JSON value, however they are spelt: payment data first, then credentials. */
const DENIED_KEYS = new Set(
  [
    'number',
    'pan',
    'cvc',
    'cvv',
    'cvc_check',
    'last4',
    'dynamic_last4',
    'exp_month',
    'exp_year',
    'fingerprint',
    'brand',
    'iban',
    'account_number',
    'routing_number',
    'card_number',
    'sort_code',
    'password',
    'passwd',
    'password_hash',
    'secret',
    'client_secret',
    'token',
    'access_token',
    'refresh_token',
    'id_token',
    'session_token',
    'api_key',
    'apikey',
    'private_key',
    'authorization',
    'cookie',
    'set_cookie',
    'otp',
    'totp_secret',
    'pin',
  ].map(plain),
);
/** Objects of a payment service that never leave, by the key they stand under or by what they call themselves. */
const DENIED_OBJECTS = new Set(
  ['card', 'payment_method', 'payment_method_details', 'source', 'bank_account'].map(plain),
);

/** How one column's text is treated. */
export type Treatment = 'FREE_TEXT' | 'JSON' | 'TYPED';

/** Free text and JSON are searched for card and account numbers; typed columns only for credentials, so that a phone number is not taken for a card. */
export function treatmentOf(format: Format): Treatment {
  switch (format) {
    case 'text':
    case 'name':
    case 'url':
    case 'file-name':
      return 'FREE_TEXT';
    case 'json':
      return 'JSON';
    default:
      return 'TYPED';
  }
}

/** Blanks one value; `people` also blanks addresses and numbers of others than the subject. */
export function redactValue(value: unknown, treatment: Treatment, counts: RedactionCounts, people = false): unknown {
  switch (treatment) {
    case 'TYPED':
      if (Array.isArray(value)) return value.map((each) => redactValue(each, treatment, counts));
      return typeof value === 'string' ? redactCredentials(value, counts) : value;
    case 'FREE_TEXT':
      return typeof value === 'string' ? redactText(value, counts, people) : value;
    case 'JSON':
      return redactTree(value, counts);
    default:
      return treatment satisfies never;
  }
}

function redactTree(value: unknown, counts: RedactionCounts): unknown {
  if (typeof value === 'string') return redactText(value, counts, false);
  const digits = typeof value === 'number' ? String(value) : exactNumber(value);
  if (digits !== null) return isCardNumber(digits) ? blank('CARD_NUMBER', counts) : value;
  if (Array.isArray(value)) return value.map((each) => redactTree(each, counts));
  if (value === null || typeof value !== 'object') return value;
  if ('object' in value && typeof value.object === 'string' && DENIED_OBJECTS.has(plain(value.object)))
    return blank('DENIED_KEY', counts);
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      redactText(key, counts, false),
      isDenied(key, each) ? blank('DENIED_KEY', counts) : redactTree(each, counts),
    ]),
  );
}

function isDenied(key: string, value: unknown): boolean {
  if (value === null) return false;
  return DENIED_KEYS.has(plain(key)) || (typeof value === 'object' && DENIED_OBJECTS.has(plain(key)));
}

function redactCredentials(text: string, counts: RedactionCounts): string {
  return text.replaceAll(CREDENTIAL, () => blank('CREDENTIAL', counts));
}

/** Blanks free text: credentials, then account numbers that check, then card numbers that check. */
function redactText(text: string, counts: RedactionCounts, people: boolean): string {
  const safe = redactCredentials(text, counts);
  const withoutAccounts = blankSpans(safe, ibansIn(safe), 'BANK_ACCOUNT', counts);
  const clean = blankSpans(withoutAccounts, cardsIn(withoutAccounts), 'CARD_NUMBER', counts);
  if (!people) return clean;
  return clean
    .replaceAll(EMAIL, () => blank('OTHER_PERSON', counts))
    .replaceAll(PHONE, () => blank('OTHER_PERSON', counts));
}

const BLANKS = {
  CARD_NUMBER: '[redacted: card number]',
  BANK_ACCOUNT: '[redacted: bank account]',
  CREDENTIAL: '[redacted: credential]',
  DENIED_KEY: '[redacted]',
  OTHER_PERSON: '[redacted: another person]',
} as const satisfies { readonly [R in RedactionRule]?: string };

/** Counts what a rule did once. */
export function countRedaction(counts: RedactionCounts, rule: RedactionRule): void {
  counts[rule] = (counts[rule] ?? 0) + 1;
}

function blank(rule: keyof typeof BLANKS, counts: RedactionCounts): string {
  countRedaction(counts, rule);
  return BLANKS[rule];
}

function blankSpans(text: string, spans: readonly Span[], rule: keyof typeof BLANKS, counts: RedactionCounts): string {
  let out = '';
  let at = 0;
  for (const { start, end } of spans) {
    out += text.slice(at, start) + blank(rule, counts);
    at = end;
  }
  return at === 0 ? text : out + text.slice(at);
}

function plain(key: string): string {
  return key.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}
