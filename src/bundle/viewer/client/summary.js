import { callsChart } from './chart.js';
import { h } from './dom.js';
import { dateText, instantText } from './format.js';
import { counted, figure, t, titled } from './messages.js';

/** @import { ViewerModel } from '../model.ts' */

/**
 * What it is, whose, from whom, of when; how much of what; what to do next.
 *
 * @param {ViewerModel} model
 * @param {(id: string) => void} openSection
 */
export function summaryPart(model, openSection) {
  const { operator, sections } = model;
  const rows = sections.reduce((sum, section) => sum + section.rows, 0);
  return h(
    'section',
    { 'aria-labelledby': 'summary' },
    h('h2', { id: 'summary' }, t('ui.summary')),
    h('p', { class: 'lead' }, t(`ui.lead.${model.scope}`, { operator })),
    h(
      'ul',
      { class: 'tiles' },
      [
        ['ui.records', rows],
        ['ui.kinds', sections.length],
        ['ui.files', model.storedFiles],
      ].map(([key, n]) => tile(counted(String(key), Number(n)), figure(Number(n)))),
    ),
    rows === 0 ? h('p', { class: 'note' }, t('ui.nothing', { operator })) : null,
    facts(model),
    notes(model),
    nextSteps(model),
    overview(model, openSection),
    ...sections.map(({ months }) => (months === null ? null : callsChart(months))),
  );
}

/**
 * A count in words with its figure large.
 *
 * @param {string} words
 * @param {string} n
 */
function tile(words, n) {
  const [before = '', after = ''] = words.split(n);
  return h('li', null, before === '' ? null : before, h('strong', null, n), after);
}

/** @param {ViewerModel} model */
function facts({ who, subjectId, operator, controller, at, policy, scope }) {
  const { effectiveDate } = policy;
  const version = t('ui.policyVersion', { name: policy.name, version: policy.version });
  return h('dl', { class: 'facts' }, [
    fact('ui.about', [
      ...who.map((each) => h('span', { dir: 'auto', class: 'line' }, each)),
      h('span', { class: 'line quiet' }, `${t('ui.reference')} `, h('bdi', { class: 'exact' }, subjectId)),
    ]),
    fact('ui.from', [
      h('span', { class: 'line' }, operator),
      controller.name === operator ? null : h('span', { class: 'line quiet' }, controller.name),
    ]),
    fact('ui.asOf', h('time', { datetime: at, title: at }, instantText(at) ?? at)),
    fact('ui.policy', [
      h('span', { class: 'line' }, version),
      effectiveDate === null
        ? null
        : h('span', { class: 'line quiet' }, t('ui.inForce', { date: dateText(effectiveDate) })),
    ]),
    fact('ui.scope', t(`ui.scope.${scope}`)),
  ]);
}

/**
 * @param {string} key
 * @param {import('./dom.js').Child} value
 */
function fact(key, value) {
  return h('div', null, h('dt', null, t(key)), h('dd', null, value));
}

/** @param {ViewerModel} model */
function notes({ overdue, sections, omissions }) {
  const third = sections.some(({ columns }) => columns.some(({ name }) => name === 'thirdParty'));
  const list = [
    overdue > 0 ? h('li', { class: 'late' }, counted('ui.overdue', overdue)) : null,
    third ? h('li', null, t('ui.thirdPartyNote', { badge: t('ui.badge.thirdParty') })) : null,
    omissions.length > 0 ? h('li', null, h('a', { href: '#missing' }, t('ui.omittedNote'))) : null,
  ];
  return list.every((each) => each === null)
    ? null
    : h('div', { class: 'card notes' }, h('h3', null, t('ui.notes')), h('ul', null, list));
}

/** @param {ViewerModel} model */
function nextSteps({ contact, information, scope }) {
  const address = contact.email ?? contact.text;
  return h(
    'div',
    { class: 'card next' },
    h('h3', null, t('ui.next')),
    h(
      'ul',
      null,
      h('li', null, t('ui.next.check')),
      h('li', null, address === null ? t('ui.next.noContact') : [`${t('ui.next.contact')} `, contactLink(address)]),
      scope === 'PORTABILITY' ? h('li', null, t('ui.next.reuse')) : null,
      h('li', null, information === null ? t('ui.next.complain') : h('a', { href: '#info-f' }, t('ui.next.complain'))),
      h('li', null, t('ui.next.safe')),
    ),
  );
}

/** @param {string} address */
export function contactLink(address) {
  return /^[^\s@<>?&]+@[^\s@<>?&]+$/.test(address)
    ? h('a', { href: `mailto:${address}` }, address)
    : h('span', { dir: 'auto' }, address);
}

/**
 * @param {ViewerModel} model
 * @param {(id: string) => void} openSection
 */
function overview({ sections }, openSection) {
  if (sections.length === 0) return null;
  return h(
    'table',
    { class: 'overview' },
    h('caption', { class: 'unseen' }, t('ui.data')),
    h(
      'thead',
      null,
      h('tr', null, h('th', { scope: 'col' }, t('ui.kind')), h('th', { scope: 'col', class: 'figure' }, t('ui.count'))),
    ),
    h(
      'tbody',
      null,
      sections.map((section) =>
        h(
          'tr',
          null,
          h(
            'th',
            { scope: 'row' },
            h('a', { href: `#data-${section.id}`, onclick: () => openSection(section.id) }, titled(section.title)),
          ),
          h('td', { class: 'figure' }, figure(section.rows)),
        ),
      ),
    ),
  );
}
