import { h } from './dom.js';
import { instantText } from './format.js';
import { labelled, t } from './messages.js';
import { valueNode } from './values.js';

/** @import { ColumnModel, SectionModel } from '../model.ts' */
/** @import { Row } from './values.js' */
/** @import { Sort } from './row-view.js' */

const FEW = 1000;

/**
 * What a column is called.
 *
 * @param {ColumnModel} column
 */
export function columnTitle({ name }) {
  return labelled('field', name);
}

/** @param {SectionModel} section */
export function hasRemarks({ columns }) {
  return columns.some(({ name }) => name === 'thirdParty' || name === 'retentionStatus');
}

/**
 * The columns to show: in a table the one that says when first, then in their order. Technical ones, and those that are empty in every
 * row known, only when asked for.
 *
 * @param {SectionModel} section
 * @param {readonly Row[]} rows
 * @param {boolean} all
 */
export function shownColumns({ anchor, columns, rows: total }, rows, all) {
  const [first, rest] = [columns.filter(({ name }) => name === anchor), columns.filter(({ name }) => name !== anchor)];
  const ordered = total === 1 ? columns : [...first, ...rest];
  const plain = ordered.filter((column) => all || !(column.technical || isEmpty(column, rows)));
  return plain.length === 0 ? ordered : plain;
}

/**
 * True where a few rows show that a column holds nothing; of many rows, it is not asked.
 *
 * @param {ColumnModel} column
 * @param {readonly Row[]} rows
 */
function isEmpty({ name }, rows) {
  return rows.length > 0 && rows.length <= FEW && rows.every((row) => row[name] === null || row[name] === undefined);
}

/**
 * The head of a table, whose parts say what they are even where a narrow screen shows rows as cards: every column can be sorted by, and says so.
 *
 * @param {readonly ColumnModel[]} columns
 * @param {boolean} remarks
 * @param {(name: string) => void} onSort
 */
export function tableHead(columns, remarks, onSort) {
  const heads = columns.map((column) =>
    h(
      'th',
      { scope: 'col', role: 'columnheader', 'data-column': column.name, class: isFigure(column) ? 'figure' : null },
      h(
        'button',
        { type: 'button', class: 'sort', onclick: () => onSort(column.name) },
        columnTitle(column),
        h('span', { class: 'arrow', 'aria-hidden': 'true' }),
      ),
    ),
  );
  // Second, where it is seen without moving the table.
  if (remarks)
    heads.splice(
      1,
      0,
      h('th', { scope: 'col', role: 'columnheader' }, h('span', { class: 'unsorted' }, t('ui.remarks'))),
    );
  return h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' }, heads));
}

/**
 * @param {HTMLTableElement} table
 * @param {Sort | null} sort
 */
export function markSort(table, sort) {
  for (const head of table.querySelectorAll('th[data-column]')) {
    if (sort !== null && head.getAttribute('data-column') === sort.column)
      head.setAttribute('aria-sort', sort.direction);
    else head.removeAttribute('aria-sort');
  }
}

/**
 * @param {readonly Row[]} rows
 * @param {readonly ColumnModel[]} columns
 * @param {boolean} remarks
 */
export function tableRows(rows, columns, remarks) {
  return rows.map((row) => {
    const cells = columns.map((column) =>
      h(
        'td',
        { class: cellClass(column), role: 'cell', 'data-label': columnTitle(column) },
        valueNode(row[column.name], column, row),
      ),
    );
    const marks = remarksOf(row);
    if (remarks)
      cells.splice(
        1,
        0,
        h(
          'td',
          { class: marks.length === 0 ? 'remarks bare' : 'remarks', role: 'cell', 'data-label': t('ui.remarks') },
          marks,
        ),
      );
    return h('tr', { role: 'row', class: row['retentionStatus'] === 'OVERDUE' ? 'overdue' : null }, cells);
  });
}

/**
 * A single row as a table of its columns: easier to read than one long line.
 *
 * @param {Row} row
 * @param {readonly ColumnModel[]} columns
 * @param {boolean} remarks
 */
export function recordRows(row, columns, remarks) {
  const marks = remarksOf(row);
  return h(
    'tbody',
    null,
    columns.map((column) =>
      h(
        'tr',
        null,
        h('th', { scope: 'row' }, columnTitle(column)),
        h('td', { class: cellClass(column) }, valueNode(row[column.name], column, row)),
      ),
    ),
    remarks && marks.length > 0
      ? h('tr', null, h('th', { scope: 'row' }, t('ui.remarks')), h('td', { class: 'remarks' }, marks))
      : null,
  );
}

/** What is to be said of a row, in words and not by colour alone. @param {Row} row */
function remarksOf(row) {
  const marks = [];
  if (row['retentionStatus'] === 'OVERDUE') {
    const until = row['retentionExpiresAt'];
    const title =
      typeof until === 'string' ? `${labelled('field', 'retentionExpiresAt')}: ${instantText(until) ?? until}` : null;
    marks.push(h('span', { class: 'badge late', title }, t('ui.badge.overdue')));
  }
  if (row['thirdParty'] === true) marks.push(h('span', { class: 'badge' }, t('ui.badge.thirdParty')));
  return marks;
}

/** @param {ColumnModel} column */
function cellClass(column) {
  if (isFigure(column)) return 'figure';
  return column.format === 'text' || column.format === 'json' || column.format === 'url' ? 'wide' : null;
}

/** @param {ColumnModel} column */
function isFigure({ format }) {
  return format === 'number' || format === 'amount';
}
