/** The languages in which Carryall speaks to people. */
export const LANGUAGES = ['en', 'nl', 'fr', 'de'] as const;
export type Language = (typeof LANGUAGES)[number];

/** The language to read in, from a language tag such as `nl-BE`; English where it is none of ours. */
export function languageOf(tag: string | null | undefined): Language {
  const base = tag?.toLowerCase().split('-')[0];
  return LANGUAGES.find((language) => language === base) ?? 'en';
}

/** How dates and figures are written in a language; nobody here writes dates as in America. */
export const LOCALES = { en: 'en-GB', nl: 'nl', fr: 'fr', de: 'de' } as const satisfies Record<Language, string>;

/** An instant for people, in UTC, which it says. */
export function instantText(language: Language, at: Date): string {
  const format = new Intl.DateTimeFormat(LOCALES[language], { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });
  return `${format.format(at)} UTC`;
}
