import { isIP } from 'node:net';
import type { AnyField, ColumnType } from '../../catalogue/look-up.ts';
import * as enums from '../../generated/prisma/enums.ts';
import { normaliseEmail, normalisePhone } from './identifiers.ts';
import { toInstant } from './instants.ts';

/** A value as the column takes it, or what the column wants instead. */
export type Checked = { readonly value: unknown } | { readonly wanted: string };

const words: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(enums).map(([name, members]) => [name, Object.values(members)]),
);

/** Checks a value against the column's type and format; never tells the value. */
export function checkColumn(type: ColumnType, field: AnyField, value: unknown, country: string | null): Checked {
  if (value === null) return type.required ? { wanted: 'a value, not null' } : { value };
  if (type.list) return checkList(type, value);
  if (type.kind === 'enum') return checkWord(words.get(type.type) ?? [], value);
  const checked = checkScalar(type.type, value);
  if ('wanted' in checked || typeof checked.value !== 'string') return checked;
  const unstorable = unstorableText(checked.value);
  if (unstorable !== null) return { wanted: unstorable };
  return field.kind === 'personal' || field.kind === 'system'
    ? checkFormat(field.format, checked.value, country)
    : checked;
}

function checkList(type: ColumnType, value: unknown): Checked {
  if (type.type !== 'String' || !Array.isArray(value) || !value.every((each) => typeof each === 'string'))
    return { wanted: 'a list of texts' };
  const unstorable = value.map(unstorableText).find((reason) => reason !== null);
  return unstorable === undefined ? { value } : { wanted: unstorable };
}

function checkWord(known: readonly string[], value: unknown): Checked {
  return typeof value === 'string' && known.includes(value) ? { value } : { wanted: `one of ${known.join(', ')}` };
}

function checkScalar(type: string, value: unknown): Checked {
  switch (type) {
    case 'String':
      return typeof value === 'string' ? { value } : { wanted: 'text' };
    case 'Int':
      return typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 2 ** 31
        ? { value }
        : { wanted: 'a whole number of 32 bits' };
    case 'BigInt':
      return checkBigInt(value);
    case 'Float':
      return typeof value === 'number' && Number.isFinite(value) ? { value } : { wanted: 'a number' };
    case 'Boolean':
      return typeof value === 'boolean' ? { value } : { wanted: 'true or false' };
    case 'DateTime':
      return checkInstant(value);
    case 'Json':
      return checkJson(value);
    default:
      throw new TypeError(`No check for columns of type ${type}`);
  }
}

function checkBigInt(value: unknown): Checked {
  const whole =
    typeof value === 'bigint' ||
    (typeof value === 'number' && Number.isSafeInteger(value)) ||
    (typeof value === 'string' && /^-?\d{1,19}$/.test(value));
  if (!whole || BigInt.asIntN(64, BigInt(value as string)) !== BigInt(value as string))
    return { wanted: 'a whole number of 64 bits' };
  return { value: String(value) };
}

function checkInstant(value: unknown): Checked {
  const instant = typeof value === 'string' ? toInstant(value) : null;
  return instant === null ? { wanted: 'an instant in ISO 8601' } : { value: instant };
}

function checkJson(value: unknown): Checked {
  const text = JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? String(part) : part));
  // What PostgreSQL cannot store stands in JSON as these escapes, and only so.
  if (text === undefined || /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/i.test(text))
    return { wanted: 'JSON without the character NUL and without half a surrogate pair' };
  return { value };
}

/** Why PostgreSQL could not store the text, or null. */
function unstorableText(text: string): string | null {
  if (text.includes('\0')) return 'text without the character NUL';
  return text.isWellFormed() ? null : 'well-formed Unicode';
}

const PERIOD = /^P(?=.)(?:\d+Y)?(?:\d+M)?(?:\d+W)?(?:\d+D)?(?:T(?=.)(?:\d+H)?(?:\d+M)?(?:\d+S)?)?$/;

function checkFormat(format: string, value: string, country: string | null): Checked {
  switch (format) {
    case 'phone': {
      const number = normalisePhone(value, country);
      return number === null ? { wanted: 'a phone number, with its country code' } : { value: number };
    }
    case 'email':
      return normaliseEmail(value) === null ? { wanted: 'an e-mail address' } : { value };
    case 'ip':
      return isIP(value) === 0 ? { wanted: 'an IP address' } : { value };
    case 'currency':
      return /^[A-Z]{3}$/.test(value) ? { value } : { wanted: 'an ISO 4217 code' };
    case 'period':
      return PERIOD.test(value) ? { value } : { wanted: 'an ISO 8601 duration' };
    default:
      return { value };
  }
}
