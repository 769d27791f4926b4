import { isIP } from 'node:net';
import type { Sensitivity } from '../catalogue/vocabulary.ts';

/** The shape of a value, which chooses its mask. */
export type MaskFormat = 'EMAIL' | 'PHONE' | 'IP' | 'ID' | 'LICENCE_KEY' | 'OTHER';

const HIDDEN = '•••';

/** A mask of fixed shape: it never tells the length of what it hides, and nothing of a secret. */
export function maskValue(value: string, sensitivity: Sensitivity, format: MaskFormat): string {
  switch (sensitivity) {
    case 'SECRET_NEVER':
    case 'FORBIDDEN':
    case 'FINANCIAL':
    case 'AUDIO':
    case 'COMMS_CONTENT':
    case 'INFERENCE':
      return HIDDEN;
    case 'PERSONAL':
    case 'ORG':
    case 'FINANCIAL_REF':
    case 'NETWORK_ID':
    case 'THIRD_PARTY':
    case 'AGGREGATE':
    case 'CREDENTIAL_HOLDER':
      return MASKS[format](value);
    default:
      return sensitivity satisfies never;
  }
}

/** The first letter, and nothing of the domain. */
export function maskEmail(value: string): string {
  if (!value.includes('@')) return HIDDEN;
  // Only letters that are one character in lower case too keep the shape.
  const [first = ''] = /^[a-z0-9]/i.exec(value) ?? [];
  return `${first.toLowerCase()}${HIDDEN}@${HIDDEN}`;
}

/** The last three digits of an E.164 number. */
export function maskPhone(value: string): string {
  return /^\+[1-9]\d{6,14}$/.test(value) ? `${HIDDEN}${value.slice(-3)}` : HIDDEN;
}

/** The network of an address: /24 of IPv4, /48 of IPv6. */
export function maskIp(value: string): string {
  switch (isIP(value)) {
    case 4:
      return `${value.split('.').slice(0, 3).join('.')}.0/24`;
    case 6: {
      const groups = groupsOf(value);
      // An IPv4 address written as IPv6 lies in one /48 with all others; its own network is what is meant.
      if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
        const [high = 0, low = 0] = groups.slice(6);
        return `${high >> 8}.${high & 255}.${low >> 8}.0/24`;
      }
      const network = groups.slice(0, 3).map((group) => group.toString(16));
      return `${network.join(':')}::/48`;
    }
    default:
      return HIDDEN;
  }
}

/** The last four of an identifier that is long enough to stay hidden. */
export function maskId(value: string): string {
  const last = lastFour(value);
  return value.length >= 12 && last !== null ? `${HIDDEN}${last}` : HIDDEN;
}

/** The last four of a licence key: enough to tell keys apart, too little to use one. */
export function maskLicenceKey(value: string): string {
  const last = lastFour(value);
  return value.length >= 16 && last !== null ? `XXXX-…-${last}` : 'XXXX-…';
}

/** Four characters of those that identifiers are made of; any others would have other widths, or none. */
function lastFour(value: string): string | null {
  return /[\w-]{4}$/.exec(value)?.[0] ?? null;
}

const MASKS = {
  EMAIL: maskEmail,
  PHONE: maskPhone,
  IP: maskIp,
  ID: maskId,
  LICENCE_KEY: maskLicenceKey,
  OTHER: () => HIDDEN,
} as const satisfies Record<MaskFormat, (value: string) => string>;

/** The eight groups of a valid IPv6 address. */
function groupsOf(address: string): readonly number[] {
  const [bare = ''] = address.split('%');
  const hex = bare.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a: string, b: string, c: string, d: string) =>
    [Number(a) * 256 + Number(b), Number(c) * 256 + Number(d)].map((group) => group.toString(16)).join(':'),
  );
  const [left = '', right] = hex.split('::');
  const head = parse(left);
  if (right === undefined) return head;
  const tail = parse(right);
  return [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => 0), ...tail];
}

function parse(part: string): readonly number[] {
  return part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
}
