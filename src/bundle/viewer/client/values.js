import { h, unseen } from './dom.js';
import { codeText, durationText, instantText, moneyText, periodText, sizeText } from './format.js';
import { figure, labelled, t } from './messages.js';

/** @import { ColumnModel } from '../model.ts' */
/** @typedef {Readonly<Record<string, unknown>>} Row */

/** A longer text is folded, so that a row stays a row. */
const FOLD_AT = 280;
/** The most parts of a nested value that are laid out; a larger one is shown as JSON. */
const LAID_OUT = 200;

/**
 * A value in words, for showing and for searching; null where it takes more than words to show it.
 *
 * @param {unknown} value
 * @param {ColumnModel} column
 * @param {Row} row
 * @returns {string | null}
 */
export function valueText(value, { format, name }, row) {
  if (typeof value === 'boolean') return t(value ? 'ui.yes' : 'ui.no');
  if (typeof value === 'number') {
    if (format === 'amount') return moneyText(value, row['currency']) ?? String(value);
    if (name.endsWith('Seconds')) return durationText(value);
    if (name === 'bytes') return sizeText(value);
    return Number.isInteger(value) && (format === 'number' || format === 'json') ? figure(value) : String(value);
  }
  if (typeof value !== 'string') return null;
  switch (format) {
    case 'instant':
      return instantText(value) ?? value;
    case 'period':
      return periodText(value);
    case 'language':
      return named('language', value);
    case 'currency':
      return named('currency', value);
    case 'code':
      return name === 'countryCode' ? named('region', value) : labelled('word', value);
    default:
      return value;
  }
}

/**
 * A value as a person reads it; what it is exactly stands in its title or attributes.
 *
 * @param {unknown} value
 * @param {ColumnModel} column
 * @param {Row} row
 * @returns {Node}
 */
export function valueNode(value, column, row) {
  if (value === null || value === undefined)
    return h('span', { class: 'none' }, h('span', { 'aria-hidden': 'true' }, '–'), unseen(t('ui.empty')));
  const text = valueText(value, column, row);
  if (text === null) return nestedNode(value);
  if (typeof value !== 'string') {
    const exact = JSON.stringify(value);
    return h('span', { title: text === exact ? null : `${column.name}: ${exact}` }, text);
  }
  switch (column.format) {
    case 'instant':
      return h('time', { datetime: value, title: value }, text);
    case 'blob':
      return fileNode(value, row);
    case 'phone':
    case 'ip':
      return h('bdi', { class: 'whole' }, text);
    case 'digest':
    case 'key':
    case 'link':
      return h('bdi', { class: 'exact' }, text);
    default:
      return text === value ? textNode(value) : h('span', { title: value }, text);
  }
}

/** @param {string} text */
function textNode(text) {
  if (text.length <= FOLD_AT) return h('span', { dir: 'auto', class: 'text' }, text);
  // Cut between characters, never inside one.
  const start = text.slice(0, FOLD_AT - 60).replace(/[\uD800-\uDBFF]$/, '');
  return h(
    'details',
    { class: 'fold' },
    h(
      'summary',
      null,
      h('span', { dir: 'auto', class: 'start' }, `${start}… `),
      h('span', { class: 'action' }, t('ui.more')),
    ),
    h('span', { dir: 'auto', class: 'text' }, text),
  );
}

/**
 * A link to a file of the bundle, and a player where it is sound. Only a path below files/ is one.
 *
 * @param {string} path
 * @param {Row} row
 */
function fileNode(path, row) {
  if (!/^files\/[\w.-]+\/[\w.-]+$/.test(path)) return textNode(path);
  const { fileName, contentType } = row;
  const name = typeof fileName === 'string' && fileName !== '' ? fileName : path.slice(path.lastIndexOf('/') + 1);
  const link = h('a', { href: path, class: 'file' }, t('ui.openFile', { name }));
  if (typeof contentType !== 'string' || !contentType.startsWith('audio/')) return link;
  return h(
    'span',
    { class: 'sound' },
    link,
    h('audio', { controls: true, preload: 'none', src: path, 'aria-label': t('ui.play', { name }) }),
  );
}

/** @param {unknown} value */
function nestedNode(value) {
  const json = JSON.stringify(value, null, 2);
  const flat = Array.isArray(value) && value.every((each) => typeof each === 'string' || typeof each === 'number');
  if (flat) return textNode(value.join(', '));
  const laidOut = json.split('\n').length <= LAID_OUT;
  const content = laidOut ? treeNode(value) : h('pre', { tabindex: 0 }, json);
  if (json.length <= FOLD_AT) return content;
  return h('details', { class: 'fold' }, h('summary', null, h('span', { class: 'action' }, t('ui.details'))), content);
}

/**
 * @param {unknown} value
 * @returns {Node}
 */
function treeNode(value) {
  if (value === null) return h('span', { class: 'none' }, t('ui.empty'));
  if (typeof value === 'boolean') return h('span', null, t(value ? 'ui.yes' : 'ui.no'));
  if (typeof value === 'string') return h('span', { dir: 'auto', class: 'text' }, value);
  if (typeof value !== 'object') return h('span', { class: 'text' }, JSON.stringify(value));
  const entries = Object.entries(value);
  if (entries.length === 0) return h('span', { class: 'none' }, t('ui.empty'));
  if (Array.isArray(value))
    return h(
      'ol',
      { class: 'tree' },
      value.map((each) => h('li', null, treeNode(each))),
    );
  return h(
    'dl',
    { class: 'tree' },
    entries.flatMap(([key, each]) => [h('dt', { dir: 'auto' }, key), h('dd', null, treeNode(each))]),
  );
}

/**
 * @param {'region' | 'language' | 'currency'} type
 * @param {string} code
 */
function named(type, code) {
  const name = codeText(type, code);
  return name === code ? code : `${name} (${code})`;
}
