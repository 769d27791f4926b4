import { h } from './dom.js';
import { instantText } from './format.js';
import { counted, labelled, listed, t, titled } from './messages.js';

/** @import { OmissionModel, ViewerModel } from '../model.ts' */
/** @import { Child } from './dom.js' */

/**
 * What is not here and why: left out, blanked, held elsewhere.
 *
 * @param {ViewerModel} model
 */
export function missingPart({ omissions, redactions, referrals }) {
  return h(
    'section',
    { 'aria-labelledby': 'missing' },
    h('h2', { id: 'missing' }, t('ui.notHere')),
    h('h3', null, t('ui.omissions')),
    omissions.length === 0 ? h('p', null, t('ui.omissions.none')) : [...byReason(omissions).values()].map(reasonCard),
    redactions.length === 0 ? null : h('h3', null, t('ui.redactions')),
    redactions.length === 0
      ? null
      : tableOf(
          t('ui.redactions'),
          ['ui.what', 'ui.where', 'ui.howMany'],
          redactions.map(({ section, rule, count }) => [
            labelled('redaction', rule),
            titled(section),
            counted('ui.times', count),
          ]),
        ),
    referrals.length === 0 ? null : h('h3', null, t('ui.referrals')),
    referrals.length === 0
      ? null
      : tableOf(
          t('ui.referrals'),
          ['ui.what', 'ui.where'],
          referrals.map(({ item, where, party, quote }) => [
            labelled('item', item),
            [
              h('span', { class: 'line' }, party),
              h('span', { class: 'line' }, labelled('reason', where)),
              h('q', { lang: 'en', class: 'line quiet' }, quote),
            ],
          ]),
        ),
  );
}

/** @param {ViewerModel} model */
export function filePart({ at }) {
  return h(
    'section',
    { 'aria-labelledby': 'file' },
    h('h2', { id: 'file' }, t('ui.file')),
    h('p', null, t('ui.file.made', { at: instantText(at) ?? at })),
    h('p', null, t('ui.file.manifest')),
    h('p', null, t('ui.file.offline')),
    h(
      'ul',
      { class: 'links' },
      ['manifest.json', 'README.txt'].map((path) => h('li', null, h('a', { href: path }, path))),
    ),
  );
}

/** @param {readonly OmissionModel[]} omissions */
function byReason(omissions) {
  /** @type {Map<string, OmissionModel[]>} */
  const groups = new Map();
  for (const omission of omissions) {
    const key = JSON.stringify([omission.reason, omission.detail]);
    groups.set(key, [...(groups.get(key) ?? []), omission]);
  }
  return groups;
}

/**
 * One line a dataset, where as much is left out of each of its columns.
 *
 * @param {readonly OmissionModel[]} group
 */
function bySection(group) {
  /** @type {Map<string, OmissionModel>} */
  const lines = new Map();
  for (const omission of group) {
    const key = JSON.stringify([omission.section, omission.count]);
    const line = lines.get(key);
    lines.set(key, { ...omission, fields: [...new Set([...(line?.fields ?? []), ...omission.fields])] });
  }
  return [...lines.values()];
}

/** @param {readonly OmissionModel[]} group */
function reasonCard(group) {
  const [first] = group;
  if (first === undefined) return null;
  return h(
    'div',
    { class: 'card reason' },
    h(
      'p',
      null,
      h('strong', null, labelled('reason', first.reason)),
      first.detail === null ? null : ` ${t('ui.answeredBy', { detail: first.detail })}`,
    ),
    h(
      'ul',
      null,
      bySection(group).map(({ section, fields, count }) =>
        h(
          'li',
          null,
          h('span', { class: 'name' }, titled(section)),
          fields.length === 0 ? null : `: ${listed(fields.map((field) => labelled('field', field)))}`,
          h('span', { class: 'quiet' }, ` (${count === null ? t('ui.notCounted') : counted('ui.records', count)})`),
        ),
      ),
    ),
  );
}

/**
 * @param {string} label
 * @param {readonly string[]} heads
 * @param {readonly (readonly Child[])[]} rows
 */
function tableOf(label, heads, rows) {
  return h(
    'div',
    { class: 'scroll', role: 'region', tabindex: 0, 'aria-label': label },
    h(
      'table',
      null,
      h(
        'thead',
        null,
        h(
          'tr',
          null,
          heads.map((key) => h('th', { scope: 'col' }, t(key))),
        ),
      ),
      h(
        'tbody',
        null,
        rows.map((cells) =>
          h(
            'tr',
            null,
            cells.map((cell, index) => (index === 0 ? h('th', { scope: 'row' }, cell) : h('td', null, cell))),
          ),
        ),
      ),
    ),
  );
}
