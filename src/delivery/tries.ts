/** After a day and a half of trying it is given up. */
export const MOST_TRIES = 12;

const SHORTEST_WAIT_MS = 15_000;
const LONGEST_WAIT_MS = 6 * 3600 * 1000;

/** When what has failed so many times is tried again: each time after twice as long. */
export function nextTry(now: Date, failures: number): Date {
  return new Date(now.getTime() + Math.min(LONGEST_WAIT_MS, SHORTEST_WAIT_MS * 2 ** (failures - 1)));
}
