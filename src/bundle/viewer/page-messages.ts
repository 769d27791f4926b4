import { constant, type Constant } from '../constant.ts';
import { scriptJson } from './escape.ts';
import { LANGUAGES } from '../../languages.ts';
import { MESSAGES, type MessageKey } from './language.ts';

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

const kept = new Map<string, Constant>();
/** Pages differ in what they show; most are alike. */
const MOST_KEPT = 50;

/**
 * The messages that a page with this model, as JSON, can show, in every language, as they stand in it: those of names that do not occur in it are
 * left out.
 */
export function messagesFor(model: string): Constant {
  const texts = new Set(model.match(/"(?:[^"\\]|\\.)*"/g));
  const keys = NAMED.flatMap(({ key, name }) => (name === null || texts.has(name) ? [key] : []));
  const names = keys.join(' ');
  const found = kept.get(names) ?? constant(scriptJson(JSON.stringify(messagesOf(keys))));
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(names, found);
  return found;
}

function messagesOf(keys: readonly MessageKey[]): Readonly<Record<string, Readonly<Record<string, string>>>> {
  return Object.fromEntries(
    LANGUAGES.map((language) => [language, Object.fromEntries(keys.map((key) => [key, MESSAGES[language][key]]))]),
  );
}
