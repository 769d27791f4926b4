/** A part of a text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Runs of digits that are long enough for a card number, with the separators people type between groups. */
export const CARD_LIKE = /(?<!\d)\d(?:[ .\-\u00a0]?\d){12,24}(?!\d)/g;
/** What begins like an IBAN; it may swallow the words that follow, so the number is sought inside. */
export const IBAN_LIKE = /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,40}/gi;

/** The card number in a run of digits: the longest that checks and ends where groups end. */
export function cardIn(run: string): Span | null {
  const starts = [...run.matchAll(/(?<!\d)\d/g)].map((match) => match.index);
  const ends = [...run.matchAll(/\d(?!\d)/g)].map((match) => match.index + 1).toReversed();
  for (const start of starts) {
    for (const end of ends) {
      if (end > start && isCardNumber(run.slice(start, end))) return { start, end };
    }
  }
  return null;
}

/** The IBAN at the start of a text: its longest beginning that checks. */
export function ibanIn(text: string): Span | null {
  for (let end = text.length; end >= 15; end -= 1) {
    if (text[end - 1] !== ' ' && isIban(text.slice(0, end))) return { start: 0, end };
  }
  return null;
}

/** ISO/IEC 7812: 13 to 19 digits whose Luhn sum is a multiple of ten. */
export function isCardNumber(text: string): boolean {
  const digits = text.replaceAll(/\D/g, '');
  if (digits.length < 13 || digits.length > 19 || /^(\d)\1*$/.test(digits)) return false;
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits[digits.length - 1 - index]);
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** ISO 13616: turned and read as a number, it is 1 modulo 97. */
function isIban(text: string): boolean {
  const compact = text.replaceAll(' ', '').toUpperCase();
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(compact)) return false;
  let rest = 0;
  for (const character of compact.slice(4) + compact.slice(0, 4)) {
    for (const digit of String(Number.parseInt(character, 36))) rest = (rest * 10 + Number(digit)) % 97;
  }
  return rest === 1;
}
