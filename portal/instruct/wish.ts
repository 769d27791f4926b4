import type { MessageKey } from '../language/messages.ts';

/** An instruction as it stands in the form. */
export interface Wish {
  readonly organisation: string;
  readonly items: readonly string[];
  readonly purpose: string;
  /** Days, as a field of a date has them; the last one is included. Empty for an instruction without an end. */
  readonly from: string;
  readonly until: string;
  readonly exportAllowed: boolean;
  readonly document: string;
}

/** As the gateway has it. */
const MOST_ITEMS = 50;
const LONGEST_DOCUMENT = 200;

export type Faults = { readonly [F in keyof Wish]?: MessageKey };

/** Everything that keeps an instruction from being recorded, by its field. */
export function faultsOf(wish: Wish, isDocumentNeeded: boolean): Faults {
  const { organisation, items, from, until, document } = wish;
  const length = Array.from(document.trim()).length;
  return {
    ...(organisation.trim() === '' && { organisation: 'instruct.faultOrganisation' }),
    ...((items.length === 0 || items.length > MOST_ITEMS) && { items: 'instruct.faultItems' }),
    ...(from === '' && { from: 'instruct.faultFrom' }),
    ...(until !== '' && until < from && { until: 'instruct.faultUntil' }),
    ...(isDocumentNeeded && length === 0 && { document: 'instruct.faultDocument' }),
    ...(length > LONGEST_DOCUMENT && { document: 'instruct.faultLong' }),
  };
}

/** The day of an instant where the browser is. */
export function dayOf(instant: Date): string {
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${instant.getFullYear()}-${two(instant.getMonth() + 1)}-${two(instant.getDate())}`;
}

/** The last day of a span that ends with the first moment after it. */
export function lastDayOf(until: string): string {
  return new Date(Date.parse(until) - 1).toISOString();
}

/** From the first moment of one day to the first moment after the other, where the browser is. */
export function spanOf({ from, until }: Pick<Wish, 'from' | 'until'>): {
  readonly from: string;
  readonly until: string | null;
} {
  const begin = new Date(`${from}T00:00:00`);
  if (until === '') return { from: begin.toISOString(), until: null };
  const end = new Date(`${until}T00:00:00`);
  end.setDate(end.getDate() + 1);
  return { from: begin.toISOString(), until: end.toISOString() };
}
