import { createContext, use } from 'react';
import { languageOf, type Language, type MessageKey, type Messages } from './messages.ts';

type Values = Readonly<Record<string, string>>;
/** Keys that come in forms: `key.one` and `key.other`. */
type CountedKey = MessageKey extends infer K ? (K extends `${infer Stem}.other` ? Stem : never) : never;

/** Says things in one language. */
export interface Speech {
  readonly language: Language;
  /** How dates and figures are written: the browser's own manner, where it is one of the language. */
  readonly locale: string;
  readonly t: (key: MessageKey, values?: Values) => string;
  /** The message of a number of things, with `{n}`. */
  readonly counted: (key: CountedKey, n: number) => string;
  /** The portal's own word for a code that the gateway sends, such as a status; the code itself where there is none. */
  readonly named: (kind: string, code: string) => string;
  /** A word that bundles use as well: `dataset`, `field`, `relation`, `right`, `word`, `item`. */
  readonly word: (kind: string, name: string, fallback?: string) => string;
  readonly date: (instant: string | null | undefined) => string;
  readonly moment: (instant: string | null | undefined) => string;
  readonly figure: (n: number) => string;
  readonly bytes: (n: number | string) => string;
  readonly percent: (share: number) => string;
  /** `in 3 days`, `2 days ago`. */
  readonly days: (n: number) => string;
  readonly list: (parts: readonly string[]) => string;
  readonly country: (code: string) => string;
}

export function speechOf({ language, own, words }: Messages): Speech {
  const locale =
    navigator.languages.find((tag) => languageOf(tag) === language && tag.startsWith(language)) ?? language;
  const plural = new Intl.PluralRules(language);
  const figures = new Intl.NumberFormat(locale);
  const dates = new Intl.DateTimeFormat(locale, { dateStyle: 'long' });
  const moments = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const countries = new Intl.DisplayNames(language, { type: 'region' });
  const messages: Readonly<Record<string, string>> = own;
  const t: Speech['t'] = (key, values = {}) => fill(own[key], values);
  const at = (format: Intl.DateTimeFormat, instant: string | null | undefined): string =>
    instant === null || instant === undefined || Number.isNaN(Date.parse(instant))
      ? '–'
      : format.format(new Date(instant));
  return {
    language,
    locale,
    t,
    counted: (key, n) =>
      fill(messages[`${key}.${plural.select(n) === 'one' ? 'one' : 'other'}`] ?? key, { n: figures.format(n) }),
    named: (kind, code) => messages[`${kind}.${code}`] ?? code,
    word: (kind, name, fallback = name) => words[`${kind}.${name}`] ?? fallback,
    date: (instant) => at(dates, instant),
    moment: (instant) => at(moments, instant),
    figure: (n) => figures.format(n),
    bytes: (n) => inBytes(locale, Number(n)),
    percent: (share) => new Intl.NumberFormat(locale, { style: 'percent' }).format(share),
    days: (n) => relative.format(n, 'day'),
    list: (parts) => new Intl.ListFormat(language, { type: 'conjunction' }).format(parts),
    country: (code) => (/^[A-Z]{2}$/.test(code) ? (countries.of(code) ?? code) : code),
  };
}

function fill(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

function inBytes(locale: string, bytes: number): string {
  const power = Math.min(UNITS.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const format = new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: UNITS[power] ?? 'byte',
    unitDisplay: power === 0 ? 'long' : 'short',
    maximumFractionDigits: power === 0 ? 0 : 1,
  });
  return format.format(bytes / 1000 ** power);
}

export const SpeechContext = createContext<Speech | null>(null);

/** How to say things here. Throws TypeError outside of the page. */
export function useSpeech(): Speech {
  const speech = use(SpeechContext);
  if (speech === null) throw new TypeError('No language yet');
  return speech;
}
