import type { ViewerModel } from './model.ts';
import { LANGUAGES, MESSAGES, type Language, type MessageKey } from './language.ts';

/** What every page needs, whatever it holds. */
const ALWAYS = /^(?:ui|info|ret)\./;
/** Words of rows, which are not known when the page is written. */
const WORDS = /^word\./;

/** The messages, each with the text in a model that calls for it; null for those that every page has. */
const NAMED = (Object.keys(MESSAGES.en) as MessageKey[])
  .filter((key) => key !== 'ui.noscript')
  .map((key) => ({ key, name: ALWAYS.test(key) || WORDS.test(key) ? null : `"${nameIn(key)}"` }));

function nameIn(key: MessageKey): string {
  return key.slice(key.indexOf('.') + 1).replace(/\.text$/, '');
}

/** The messages that a page can show, in every language: those of names that do not occur in it are left out. */
export function messagesFor(model: ViewerModel): { readonly [L in Language]: Readonly<Record<string, string>> } {
  const texts = new Set(JSON.stringify(model).match(/"(?:[^"\\]|\\.)*"/g));
  const keys = NAMED.flatMap(({ key, name }) => (name === null || texts.has(name) ? [key] : []));
  const pick = (language: Language): Record<string, string> =>
    Object.fromEntries(keys.map((key) => [key, MESSAGES[language][key]]));
  return Object.fromEntries(LANGUAGES.map((language) => [language, pick(language)])) as Record<
    Language,
    Record<string, string>
  >;
}
