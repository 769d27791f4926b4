import { Temporal } from 'temporal-polyfill';
import { CarryallError } from '../errors.ts';

/** Adds an ISO 8601 duration to an instant: calendar arithmetic in UTC, the day clamped to the month's end. */
export function addPeriod(instant: Date, period: string): Date {
  const start = Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO('UTC');
  return new Date(start.add(periodOf(period), { overflow: 'constrain' }).epochMilliseconds);
}

/** The UTC calendar date of an instant, as YYYY-MM-DD. */
export function dateOf(instant: Date): string {
  return instant.toISOString().slice(0, 10);
}

/** A row's own period may come from a database or an import, so it is checked where it is used. */
function periodOf(period: string): Temporal.Duration {
  let duration: Temporal.Duration;
  try {
    duration = Temporal.Duration.from(period);
  } catch (cause) {
    throw new CarryallError(
      'BAD_INPUT',
      `Expected an ISO 8601 duration such as P30D, got ${JSON.stringify(period.slice(0, 40))}.`,
      { cause },
    );
  }
  if (duration.sign < 0)
    throw new CarryallError('BAD_INPUT', `Expected a duration that is not negative, got ${period}.`);
  return duration;
}
