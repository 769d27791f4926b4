/** @import { ViewerModel, TitleModel } from '../model.ts' */
/** @import { Language } from '../../../languages.ts' */

/** @type {Record<Language, Record<string, string>>} */
let messages = { en: {}, nl: {}, fr: {}, de: {} };
/** @type {Language} */
let current = 'en';
let tag = 'en';

/** The languages, each by its own name. */
export const LANGUAGE_NAMES = /** @type {const} */ ({ en: 'English', nl: 'Nederlands', fr: 'Français', de: 'Deutsch' });

/**
 * @param {Record<Language, Record<string, string>>} all
 * @param {ViewerModel} model
 */
export function loadMessages(all, model) {
  messages = all;
  useLanguage(model.language, model);
}

/**
 * @param {Language} language
 * @param {ViewerModel} model
 */
export function useLanguage(language, model) {
  current = language;
  tag = language === model.language ? model.locale : language;
  document.documentElement.lang = language;
}

/** The language that the page speaks now. */
export function language() {
  return current;
}

/** The language tag by which dates and figures are written now. */
export function locale() {
  return tag;
}

/**
 * A message, with its `{names}` filled in.
 *
 * @param {string} key
 * @param {Record<string, string>} [values]
 */
export function t(key, values = {}) {
  return fill(messages[current][key] ?? key, values);
}

/**
 * The message of a number of things: `key.one` or `key.other`, with `{n}`.
 *
 * @param {string} key
 * @param {number} n
 * @param {Record<string, string>} [values]
 */
export function counted(key, n, values = {}) {
  const form = new Intl.PluralRules(current).select(n) === 'one' ? 'one' : 'other';
  return t(`${key}.${form}`, { n: figure(n), ...values });
}

/**
 * What a name means, or the name itself where no message tells.
 *
 * @param {'reason' | 'redaction' | 'provenance' | 'right' | 'relation' | 'category' | 'dataset' | 'field' | 'word' | 'item' | 'ret.while' | 'trigger'} kind
 * @param {string} name
 * @param {string} [fallback]
 */
export function labelled(kind, name, fallback = name) {
  return messages[current][`${kind}.${name}`] ?? fallback;
}

/**
 * True where a name has words in this language.
 *
 * @param {string} key
 */
export function known(key) {
  return messages[current][key] !== undefined;
}

/** @param {TitleModel} title */
export function titled({ dataset, fallback, relation, place }) {
  const plain = labelled('dataset', dataset, fallback);
  const full = relation === null ? plain : t('ui.relation', { title: plain, relation: labelled('relation', relation) });
  return place === 'context' ? t('ui.context', { title: full }) : full;
}

/** @param {number} n */
export function figure(n) {
  return new Intl.NumberFormat(tag).format(n);
}

/** @param {readonly string[]} parts */
export function listed(parts) {
  return new Intl.ListFormat(current, { type: 'conjunction' }).format(parts);
}

/**
 * @param {string} text
 * @param {Record<string, string>} values
 */
function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, /** @type {string} */ name) => values[name] ?? whole);
}
