import HolidayCalendar from 'date-holidays';
import { addPeriod } from '../policy/calendar.ts';
import type { Holidays } from '../policy/deadline.ts';

const NONE: Holidays = new Set();
/** A deadline lies three months after its request at the latest, and moves on by days. */
const LONGEST = 'P4M';
const known = new Map<string, Holidays>();

/**
 * The public holidays of a country on which a deadline after `receivedAt` may end (Reg. 1182/71); none where the country is
 * not known. The calendar comes with the package: nothing is asked of a network.
 */
export function holidaysAfter(country: string | null, receivedAt: Date): Holidays {
  if (country === null) return NONE;
  const [first, last] = [receivedAt.getUTCFullYear(), addPeriod(receivedAt, LONGEST).getUTCFullYear()];
  return first === last ? holidaysOf(country, first) : holidaysOf(country, first).union(holidaysOf(country, last));
}

function holidaysOf(country: string, year: number): Holidays {
  const key = `${country}/${year}`;
  let found = known.get(key);
  if (found === undefined) {
    const days = new HolidayCalendar(country).getHolidays(year) || [];
    // Of each, the date as the calendar on the wall there has it.
    found = new Set(days.filter(({ type }) => type === 'public').map(({ date }) => date.slice(0, 10)));
    known.set(key, found);
  }
  return found;
}
