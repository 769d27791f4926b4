import type { Policy } from '../gateway/policy.ts';
import type { Speech } from './speech.ts';

type Rule = Policy['retention'][number];

/** One rule of the policy in words: until when something is kept, and what of it is assumed. */
export function retentionText(speech: Speech, rule: Rule): string {
  const { period, trigger, max, triggerStated, kind, text } = rule;
  const { word } = speech;
  if (period === null) {
    if (kind === 'NONE') return word('ret', 'open');
    return trigger === null ? (text ?? word('ret', 'open')) : word('ret.while', trigger, text ?? trigger);
  }
  const time = periodText(speech, period);
  const kept = word('ret', max === true && time !== null ? 'upTo' : 'expires')
    .replace('{period}', time ?? word('ret', 'atOnce'))
    .replace('{trigger}', word('trigger', trigger ?? ''));
  const active =
    text === null || trigger === null ? '' : `${word('ret.while', trigger, text)}, ${word('ret', 'then')} `;
  return `${active}${kept}${triggerStated === false ? ` (${word('ret', 'assumed')})` : ''}`;
}

const UNITS = ['year', 'month', 'week', 'day'] as const;

/** A duration of ISO 8601 in whole years, months, weeks and days; null for none at all. */
function periodText({ locale, list }: Speech, iso: string): string | null {
  const found = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T0S)?$/.exec(iso);
  if (found === null) return iso;
  const parts = UNITS.flatMap((unit, index) => {
    const amount = found[index + 1];
    const format = new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' });
    return amount === undefined ? [] : [format.format(Number(amount))];
  });
  return parts.length === 0 ? null : list(parts);
}
