import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/min';
import type { IdentifierKind } from '../../generated/prisma/enums.ts';

/** What finds a subject: its kind, and its value in normal form. */
export interface Identifier {
  readonly kind: IdentifierKind;
  readonly value: string;
}

const EMAIL = /^[^\s@<>,;"]+@[^\s@<>,;"]+$/;

/**
 * An e-mail address in normal form: trimmed, NFC, lower case as a whole; null for what is none. Dots and `+tags` stay:
 * whether they mean the same person is the mail host's secret.
 */
export function normaliseEmail(text: string): string | null {
  const address = text.trim().normalize('NFC').toLowerCase().normalize('NFC');
  return address.length <= 254 && EMAIL.test(address) ? address : null;
}

/** A phone number in E.164, read as one of `country` where it has no country code; null for extensions, SIP addresses, … */
export function normalisePhone(text: string, country: string | null): string | null {
  let known = numbersOf.get(country);
  if (known === undefined) numbersOf.set(country, (known = new Map<string, string | null>()));
  const found = known.get(text);
  if (found !== undefined) return found;
  if (known.size >= MOST_NUMBERS) known.clear();
  const number = parsePhone(text.trim(), country);
  known.set(text, number);
  return number;
}

// Call records name the same numbers over and over, and parsing is the dearest step of all.
const numbersOf = new Map<string | null, Map<string, string | null>>();
const MOST_NUMBERS = 200_000;

function parsePhone(text: string, country: string | null): string | null {
  // The library finds numbers inside text; here the whole text must be one.
  if (!/^(?:tel:)?\+?[\d\s().\-/]{3,30}$/.test(text)) return null;
  const found = parsePhoneNumberFromString(text, country === null ? {} : { defaultCountry: country as CountryCode });
  return found?.isPossible() === true && found.ext === undefined ? found.number : null;
}

/** The identifier in normal form; null for what is none of its kind. Ids are taken as they are, without outer space. */
export function identifier(kind: IdentifierKind, text: string, country: string | null): Identifier | null {
  const value = normalise(kind, text, country);
  return value === null || value === '' ? null : { kind, value };
}

function normalise(kind: IdentifierKind, text: string, country: string | null): string | null {
  switch (kind) {
    case 'EMAIL':
      return normaliseEmail(text);
    case 'PHONE':
      return normalisePhone(text, country);
    case 'ACCOUNT_ID':
    case 'CUSTOMER_ID':
    case 'REQUESTER_ID':
      return text.trim();
    default:
      return kind satisfies never;
  }
}

/** The identifiers that are there and well-formed. */
export function identifiers(...found: readonly (Identifier | null | undefined)[]): Identifier[] {
  return found.filter((each) => each !== null && each !== undefined);
}
