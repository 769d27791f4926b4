import { h } from './dom.js';
import { labelled, t, titled } from './messages.js';
import {
  columnsNote,
  limitNote,
  PAGE_ROWS,
  pager,
  panelHeading,
  showPage,
  showPrinted,
  searchField,
  sourceLine,
  statusText,
  technicalBox,
} from './panel-parts.js';
import { hasRemarks, markSort, recordRows, shownColumns, tableHead, tableRows } from './record-table.js';
import { RowStore } from './row-store.js';
import { RowView } from './row-view.js';

/** @import { ColumnModel, SectionModel } from '../model.ts' */
/** @import { Step } from './panel-parts.js' */
/** @import { Sort } from './row-view.js' */
/** @import { Row } from './values.js' */

/** Rows made ready for a search at a time, so that the page answers in between. */
const PREPARED_ROWS = 5000;

/** One dataset: closed it shows its name and its count, open its rows. It outlives a change of language. */
export class Panel {
  open = false;
  #query = '';
  #technical = false;
  #page = 1;
  /** @type {Sort | null} */
  #sort;
  #store;
  #view;
  /** @type {readonly Row[]} */
  #found = [];
  /** @type {HTMLElement | null} */
  #element = null;
  /** @type {readonly ColumnModel[]} */
  #columns = [];
  /** Announced once, when the reader's own act is done. */
  #said = '';

  /** @param {SectionModel} section */
  constructor(section) {
    this.section = section;
    this.#sort = section.anchor === null ? null : { column: section.anchor, direction: 'descending' };
    this.#store = new RowStore(section);
    this.#view = new RowView(section.columns);
    this.#store.onChange = () => this.#onRows();
  }

  get heading() {
    return `data-${this.section.id}`;
  }

  /** The element in the present language, with what was open, searched and sorted. */
  render() {
    const { section } = this;
    const title = titled(section.title);
    this.#element = h(
      'section',
      { class: 'panel', 'aria-labelledby': this.heading },
      panelHeading(section, title, this.open, () => this.toggle(!this.open)),
      h('div', { id: `body-${section.id}`, class: 'body', hidden: !this.open }),
    );
    if (this.open) this.#fill();
    return this.#element;
  }

  /** @param {boolean} open */
  toggle(open) {
    this.open = open;
    this.#element?.querySelector('button')?.setAttribute('aria-expanded', String(open));
    const body = this.#body();
    if (body === null) return;
    body.hidden = !open;
    if (open && body.childElementCount === 0) this.#fill();
  }

  /** The first rows, for paper. */
  async forPrint() {
    this.toggle(true);
    this.#page = 1;
    await this.#store.load();
    this.#update();
    for (const fold of this.#body()?.querySelectorAll('details.fold') ?? []) fold.setAttribute('open', '');
  }

  #body() {
    return /** @type {HTMLElement | null} */ (this.#element?.querySelector('.body') ?? null);
  }

  #isRecord() {
    return this.section.rows === 1;
  }

  #fill() {
    const { section } = this;
    const title = titled(section.title);
    // Rows that stand in the page are there at once, and tell which columns are empty.
    if (section.chunks === 0) void this.#store.load();
    this.#columns = shownColumns(section, section.chunks === 0 ? this.#store.rows : [], this.#technical);
    const columns = this.#columns;
    const remarks = hasRemarks(section);
    const caption = h('caption', { class: 'unseen' }, title);
    const table = this.#isRecord()
      ? h('table', { class: 'record' }, caption)
      : h(
          'table',
          { class: 'rows', role: 'table' },
          caption,
          tableHead(columns, remarks, (name) => this.#sortBy(name)),
          h('tbody', { role: 'rowgroup' }),
        );
    this.#body()?.replaceChildren(
      this.#tools(title),
      h('p', { class: 'status', role: 'status' }),
      h('div', { class: 'scroll', role: 'region', tabindex: 0, 'aria-label': title }, table),
      pager(title, (step) => this.#goTo(this.#target(step))),
      h('p', { class: 'printed' }, ''),
      columnsNote(section),
      sourceLine(section),
    );
    if (this.#store.state === 'ready') this.#update();
    else void this.#store.load();
  }

  /** @param {string} title */
  #tools(title) {
    const { section } = this;
    const search = searchField(section, title, this.#query, (query) => {
      this.#query = query;
      this.#page = 1;
      this.#said = '';
      this.#update();
    });
    const technical = technicalBox(this.#technical, (on) => {
      this.#technical = on;
      this.#fill();
      /** @type {HTMLElement | null | undefined} */ (this.#body()?.querySelector('input[type=checkbox]'))?.focus();
    });
    const hides = this.#technical || this.#columns.length < section.columns.length;
    const parts = [limitNote(section), this.#isRecord() ? null : search, hides ? technical : null];
    return h('div', { class: 'tools' }, parts);
  }

  #pages() {
    return Math.max(1, Math.ceil(this.#found.length / PAGE_ROWS));
  }

  /** @param {Step} step */
  #target(step) {
    switch (step) {
      case 'first':
        return 1;
      case 'previous':
        return this.#page - 1;
      case 'nextPage':
        return this.#page + 1;
      case 'last':
        return this.#pages();
      default:
        return step;
    }
  }

  /** @param {number} page */
  #goTo(page) {
    if (page < 1 || page > this.#pages()) return;
    this.#page = page;
    this.#said = '';
    this.#show();
    this.#body()?.querySelector('.scroll')?.scrollTo({ top: 0 });
  }

  /** @param {string} name */
  #sortBy(name) {
    const turned = this.#sort?.column === name && this.#sort.direction === 'ascending';
    this.#sort = { column: name, direction: turned ? 'descending' : 'ascending' };
    this.#page = 1;
    this.#said = t(`ui.sorted.${this.#sort.direction}`, { column: labelled('field', name) });
    this.#update();
  }

  #onRows() {
    const loading = this.#store.state === 'loading';
    if (!this.open) return;
    // While more is coming, the first rows stay put: they are the newest already.
    if (loading && this.#found.length > 0 && this.#query === '') this.#status();
    else this.#update();
    if (this.#store.state === 'ready' && !this.#isRecord()) this.#prepare();
  }

  #prepare() {
    setTimeout(() => {
      if (!this.#view.prepare(PREPARED_ROWS)) this.#prepare();
    });
  }

  /** Searches and sorts again, and shows the page. */
  #update() {
    this.#found = this.#view.select(this.#store.rows, this.#query, this.#sort);
    this.#page = Math.min(this.#page, this.#pages());
    this.#show();
  }

  #show() {
    const body = this.#body();
    const table = body?.querySelector('table');
    if (body === null || table === null || table === undefined) return;
    const columns = this.#columns;
    const remarks = hasRemarks(this.section);
    const start = (this.#page - 1) * PAGE_ROWS;
    const rows = this.#found.slice(start, start + PAGE_ROWS);
    const [first] = rows;
    if (this.#isRecord()) table.tBodies[0]?.remove();
    if (this.#isRecord() && first !== undefined) table.append(recordRows(first, columns, remarks));
    else if (!this.#isRecord()) table.tBodies[0]?.replaceChildren(...tableRows(rows, columns, remarks));
    markSort(table, this.#sort);
    showPage(body, this.#page, this.#pages());
    this.#status();
    showPrinted(body, this.section, rows.length);
  }

  #status() {
    const status = this.#body()?.querySelector('.status') ?? null;
    if (status === null) return;
    status.textContent = statusText({
      said: this.#said,
      store: this.#store,
      searching: this.#query.trim() !== '',
      found: this.#found.length,
      page: this.#page,
    });
    status.classList.toggle('failed', this.#store.state === 'failed');
  }
}
