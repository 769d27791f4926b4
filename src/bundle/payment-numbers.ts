import { countrySpecs } from 'ibantools';

/** A part of a text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

// What people type between the groups of a number.
const GAP = '[ .\\-\\u00a0]?';
const DIGIT_RUN = new RegExp(`\\d(?:${GAP}\\d){12,}`, 'g');
const IBAN_START = /(?<![\p{L}\p{N}])[A-Z]{2}\d{2}/giu;
const SHORTEST = 13;
const LONGEST = 19;

/**
 * The card numbers in a text. Every stretch of whole groups with 13 to 19 digits is tried, and stretches that overlap are
 * one: a number that stands behind a telephone number, or behind another card, is found all the same.
 */
export function cardsIn(text: string): Span[] {
  return [...text.matchAll(DIGIT_RUN)].flatMap((run) => {
    const found: Span[] = [];
    const starts = [...run[0].matchAll(/(?<!\d)\d/g)].map(({ index }) => index);
    const ends = [...run[0].matchAll(/\d(?!\d)/g)].map(({ index }) => index + 1);
    for (const start of starts) {
      for (const end of ends) {
        if (end - start >= SHORTEST && isCardNumber(run[0].slice(start, end)))
          found.push({ start: run.index + start, end: run.index + end });
      }
    }
    return merged(found);
  });
}

/** The account numbers in a text: from every place where one might begin, as many characters as its country has. */
export function ibansIn(text: string): Span[] {
  const found = [...text.matchAll(IBAN_START)].flatMap(({ 0: head, index }): Span[] => {
    const length = countrySpecs[head.slice(0, 2).toUpperCase()]?.chars;
    if (length === undefined || length === null) return [];
    let compact = '';
    let end = index;
    for (; end < text.length && compact.length < length; end += 1) {
      const character = text.charAt(end);
      if (/[A-Z0-9]/i.test(character)) compact += character.toUpperCase();
      else if (!/[ .\-\u00a0]/.test(character)) break;
    }
    return compact.length === length && isIban(compact) ? [{ start: index, end }] : [];
  });
  return merged(found);
}

/**
 * ISO 13616: turned and read as a number, it is 1 modulo 97. What a country checks besides is not asked: a number that only
 * looks like an account is blanked too.
 */
function isIban(compact: string): boolean {
  let rest = 0;
  for (const character of compact.slice(4) + compact.slice(0, 4)) {
    for (const digit of String(Number.parseInt(character, 36))) rest = (rest * 10 + Number(digit)) % 97;
  }
  return rest === 1;
}

/** ISO/IEC 7812: 13 to 19 digits whose Luhn sum is a multiple of ten. */
export function isCardNumber(text: string): boolean {
  const digits = text.replaceAll(/\D/g, '');
  if (digits.length < SHORTEST || digits.length > LONGEST || /^(\d)\1*$/.test(digits)) return false;
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits[digits.length - 1 - index]);
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** Spans in order, those that overlap as one. */
function merged(spans: readonly Span[]): Span[] {
  const all: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    const last = all.at(-1);
    if (last === undefined || span.start >= last.end) all.push(span);
    else all[all.length - 1] = { start: last.start, end: Math.max(last.end, span.end) };
  }
  return all;
}
