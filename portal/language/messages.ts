import { LANGUAGES, languageOf, type Language } from '../../src/languages.ts';
import en from './en.json';

export { LANGUAGES, languageOf, type Language };

/** A key of the portal's own message files. */
export type MessageKey = keyof typeof en;

/** All that the portal can say in one language: its own messages, and the words that it shares with bundles. */
export interface Messages {
  readonly language: Language;
  readonly own: Readonly<Record<MessageKey, string>>;
  readonly words: Readonly<Record<string, string>>;
}

/** A key that a language lacks is a type error here. */
const OWN: { readonly [L in Language]: () => Promise<Readonly<Record<MessageKey, string>>> } = {
  en: () => Promise.resolve(en),
  nl: async () => (await import('./nl.json')).default,
  fr: async () => (await import('./fr.json')).default,
  de: async () => (await import('./de.json')).default,
};

const WORDS: { readonly [L in Language]: () => Promise<Readonly<Record<string, string>>> } = {
  en: async () => (await import('../../src/bundle/messages/en.json')).default,
  nl: async () => (await import('../../src/bundle/messages/nl.json')).default,
  fr: async () => (await import('../../src/bundle/messages/fr.json')).default,
  de: async () => (await import('../../src/bundle/messages/de.json')).default,
};

/** Loads what is said in a language. */
export async function loadMessages(language: Language): Promise<Messages> {
  const [own, words] = await Promise.all([OWN[language](), WORDS[language]()]);
  return { language, own, words };
}

/** The languages, each by its own name. */
export const LANGUAGE_NAMES = {
  en: 'English',
  nl: 'Nederlands',
  fr: 'Français',
  de: 'Deutsch',
} as const satisfies Record<Language, string>;
