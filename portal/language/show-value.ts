import { fieldName } from './field-name.ts';
import type { Speech } from './speech.ts';

/** A value of a record as text, by the type that its column has in the gateway's schema. */
export function showValue(speech: Speech, type: string, value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map((each) => showValue(speech, type, each)).join(', ');
  switch (type) {
    case 'DateTime':
      return speech.moment(textOf(value));
    case 'Word':
    case 'Locale':
      return speech.word('word', textOf(value));
    case 'Boolean':
      return speech.t(value === true ? 'dataset.yes' : 'dataset.no');
    case 'Int':
    case 'Float':
    case 'Long':
      return speech.figure(Number(value));
    case 'Seconds':
      return new Intl.NumberFormat(speech.locale, { style: 'unit', unit: 'second', unitDisplay: 'short' }).format(
        Number(value),
      );
    case 'Money':
      return money(speech, value);
    default:
      return typeof value === 'object' ? facts(speech, value) : textOf(value);
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Money is told in minor units, of which a currency has as many as it has. */
function money({ locale }: Speech, value: unknown): string {
  const { amountMinor: minor, currency } = value as Readonly<Record<string, unknown>>;
  if (minor === null || minor === undefined || typeof currency !== 'string') return '';
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency });
  return format.format(Number(minor) / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}

/** What has parts, as its parts. */
function facts(speech: Speech, value: object): string {
  if ('amountMinor' in value) return money(speech, value);
  return Object.entries(value)
    .filter(([key, part]) => part !== null && part !== '' && !UNTOLD.has(key))
    .map(([key, part]) => `${fieldName(speech, key)}: ${showValue(speech, typeOfPart(part), part)}`)
    .join(' · ');
}

/** Parts that say nothing beside the others. */
const UNTOLD: ReadonlySet<string> = new Set(['id', 'sourceSystem']);

/** A part comes without the type that it has in the schema: its form tells it. */
function typeOfPart(part: unknown): string {
  if (typeof part === 'boolean') return 'Boolean';
  if (typeof part !== 'string') return 'JSON';
  if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(part)) return 'DateTime';
  return /^[A-Z][A-Z_]+$/.test(part) ? 'Word' : 'JSON';
}
