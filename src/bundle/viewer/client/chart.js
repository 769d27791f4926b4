import { h, svg } from './dom.js';
import { monthText } from './format.js';
import { figure, t } from './messages.js';

const HEIGHT = 160;
/** Bars grow to fill about this width where there are few. */
const WIDTH = 720;
const NARROWEST = 22;
const WIDEST = 52;
const GAP = 6;
const LEFT = 44;
const TOP = 12;
/** The most bars; earlier months are in the table. */
const BARS = 60;

/**
 * Calls by month as bars, with the same figures as a table for those who cannot see bars.
 *
 * @param {Readonly<Record<string, number>>} months
 */
export function callsChart(months) {
  const all = everyMonth(months);
  const bars = all.slice(-BARS);
  const most = bars.reduce((best, each) => (each.calls > best.calls ? each : best), bars[0] ?? { month: '', calls: 0 });
  const [first, last] = [bars[0], bars.at(-1)];
  if (first === undefined || last === undefined) return null;
  const description = t('ui.chart.description', {
    from: monthText(first.month),
    to: monthText(last.month),
    n: figure(most.calls),
    month: monthText(most.month),
  });
  return h(
    'figure',
    { class: 'chart' },
    h('figcaption', { id: 'chart-title' }, t('ui.chart')),
    h(
      'div',
      { class: 'bars', role: 'region', tabindex: 0, 'aria-labelledby': 'chart-title' },
      drawing(bars, most.calls, description),
    ),
    h(
      'details',
      null,
      h('summary', null, t('ui.chart.table')),
      h(
        'table',
        { class: 'figures' },
        h(
          'thead',
          null,
          h(
            'tr',
            null,
            h('th', { scope: 'col' }, t('ui.month')),
            h('th', { scope: 'col', class: 'figure' }, t('ui.calls')),
          ),
        ),
        h(
          'tbody',
          null,
          all.map(({ month, calls }) =>
            h('tr', null, h('th', { scope: 'row' }, monthText(month)), h('td', { class: 'figure' }, figure(calls))),
          ),
        ),
      ),
    ),
  );
}

/**
 * @param {readonly { month: string, calls: number }[]} bars
 * @param {number} most
 * @param {string} description
 */
function drawing(bars, most, description) {
  const bar = Math.min(WIDEST, Math.max(NARROWEST, Math.floor((WIDTH - LEFT) / bars.length) - GAP));
  const width = LEFT + bars.length * (bar + GAP) + GAP + 24;
  const top = niceTop(most);
  const y = (/** @type {number} */ calls) => TOP + HEIGHT - (calls / top) * HEIGHT;
  const lines = [...new Set([0, Math.round(top / 2), top])].map((calls) => [
    svg('line', { class: 'grid', x1: LEFT, x2: width - 24, y1: y(calls), y2: y(calls) }),
    svg('text', { class: 'axis', x: LEFT - 8, y: y(calls) + 4, 'text-anchor': 'end' }, figure(calls)),
  ]);
  const every = Math.max(1, Math.ceil(80 / (bar + GAP)));
  const columns = bars.map(({ month, calls }, index) => {
    const x = LEFT + GAP + index * (bar + GAP);
    const labelled = (bars.length - 1 - index) % every === 0;
    return [
      svg(
        'rect',
        { class: 'bar', x, y: y(calls), width: bar, height: TOP + HEIGHT - y(calls), rx: 2 },
        svg('title', {}, `${monthText(month)}: ${figure(calls)}`),
      ),
      labelled
        ? svg(
            'text',
            {
              class: 'axis',
              x: x + bar / 2,
              y: TOP + HEIGHT + 18,
              'text-anchor': 'middle',
            },
            monthText(month, 'short'),
          )
        : null,
    ];
  });
  return svg(
    'svg',
    {
      role: 'img',
      'aria-label': description,
      width,
      height: TOP + HEIGHT + 28,
      viewBox: `0 0 ${width} ${TOP + HEIGHT + 28}`,
    },
    lines.flat(),
    columns.flat(),
  );
}

/** Months without a call are there as well. @param {Readonly<Record<string, number>>} months */
function everyMonth(months) {
  const known = Object.keys(months)
    .filter((month) => /^\d{4}-\d{2}$/.test(month))
    .sort();
  const [first, last] = [known[0], known.at(-1)];
  /** @type {{ month: string, calls: number }[]} */
  const all = [];
  if (first === undefined || last === undefined) return all;
  const at = new Date(`${first}-01T00:00:00Z`);
  while (at.toISOString().slice(0, 7) <= last && all.length < 1200) {
    const month = at.toISOString().slice(0, 7);
    all.push({ month, calls: months[month] ?? 0 });
    at.setUTCMonth(at.getUTCMonth() + 1);
  }
  return all;
}

/** @param {number} most */
function niceTop(most) {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, most)));
  return [1, 2, 4, 5, 10].map((step) => step * power).find((step) => step >= most) ?? most;
}
