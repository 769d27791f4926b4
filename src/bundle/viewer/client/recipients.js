import { h } from './dom.js';
import { codeText, NO_TIME, periodText } from './format.js';
import { known, labelled, listed, t } from './messages.js';

/** @import { InformationModel, RuleModel } from '../model.ts' */

/** @param {InformationModel} information */
export function recipients({ recipients: list, recipientsWithoutData: without }) {
  const rows = list.map(({ name, named, country: code, safeguard }) =>
    h(
      'tr',
      null,
      h('th', { scope: 'row' }, name, named ? null : h('span', { class: 'line quiet' }, t('info.unnamed'))),
      h('td', null, code === null ? t('info.notStated') : country(code)),
      h('td', null, safeguard === null ? t('info.notStated') : h('span', { lang: 'en' }, safeguard)),
    ),
  );
  return [
    rows.length === 0
      ? h('p', null, t('info.noRecipients'))
      : h(
          'div',
          { class: 'scroll', role: 'region', tabindex: 0, 'aria-label': t('info.c') },
          h(
            'table',
            null,
            h(
              'thead',
              null,
              h(
                'tr',
                null,
                ['info.recipient', 'info.country', 'info.safeguard'].map((key) => h('th', { scope: 'col' }, t(key))),
              ),
            ),
            h('tbody', null, rows),
          ),
        ),
    without.length === 0 ? null : h('p', null, `${t('info.withoutData')} ${listed(without)}.`),
  ];
}

/** @param {InformationModel} information */
export function transfers({ transfers: told }) {
  if (told === null) return h('p', null, t('info.notStated'));
  return [
    h(
      'p',
      null,
      told.countries.length === 0
        ? t('info.transfers.none')
        : t('info.transfers.countries', { countries: listed(told.countries.map(country)) }),
    ),
    h('p', null, `${t('info.transfers.safeguards')} `, h('span', { lang: 'en' }, told.safeguards)),
  ];
}

/** @param {InformationModel} information */
export function retention({ retention: list }) {
  return h(
    'div',
    { class: 'scroll', role: 'region', tabindex: 0, 'aria-label': t('info.d') },
    h(
      'table',
      null,
      h(
        'thead',
        null,
        h('tr', null, h('th', { scope: 'col' }, t('ui.what')), h('th', { scope: 'col' }, t('info.period'))),
      ),
      h(
        'tbody',
        null,
        list.map(({ items, rules }) =>
          h(
            'tr',
            null,
            h('th', { scope: 'row' }, names(items)),
            h(
              'td',
              null,
              rules.length === 0
                ? t('ret.open')
                : rules.flatMap((rule, index) => [index === 0 ? null : `; ${t('ret.then')} `, ruleText(rule)]),
            ),
          ),
        ),
      ),
    ),
  );
}

/** @param {RuleModel} rule */
function ruleText(rule) {
  switch (rule.kind) {
    case 'WHILE':
      return known(`ret.while.${rule.until}`) ? t(`ret.while.${rule.until}`) : h('span', { lang: 'en' }, rule.text);
    case 'OPEN':
      return rule.text === null ? t('ret.open') : h('span', { lang: 'en' }, rule.text);
    case 'AFTER': {
      const main = t(rule.max && rule.period !== NO_TIME ? 'ret.upTo' : 'ret.expires', {
        period: periodText(rule.period),
        trigger: labelled('trigger', rule.trigger),
      });
      const clauses = [main, rule.own ? t('ret.own') : '', rule.law === null ? '' : t('ret.law', { law: rule.law })];
      return clauses.filter((each) => each !== '').join(', ') + (rule.assumed ? ` (${t('ret.assumed')})` : '');
    }
    default:
      return rule;
  }
}

/** @param {readonly string[]} items */
export function names(items) {
  return listed([...new Set(items.map((item) => labelled('item', item)))]);
}

/** @param {string} code */
export function country(code) {
  return /^[A-Z]{2}$/.test(code) ? codeText('region', code) : code;
}
