import { dayText } from './format.js';
import { language, locale, t } from './messages.js';
import { valueText } from './values.js';

/** @import { ColumnModel } from '../model.ts' */
/** @import { Row } from './values.js' */

/**
 * @typedef {object} Sort
 * @property {string} column
 * @property {'ascending' | 'descending'} direction
 */

/** What a sort key of a text is cut to; longer texts that differ only later are taken as equal. */
const KEY_LENGTH = 80;

/**
 * Rows seen through a search and a sort. What a search looks through and the order of each column are made once, so that a
 * keystroke only runs over texts that are there.
 */
export class RowView {
  /** @type {readonly Row[]} */
  #rows = [];
  /** @type {string[]} */
  #texts = [];
  #language = '';
  /** @type {Map<string, string>} */
  #days = new Map();
  /** @type {Map<string, Uint32Array>} */
  #orders = new Map();
  /** @type {readonly ColumnModel[]} */
  #columns;

  /** @param {readonly ColumnModel[]} columns */
  constructor(columns) {
    this.#columns = columns;
  }

  /**
   * The rows that hold every word of a search, in order.
   *
   * @param {readonly Row[]} rows
   * @param {string} query
   * @param {Sort | null} sort
   * @returns {readonly Row[]}
   */
  select(rows, query, sort) {
    if (rows !== this.#rows || language() !== this.#language) {
      this.#rows = rows;
      this.#language = language();
      this.#texts = [];
      this.#days.clear();
      this.#orders.clear();
    }
    const order = sort === null ? null : this.#order(sort);
    const matches = this.#matcher(query);
    /** @type {Row[]} */
    const found = [];
    for (let at = 0; at < rows.length; at += 1) {
      const index = order === null ? at : (order[at] ?? 0);
      const row = rows[index];
      if (row !== undefined && (matches === null || matches(this.#texts[index] ?? ''))) found.push(row);
    }
    return found;
  }

  /**
   * Makes up to so many more rows ready for a search, so that the first keystroke does not wait. True when all are.
   *
   * @param {number} [most]
   */
  prepare(most = this.#rows.length) {
    const end = Math.min(this.#rows.length, this.#texts.length + most);
    for (let index = this.#texts.length; index < end; index += 1)
      this.#texts.push(this.#textOf(this.#rows[index] ?? {}));
    return end === this.#rows.length;
  }

  /** @param {string} query */
  #matcher(query) {
    const words = folded(query)
      .split(/\s+/)
      .filter((word) => word !== '');
    if (words.length === 0) return null;
    this.prepare();
    // A number is written in many ways, and stored in one.
    const digits = /^\+?[\d\s().-]{5,}$/.test(query.trim()) ? query.replace(/[^\d+]/g, '') : null;
    const [first = '', ...more] = words;
    return (/** @type {string} */ text) =>
      (text.includes(first) && more.every((word) => text.includes(word))) || (digits !== null && text.includes(digits));
  }

  /** @param {Row} row */
  #textOf(row) {
    let text = '';
    for (const column of this.#columns) {
      const value = row[column.name];
      if (value === null || value === undefined) continue;
      if (column.format === 'instant' && typeof value === 'string') text += `${dayOf(value, this.#days)} ${value}\n`;
      else if (typeof value === 'string')
        text += column.format === 'text' ? `${value}\n` : `${valueText(value, column, row) ?? ''} ${value}\n`;
      else text += `${valueText(value, column, row) ?? JSON.stringify(value)}\n`;
    }
    if (row['thirdParty'] === true) text += `${t('ui.badge.thirdParty')}\n`;
    return folded(text);
  }

  /** @param {Sort} sort */
  #order({ column: name, direction }) {
    const key = `${name} ${direction}`;
    const made = this.#orders.get(key);
    if (made !== undefined) return made;
    const column = this.#columns.find((each) => each.name === name);
    const keys = sortKeys(this.#rows, name, column);
    const sign = direction === 'ascending' ? 1 : -1;
    const order = Uint32Array.from(keys, (_, index) => index).sort((one, other) => {
      const left = keys[one] ?? Number.NaN;
      const right = keys[other] ?? Number.NaN;
      // Rows without a value come last, whichever way the column is sorted.
      if (Number.isNaN(left) || Number.isNaN(right))
        return Number(Number.isNaN(left)) - Number(Number.isNaN(right)) || one - other;
      return (left - right) * sign || (one - other) * sign;
    });
    this.#orders.set(key, order);
    return order;
  }
}

/**
 * A number for every row, in the order of a column's values; NaN where there is none.
 *
 * @param {readonly Row[]} rows
 * @param {string} name
 * @param {ColumnModel | undefined} column
 */
function sortKeys(rows, name, column) {
  const keys = new Float64Array(rows.length).fill(Number.NaN);
  /** @type {Map<string, number>} */
  const ranks = new Map();
  const texts = rows.map((row, index) => {
    const value = row[name];
    if (value === null || value === undefined) return null;
    if (typeof value === 'number' || typeof value === 'boolean') keys[index] = Number(value);
    else if (column?.format === 'instant' && typeof value === 'string') keys[index] = Date.parse(value);
    else {
      const whole =
        typeof value === 'string'
          ? ((column === undefined ? value : valueText(value, column, row)) ?? value)
          : JSON.stringify(value);
      const text = folded(whole.slice(0, KEY_LENGTH));
      ranks.set(text, 0);
      return text;
    }
    return null;
  });
  if (ranks.size === 0) return keys;
  const { compare } = new Intl.Collator(locale());
  // The alphabet of the reader where there are few texts; by character where there are very many.
  const sorted = ranks.size > 20_000 ? [...ranks.keys()].sort() : [...ranks.keys()].sort(compare);
  sorted.forEach((text, rank) => ranks.set(text, rank));
  texts.forEach((text, index) => {
    if (text !== null) keys[index] = ranks.get(text) ?? 0;
  });
  return keys;
}

/**
 * The day of an instant in words; rows share few days.
 *
 * @param {string} iso
 * @param {Map<string, string>} days
 */
function dayOf(iso, days) {
  // An hour decides which day it is in the reader's time zone.
  const hour = iso.slice(0, 13);
  const found = days.get(hour);
  if (found !== undefined) return found;
  const at = Date.parse(iso);
  const text = Number.isNaN(at) ? '' : dayText(at);
  days.set(hour, text);
  return text;
}

/**
 * Without capitals and accents.
 *
 * @param {string} text
 */
export function folded(text) {
  const lower = text.toLowerCase();
  // oxlint-disable-next-line no-control-regex -- plain ASCII, nearly all there is, needs no decomposition
  return /^[\x00-\x7f]*$/.test(lower) ? lower : lower.normalize('NFD').replace(/\p{M}/gu, '');
}
