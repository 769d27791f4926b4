import { h } from './dom.js';
import { periodText } from './format.js';
import { known, labelled, listed, t } from './messages.js';
import { country, names, recipients, retention, transfers } from './recipients.js';
import { contactLink } from './summary.js';

/** @import { ViewerModel, InformationModel } from '../model.ts' */
/** @import { Child } from './dom.js' */

/**
 * The information of Art. 15(1) and (2), in its order and in plain words.
 *
 * @param {ViewerModel} model
 * @param {InformationModel} information
 */
export function informationPart(model, information) {
  const { operator } = model;
  return h(
    'section',
    { 'aria-labelledby': 'information', class: 'information' },
    h('h2', { id: 'information' }, t('ui.info')),
    h('p', null, t(information.processed ? 'ui.processed' : 'ui.nothing', { operator }), ' ', t('ui.info.hint')),
    part('info.controller', null, responsible(model)),
    information.otherControllers.length === 0
      ? null
      : part(
          'info.others',
          null,
          h('p', null, t('info.others.text', { parties: listed(information.otherControllers) })),
        ),
    part('info.a', 'a', [
      h(
        'ul',
        null,
        information.purposes.map(({ quote: words, categories }) =>
          h(
            'li',
            null,
            quote(words),
            h('span', { class: 'line quiet' }, listed(categories.map((each) => labelled('category', each)))),
          ),
        ),
      ),
      ...bases(information),
    ]),
    part(
      'info.b',
      'b',
      h(
        'dl',
        { class: 'pairs' },
        information.categories.flatMap(({ category, items }) => [
          h('dt', null, labelled('category', category)),
          h('dd', null, names(items)),
        ]),
      ),
    ),
    part('info.c', 'c', recipients(information)),
    part('info.transfers', null, transfers(information)),
    part('info.d', 'd', retention(information)),
    part('info.e', 'e', [
      rights(information),
      h(
        'p',
        null,
        information.responseTime === null
          ? t('info.answer.month')
          : t('info.answer.period', { period: periodText(information.responseTime) }),
      ),
    ]),
    part('info.f', 'f', complaints(model)),
    part('info.g', 'g', [
      h(
        'dl',
        { class: 'pairs' },
        information.sources.flatMap(({ provenance, items }) => [
          h('dt', null, labelled('provenance', provenance)),
          h('dd', null, names(items)),
        ]),
      ),
      information.systems.length === 0
        ? null
        : h(
            'p',
            null,
            `${t('info.g.list')} `,
            h('bdi', { class: 'exact' }, information.systems.join(', ')),
            `. ${t('info.g.systems', { column: labelled('field', 'sourceSystem') })}`,
          ),
    ]),
    part('info.h', 'h', [
      h('p', null, t('info.h.none')),
      information.inferences.length === 0 ? null : h('p', null, t('info.h.profiling')),
      information.inferences.length === 0
        ? null
        : h(
            'ul',
            null,
            information.inferences.map(({ item, quote: words }) =>
              h('li', null, `${labelled('item', item)}: `, quote(words)),
            ),
          ),
      information.inferences.length === 0 ? null : h('p', { class: 'quiet' }, t('info.h.logic')),
    ]),
    part('info.fee', null, h('p', null, t('info.fee.FREE'))),
    information.assumptions.length === 0
      ? null
      : part('info.assumptions', null, [
          h('p', null, t('info.assumptions.text')),
          h(
            'ul',
            null,
            information.assumptions.map((each) => h('li', { lang: 'en' }, each)),
          ),
        ]),
  );
}

/**
 * @param {string} key
 * @param {string | null} letter
 * @param {Child} content
 */
function part(key, letter, content) {
  return h(
    'div',
    { class: 'part', id: letter === null ? null : `info-${letter}` },
    h(
      'h3',
      null,
      t(key),
      letter === null ? null : h('span', { class: 'law' }, t('ui.article', { article: `15(1)(${letter})` })),
    ),
    content,
  );
}

/** The policy's own words. @param {string} text */
function quote(text) {
  return h('q', { lang: 'en' }, text);
}

/** @param {ViewerModel} model */
function responsible({ controller, contact, operator }) {
  const parts = [
    controller.name,
    controller.registration,
    controller.address,
    controller.country === null ? null : country(controller.country),
  ];
  const address = contact.email ?? contact.text;
  return [
    h('p', { dir: 'auto' }, parts.filter((each) => each !== null).join(', ')),
    known(`info.controller.${controller.status}`)
      ? h('p', { class: 'quiet' }, t(`info.controller.${controller.status}`))
      : null,
    h(
      'p',
      null,
      `${t('info.contact')}: `,
      address === null ? t('info.notStated') : contactLink(address),
      contact.subjectLine === null ? null : ` ${t('info.subjectLine', { text: contact.subjectLine })}`,
      contact.postalAddress === null ? null : `, ${contact.postalAddress}`,
      contact.website === null ? null : `, ${contact.website}`,
    ),
    known(`info.contact.${contact.status}`)
      ? h('p', { class: 'quiet' }, t(`info.contact.${contact.status}`, { operator }))
      : null,
  ];
}

/** @param {InformationModel} information */
function bases({ bases: list }) {
  if (list.length === 0) return [];
  return [
    h('h4', null, t('info.bases')),
    h(
      'ul',
      null,
      list.map(({ article, status }) => {
        const ground = article === '' ? '' : `${t(`info.basis.${article}`)} (${t('ui.article', { article })})`;
        const remark = known(`info.basis.${status}`) ? t(`info.basis.${status}`) : '';
        return h(
          'li',
          null,
          ground,
          ground !== '' && remark !== '' ? h('span', { class: 'quiet' }, `, ${remark}`) : remark,
        );
      }),
    ),
  ];
}

/** @param {InformationModel} information */
function rights({ rights: list }) {
  return h(
    'dl',
    { class: 'pairs' },
    list.flatMap(({ right, article, quote: words }) => [
      h('dt', null, labelled('right', right), h('span', { class: 'law' }, t('ui.article', { article }))),
      h(
        'dd',
        null,
        known(`right.${right}.text`) ? `${t(`right.${right}.text`)} ` : null,
        words === null ? h('span', { class: 'quiet' }, t('info.statutory')) : quote(words),
      ),
    ]),
  );
}

/** @param {ViewerModel} model */
function complaints({ authority }) {
  const parts = [
    authority.name,
    authority.postalAddress,
    authority.phone,
    authority.website,
    authority.country === null ? null : country(authority.country),
  ];
  const stated = parts.filter((each) => each !== null);
  return [
    h('p', null, t('info.f.text')),
    h('p', { dir: 'auto' }, stated.length === 0 ? t('info.f.NONE') : stated.join(', ')),
  ];
}
