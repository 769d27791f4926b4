import type { ViewerModel } from './model.ts';
import { LANGUAGES, MESSAGES, type Language, type MessageKey } from './language.ts';

/** What every page needs, whatever it holds. */
const ALWAYS = /^(?:ui|info|ret)\./;
/** Words of rows, which are not known when the page is written. */
const WORDS = /^word\./;

/** The messages that a page can show, in every language: those of names that do not occur in it are left out. */
export function messagesFor(model: ViewerModel): { readonly [L in Language]: Readonly<Record<string, string>> } {
  const text = JSON.stringify(model);
  const keys = (Object.keys(MESSAGES.en) as MessageKey[]).filter((key) => {
    if (ALWAYS.test(key) || WORDS.test(key)) return key !== 'ui.noscript';
    const name = key.slice(key.indexOf('.') + 1).replace(/\.text$/, '');
    return text.includes(`"${name}"`);
  });
  const pick = (language: Language): Record<string, string> =>
    Object.fromEntries(keys.map((key) => [key, MESSAGES[language][key]]));
  return Object.fromEntries(LANGUAGES.map((language) => [language, pick(language)])) as Record<
    Language,
    Record<string, string>
  >;
}
