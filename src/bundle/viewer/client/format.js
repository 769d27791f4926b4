import { language, locale, t } from './messages.js';

/** @type {Map<string, Intl.DateTimeFormat>} */
const dateFormats = new Map();

/**
 * @param {string} name
 * @param {Intl.DateTimeFormatOptions} options
 */
function dateFormat(name, options) {
  const key = `${name} ${locale()}`;
  const found = dateFormats.get(key) ?? new Intl.DateTimeFormat(locale(), options);
  dateFormats.set(key, found);
  return found;
}

/**
 * Day and time in the reader's time zone; null for what is no instant.
 *
 * @param {string} iso
 */
export function instantText(iso) {
  const at = Date.parse(iso);
  if (Number.isNaN(at)) return null;
  return dateFormat('instant', { dateStyle: 'medium', timeStyle: 'short' }).format(at);
}

/**
 * A day in words, in the reader's time zone.
 *
 * @param {number} at
 */
export function dayText(at) {
  return dateFormat('day', { dateStyle: 'long' }).format(at);
}

/**
 * A month such as `2026-03`, in words.
 *
 * @param {string} month
 * @param {'long' | 'short'} [style]
 */
export function monthText(month, style = 'long') {
  return dateFormat(`month ${style}`, { month: style, year: 'numeric', timeZone: 'UTC' }).format(
    Date.parse(`${month}-01T00:00:00Z`),
  );
}

/**
 * A calendar date as a policy states it: a day, or only a month.
 *
 * @param {{ readonly value: string, readonly precision: string }} date
 */
export function dateText({ value, precision }) {
  if (precision === 'MONTH') return monthText(value);
  return dateFormat('date', { dateStyle: 'long', timeZone: 'UTC' }).format(Date.parse(`${value}T00:00:00Z`));
}

/**
 * Money from its smallest unit; null where the currency is unknown.
 *
 * @param {number} minor
 * @param {unknown} currency
 */
export function moneyText(minor, currency) {
  if (typeof currency !== 'string' || !/^[A-Z]{3}$/.test(currency)) return null;
  const format = new Intl.NumberFormat(locale(), { style: 'currency', currency });
  return format.format(minor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}

/** As policies write that something is not kept. */
export const NO_TIME = 'PT0S';
const PERIOD_UNITS = /** @type {const} */ (['year', 'month', 'week', 'day']);

/**
 * A duration such as `P90D`, in words; what is no duration of days and more stays as it is. No time at all is said as that.
 *
 * @param {string} iso
 */
export function periodText(iso) {
  if (iso === NO_TIME) return t('ret.atOnce');
  const found = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?$/.exec(iso);
  if (found === null || iso === 'P') return iso;
  const parts = PERIOD_UNITS.flatMap((unit, index) => {
    const amount = found[index + 1];
    return amount === undefined ? [] : [unitText(Number(amount), unit, 'long')];
  });
  return parts.join(' ');
}

/** @param {number} seconds */
export function durationText(seconds) {
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const parts = [
    hours > 0 ? unitText(hours, 'hour', 'short') : '',
    minutes > 0 ? unitText(minutes, 'minute', 'short') : '',
    seconds % 60 !== 0 || seconds < 60 ? unitText(seconds % 60, 'second', 'short') : '',
  ];
  return parts.filter((part) => part !== '').join(' ');
}

/** @param {number} bytes */
export function sizeText(bytes) {
  if (bytes < 1000) return unitText(bytes, 'byte', 'long');
  if (bytes < 1_000_000) return unitText(bytes / 1000, 'kilobyte', 'short');
  return unitText(bytes / 1_000_000, 'megabyte', 'short');
}

/**
 * The name of a country, language or currency by its code, or the code itself.
 *
 * @param {'region' | 'language' | 'currency'} type
 * @param {string} code
 */
export function codeText(type, code) {
  try {
    return new Intl.DisplayNames(language(), { type }).of(code) ?? code;
  } catch {
    return code;
  }
}

/**
 * @param {number} amount
 * @param {string} unit
 * @param {'long' | 'short'} unitDisplay
 */
function unitText(amount, unit, unitDisplay) {
  return new Intl.NumberFormat(locale(), { style: 'unit', unit, unitDisplay, maximumFractionDigits: 1 }).format(amount);
}
