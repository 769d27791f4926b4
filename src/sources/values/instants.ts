import { Temporal } from 'temporal-polyfill';

const ISO =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?\s*(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?$/i;
const RFC2822 = /^(?:[A-Z]{3}, ?)?(\d{1,2}) ([A-Z]{3}) (\d{4}) (\d\d):(\d\d)(?::(\d\d))? ?(GMT|UTC|UT|Z|[+-]\d{4})?$/i;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/**
 * An instant as ISO 8601 in UTC with up to microseconds, from ISO 8601, `YYYY-MM-DD HH:mm:ss` or RFC 2822; a time without
 * an offset is one of `zone`. Null for anything else, and for days that do not exist.
 */
export function toInstant(text: string, zone = 'UTC'): string | null {
  const trimmed = text.trim();
  const iso = ISO.exec(trimmed);
  if (iso) {
    const [, year, month, day, hour = '00', minute = '00', second = '00', fraction = '', offset] = iso;
    return compose([year, month, day, hour, minute, second].map(Number), fraction, offset, zone);
  }
  const mail = RFC2822.exec(trimmed);
  if (!mail) return null;
  const [, day, name = '', year, hour, minute, second = '00', offset] = mail;
  const month = MONTHS.indexOf(name.toLowerCase()) + 1;
  return compose([Number(year), month, ...[day, hour, minute, second].map(Number)], '', offset, zone);
}

/** An instant from a count since 1970: seconds, milliseconds or microseconds, told apart by size; null outside 1990 to 2100. */
export function fromEpoch(value: number | string): string | null {
  const text = String(value).trim();
  if (!/^\d{9,17}(?:\.\d{1,6})?$/.test(text)) return null;
  const [whole = '', fraction = ''] = text.split('.');
  const factor = whole.length <= 11 ? 1_000_000n : whole.length <= 14 ? 1000n : 1n;
  const micros = BigInt(whole) * factor + (factor === 1_000_000n ? BigInt(fraction.padEnd(6, '0')) : 0n);
  const seconds = Number(micros / 1_000_000n);
  return write(seconds, String(micros % 1_000_000n).padStart(6, '0'));
}

function compose(parts: readonly number[], fraction: string, offset: string | undefined, zone: string): string | null {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts;
  const local = Date.UTC(year, month - 1, day, hour, minute, second);
  const date = new Date(local);
  // Date rolls 31 February over; the parts must come back as they went in.
  if (
    date.getUTCMonth() !== month - 1 ||
    date.getUTCDate() !== day ||
    hour > 23 ||
    minute > 59 ||
    second > 59 ||
    year < 1
  )
    return null;
  const seconds = local / 1000 - (offset === undefined ? zoneOffset(zone, date) : offsetSeconds(offset));
  return write(seconds, fraction.slice(0, 6).padEnd(6, '0'));
}

function write(seconds: number, micros: string): string | null {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime()) || date.getUTCFullYear() < 1 || date.getUTCFullYear() > 9999) return null;
  return `${date.toISOString().slice(0, 19)}${micros === '000000' ? '' : `.${micros}`}Z`;
}

function offsetSeconds(offset: string): number {
  const parts = /^([+-])(\d\d):?(\d\d)?$/.exec(offset);
  if (!parts) return 0;
  const [, sign, hours, minutes = '0'] = parts;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60);
}

const offsets = new Map<string, number>();

// Clocks change on the quarter of an hour at the finest, so one look-up serves all times of a quarter.
function zoneOffset(zone: string, local: Date): number {
  if (zone === 'UTC') return 0;
  const quarter = Math.floor(local.getTime() / 900_000);
  const key = `${zone} ${quarter}`;
  const known = offsets.get(key);
  if (known !== undefined) return known;
  const at = Temporal.PlainDateTime.from(new Date(quarter * 900_000).toISOString().slice(0, 19)).toZonedDateTime(zone);
  const offset = at.offsetNanoseconds / 1e9;
  if (offsets.size > 100_000) offsets.clear();
  offsets.set(key, offset);
  return offset;
}

/** True for a time zone that is known by this name. */
export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
