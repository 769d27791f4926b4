import { Temporal } from 'temporal-polyfill';
import { addPeriod, dateOf } from './calendar.ts';
import type { Policy } from './schema.ts';

/** Public holidays as YYYY-MM-DD. */
export type Holidays = ReadonlySet<string>;

/** When an answer is due, and who set that date. */
export interface Deadline {
  readonly at: Date;
  readonly source: 'POLICY' | 'STATUTE';
  readonly statutoryAt: Date;
  readonly policyAt: Date | null;
}

const NONE: Holidays = new Set();

/**
 * The earlier of the policy's promise and the statutory month (Art. 12(3); trap X60).
 * Reg. (EEC, Euratom) 1182/71: a month ends on the same date or the last day of a shorter month, and an end on a
 * weekend or public holiday moves on to the next working day. The policy's own promise never moves.
 */
export function deadlineOf(policy: Policy, receivedAt: Date, holidays: Holidays = NONE): Deadline {
  const statutoryAt = nextWorkingDay(addPeriod(receivedAt, 'P1M'), holidays);
  const { responseTime } = policy.header;
  const policyAt = responseTime.status === 'STATED' ? addPeriod(receivedAt, responseTime.period) : null;
  const promised = policyAt !== null && policyAt.getTime() < statutoryAt.getTime();
  return promised
    ? { at: policyAt, source: 'POLICY', statutoryAt, policyAt }
    : { at: statutoryAt, source: 'STATUTE', statutoryAt, policyAt };
}

/** When an answer is due. */
export function dueAt(policy: Policy, receivedAt: Date, holidays: Holidays = NONE): Date {
  return deadlineOf(policy, receivedAt, holidays).at;
}

/** The latest answer after an extension by two further months; its reasons are due within the first month. */
export function extendedDueAt(receivedAt: Date, holidays: Holidays = NONE): Date {
  return nextWorkingDay(addPeriod(receivedAt, 'P3M'), holidays);
}

function nextWorkingDay(instant: Date, holidays: Holidays): Date {
  let day = instant;
  while (isDayOff(day, holidays)) day = addPeriod(day, 'P1D');
  return day;
}

function isDayOff(instant: Date, holidays: Holidays): boolean {
  const date = dateOf(instant);
  return Temporal.PlainDate.from(date).dayOfWeek > 5 || holidays.has(date);
}
