import { languageOf, type Language } from '../../languages.ts';
import de from '../messages/de.json' with { type: 'json' };
import en from '../messages/en.json' with { type: 'json' };
import fr from '../messages/fr.json' with { type: 'json' };
import nl from '../messages/nl.json' with { type: 'json' };

/** A key of the message files. */
export type MessageKey = keyof typeof en;

/** All messages; a key that a language lacks is a type error. */
export const MESSAGES: { readonly [L in Language]: Readonly<Record<MessageKey, string>> } = { en, nl, fr, de };

/** The tag by which dates and figures are written: the person's own where it is one of the language chosen. */
export function localeOf(language: Language, tag: string | null | undefined): string {
  if (tag === null || tag === undefined || languageOf(tag) !== language) return language;
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? language;
  } catch {
    return language;
  }
}
