import { h } from './dom.js';
import { informationPart } from './information.js';
import { counted, figure, language, LANGUAGE_NAMES, t, titled, useLanguage } from './messages.js';
import { filePart, missingPart } from './missing.js';
import { Panel } from './panel.js';
import { summaryPart } from './summary.js';

/** @import { ViewerModel } from '../model.ts' */
/** @import { Language } from '../../../languages.ts' */

/** The whole page; drawn anew in another language, while what was opened stays open. */
export class Page {
  #model;
  /** @type {readonly Panel[]} */
  #panels;
  #root;
  /** Panels that were opened for paper only. @type {readonly Panel[]} */
  #forPrint = [];

  /**
   * @param {ViewerModel} model
   * @param {HTMLElement} root
   */
  constructor(model, root) {
    this.#model = model;
    this.#root = root;
    this.#panels = model.sections.map((section) => new Panel(section));
    // A page of one or two tables needs no opening.
    if (this.#panels.length <= 2) for (const panel of this.#panels) panel.open = true;
  }

  draw() {
    const { operator, information } = this.#model;
    document.title = t('ui.title', { operator });
    this.#root.replaceChildren(
      h('a', { class: 'skip', href: '#content' }, t('ui.skip')),
      this.#header(),
      h(
        'div',
        { class: 'frame' },
        this.#contents(),
        h(
          'main',
          { id: 'content', tabindex: -1 },
          summaryPart(this.#model, (id) => this.openSection(id)),
          this.#data(),
          information === null ? null : informationPart(this.#model, information),
          missingPart(this.#model),
          filePart(this.#model),
        ),
      ),
    );
  }

  /** @param {string} id */
  openSection(id) {
    const panel = this.#panels.find(({ section }) => section.id === id);
    if (panel === undefined) return;
    panel.toggle(true);
    document.getElementById(panel.heading)?.focus();
  }

  /** Opens what is closed, so that paper has all of it. */
  async openForPrint() {
    if (this.#forPrint.length > 0) return;
    this.#forPrint = this.#panels.filter(({ open }) => !open);
    await Promise.all(this.#panels.map((panel) => panel.forPrint()));
  }

  closeAfterPrint() {
    for (const panel of this.#forPrint) panel.toggle(false);
    this.#forPrint = [];
  }

  #header() {
    const { operator } = this.#model;
    const choice = h(
      'select',
      {
        id: 'language',
        onchange: (event) => {
          useLanguage(/** @type {Language} */ (/** @type {HTMLSelectElement} */ (event.target).value), this.#model);
          this.draw();
          document.getElementById('language')?.focus();
        },
      },
      Object.entries(LANGUAGE_NAMES).map(([code, name]) =>
        h('option', { value: code, lang: code, selected: code === language() }, name),
      ),
    );
    const print = async () => {
      await this.openForPrint();
      window.print();
    };
    return h(
      'header',
      null,
      h(
        'div',
        { class: 'bar' },
        h('h1', null, t('ui.title', { operator })),
        h(
          'div',
          { class: 'actions' },
          h('label', { for: 'language' }, t('ui.language')),
          choice,
          h('button', { type: 'button', onclick: () => void print() }, t('ui.print')),
        ),
      ),
    );
  }

  #contents() {
    const { sections, information } = this.#model;
    const link = (/** @type {string} */ id, /** @type {string} */ text) => h('a', { href: `#${id}` }, text);
    const list = h(
      'ol',
      null,
      h('li', null, link('summary', t('ui.summary'))),
      h(
        'li',
        null,
        link('data', t('ui.data')),
        h(
          'ol',
          null,
          sections.map(({ id, title, rows }) =>
            h(
              'li',
              null,
              h(
                'a',
                { href: `#data-${id}`, onclick: () => this.openSection(id) },
                h('span', null, titled(title)),
                h('span', { class: 'count', 'aria-hidden': 'true' }, figure(rows)),
                h('span', { class: 'unseen' }, ` (${counted('ui.records', rows)})`),
              ),
            ),
          ),
        ),
      ),
      information === null ? null : h('li', null, link('information', t('ui.info'))),
      h('li', null, link('missing', t('ui.notHere'))),
      h('li', null, link('file', t('ui.file'))),
    );
    const wide = window.matchMedia('(min-width: 64rem)').matches;
    return h(
      'nav',
      { class: 'contents', 'aria-label': t('ui.contents') },
      h('details', { open: wide }, h('summary', null, t('ui.contents')), list),
    );
  }

  #data() {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const all = (/** @type {boolean} */ open) => () => {
      for (const panel of this.#panels) panel.toggle(open);
    };
    return h(
      'section',
      { 'aria-labelledby': 'data' },
      h('h2', { id: 'data' }, t('ui.data')),
      h(
        'div',
        { class: 'hint' },
        h('p', null, t('ui.data.hint', { zone })),
        h(
          'div',
          { class: 'actions' },
          h('button', { type: 'button', onclick: all(true) }, t('ui.openAll')),
          h('button', { type: 'button', onclick: all(false) }, t('ui.closeAll')),
        ),
      ),
      this.#panels.map((panel) => panel.render()),
    );
  }
}
