import { h } from './dom.js';
import { counted, figure, labelled, t } from './messages.js';
import { columnTitle } from './record-table.js';

/** @import { ColumnModel, SectionModel } from '../model.ts' */
/** @import { RowStore } from './row-store.js' */

/** @typedef {'first' | 'previous' | 'nextPage' | 'last'} Step */

/** Rows of a table that are shown at once. */
export const PAGE_ROWS = 100;

/** @type {readonly (readonly [Step, string])[]} */
const STEPS = [
  ['first', '«'],
  ['previous', '‹'],
  ['nextPage', '›'],
  ['last', '»'],
];

/**
 * The name of a dataset and its count, as the button that opens it.
 *
 * @param {SectionModel} section
 * @param {string} title
 * @param {boolean} open
 * @param {() => void} onToggle
 */
export function panelHeading({ id, rows }, title, open, onToggle) {
  const attributes = {
    type: 'button',
    'aria-expanded': String(open),
    'aria-controls': `body-${id}`,
    onclick: onToggle,
  };
  const name = h('span', { class: 'name' }, title);
  const count = h('span', { class: 'count' }, counted('ui.records', rows));
  return h('h3', { id: `data-${id}`, tabindex: -1 }, h('button', attributes, name, count));
}

/**
 * What is said where the page holds fewer rows than there are.
 *
 * @param {SectionModel} section
 */
export function limitNote({ anchor, shown, rows, path }) {
  if (shown === rows) return null;
  const key = anchor === null ? 'ui.limit.last' : 'ui.limit.newest';
  return h('p', { class: 'limit' }, t(key, { shown: figure(shown), total: figure(rows), path }));
}

/**
 * @param {SectionModel} section
 * @param {string} title
 * @param {string} query
 * @param {(query: string) => void} onQuery
 */
export function searchField({ id }, title, query, onQuery) {
  const field = h('input', {
    id: `search-${id}`,
    type: 'search',
    autocomplete: 'off',
    spellcheck: 'false',
    'aria-label': t('ui.search', { title }),
    placeholder: t('ui.searchShort'),
    oninput: () => onQuery(field.value),
  });
  field.value = query;
  return field;
}

/**
 * @param {boolean} on
 * @param {(on: boolean) => void} onChange
 */
export function technicalBox(on, onChange) {
  const box = h('input', { type: 'checkbox', onchange: () => onChange(box.checked) });
  box.checked = on;
  return h('label', null, box, t('ui.technical'));
}

/**
 * @param {string} title
 * @param {(step: Step) => void} onStep
 */
export function pager(title, onStep) {
  const steps = STEPS.map(([step, sign]) =>
    h(
      'button',
      { type: 'button', class: 'step', 'data-step': step, 'aria-label': t(`ui.${step}`), onclick: () => onStep(step) },
      h('span', { 'aria-hidden': 'true' }, sign),
    ),
  );
  const where = h('span', { class: 'where' });
  const label = t('ui.pages', { title });
  return h('nav', { class: 'pager', 'aria-label': label, hidden: true }, steps.slice(0, 2), where, steps.slice(2));
}

/**
 * Says which page is shown, and which steps lead nowhere.
 *
 * @param {HTMLElement} body
 * @param {number} page
 * @param {number} pages
 */
export function showPage(body, page, pages) {
  const nav = /** @type {HTMLElement | null} */ (body.querySelector('.pager'));
  if (nav === null) return;
  nav.hidden = pages === 1;
  const where = nav.querySelector('.where');
  if (where !== null) where.textContent = t('ui.page', { page: figure(page), pages: figure(pages) });
  for (const step of nav.querySelectorAll('[data-step]')) {
    const back = step.getAttribute('data-step') === 'first' || step.getAttribute('data-step') === 'previous';
    // Not `disabled`: a button that loses its focus loses the reader.
    step.setAttribute('aria-disabled', String(back ? page === 1 : page === pages));
  }
}

/**
 * What is to be said of a table just now: what the reader did, what is still to come, what was found.
 *
 * @param {{ said: string, store: RowStore, searching: boolean, found: number, page: number }} now
 */
export function statusText({ said, store, searching, found, page }) {
  const { section, state, rows } = store;
  const total = figure(section.shown);
  const start = (page - 1) * PAGE_ROWS;
  const range = { from: figure(start + 1), to: figure(Math.min(start + PAGE_ROWS, found)), total: figure(found) };
  const parts = [
    said,
    state === 'loading' ? t('ui.loading', { n: figure(rows.length), total }) : '',
    state === 'failed' ? t('ui.loadFailed', { path: section.path }) : '',
    searching ? (found === 0 ? t('ui.noneFound') : counted('ui.found', found, { total })) : '',
    found > PAGE_ROWS ? t('ui.showing', range) : '',
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

/**
 * Says on paper how many rows stand there, where it is not all of them.
 *
 * @param {HTMLElement} body
 * @param {SectionModel} section
 * @param {number} shown
 */
export function showPrinted(body, { rows, path }, shown) {
  const note = body.querySelector('.printed');
  if (note === null) return;
  note.textContent = shown === rows ? '' : t('ui.printed', { shown: figure(shown), total: figure(rows), path });
}

/**
 * Where the complete rows are.
 *
 * @param {SectionModel} section
 */
export function sourceLine({ path, csv }) {
  const file = h('a', { href: path }, path);
  return h('p', { class: 'source' }, `${t('ui.completeFile')}: `, file, ' · ', h('a', { href: csv }, t('ui.asTable')));
}

/** What each column means, folded away. @param {SectionModel} section */
export function columnsNote(section) {
  const head = ['ui.column', 'ui.meaning', 'ui.origin', 'ui.givenUnder'].map((key) =>
    h('th', { scope: 'col' }, t(key)),
  );
  return h(
    'details',
    { class: 'meanings' },
    h('summary', null, t('ui.columns')),
    h(
      'div',
      { class: 'scroll', role: 'region', tabindex: 0, 'aria-label': t('ui.columns') },
      h('table', null, h('thead', null, h('tr', null, head)), h('tbody', null, section.columns.map(meaningRow))),
    ),
  );
}

/** @param {ColumnModel} column */
function meaningRow(column) {
  const meaning = column.added
    ? t('ui.addedMeaning')
    : column.undeclared
      ? t('ui.undeclared')
      : column.items.map(({ id, item }) => `${labelled('item', item)} (${id})`).join(', ') || t('ui.technicalMeaning');
  return h(
    'tr',
    null,
    h('th', { scope: 'row' }, columnTitle(column), h('code', null, column.name)),
    h('td', null, meaning),
    h('td', null, column.provenance === null ? '' : labelled('provenance', column.provenance)),
    h('td', null, column.article === null ? '' : t('ui.article', { article: column.article.replace('+', ' + ') })),
  );
}
