import fc from 'fast-check';

/** A card number that checks: 13 to 19 digits, not all the same. */
export const cardDigits: fc.Arbitrary<string> = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 11, maxLength: 17 }))
  .map(([first, rest]) => withLuhn([first, ...rest].join('')))
  .filter((digits) => !/^(\d)\1*$/.test(digits));

/** The digits with the check digit that makes their Luhn sum a multiple of ten. */
export function withLuhn(payload: string): string {
  let sum = 0;
  for (const [index, character] of payload.split('').toReversed().entries()) {
    const digit = Number(character) * (index % 2 === 0 ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return payload + String((10 - (sum % 10)) % 10);
}

/** Digits as people type them: without a break, or in groups of four with one separator. */
export function typed(digits: string, separator: string): string {
  return separator === '' ? digits : (digits.match(/\d{1,4}/g) ?? []).join(separator);
}

export const separators = fc.constantFrom('', ' ', '-', '.', '\u00a0');

const digits = (length: number): fc.Arbitrary<string> => fc.stringMatching(new RegExp(`^[0-9]{${length}}$`));
const letters = (length: number): fc.Arbitrary<string> => fc.stringMatching(new RegExp(`^[A-Z]{${length}}$`));
const both = (length: number): fc.Arbitrary<string> => fc.stringMatching(new RegExp(`^[A-Z0-9]{${length}}$`));

// The national parts of ISO 13616, of countries with short, long, numeric and mixed ones.
const COUNTRIES: readonly (readonly [string, readonly fc.Arbitrary<string>[]])[] = [
  ['NO', [digits(11)]],
  ['BE', [digits(12)]],
  ['NL', [letters(4), digits(10)]],
  ['DE', [digits(18)]],
  ['GB', [letters(4), digits(14)]],
  ['FR', [digits(10), both(11), digits(2)]],
  ['CY', [digits(8), both(16)]],
  ['MT', [letters(4), digits(5), both(18)]],
];

/** An IBAN that checks. */
export const iban: fc.Arbitrary<string> = fc.oneof(
  ...COUNTRIES.map(([country, parts]) => fc.tuple(...parts).map((found) => withIbanCheck(country, found.join('')))),
);

/** The IBAN of an account: its check digits reckoned. */
export function withIbanCheck(country: string, account: string): string {
  let rest = 0;
  for (const character of `${account}${country}00`) {
    for (const digit of String(Number.parseInt(character, 36))) rest = (rest * 10 + Number(digit)) % 97;
  }
  return `${country}${String(98 - rest).padStart(2, '0')}${account}`;
}

/** An account number as people write it. */
export function written(account: string, spelling: 'compact' | 'grouped' | 'lower'): string {
  if (spelling === 'grouped') return (account.match(/.{1,4}/g) ?? []).join(' ');
  return spelling === 'lower' ? account.toLowerCase() : account;
}

/** Words that may stand around a number, and how a sentence goes on. */
export const words = fc.constantFrom(
  '',
  'my card is ',
  'Rekening: ',
  'see "it"\n',
  'a line\n',
  'tab\t',
  'é — ',
  'back\\slash ',
  '(',
  'IBAN=',
);
export const followingWords = fc.constantFrom(
  '',
  ' please',
  ', thanks',
  '\nRegards, Ann',
  '.',
  ') and so on',
  ' en dank u wel voor alles',
  '"',
);
