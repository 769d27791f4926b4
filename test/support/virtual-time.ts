import { setTimeout as sleep } from 'node:timers/promises';
import { vi } from 'vitest';

/** Timers that stand still until `passUntil`; sockets, files and immediates go on. */
export interface VirtualTime extends Disposable {
  /** Lets time pass, `step` seconds at a time, until the promise has settled. Returns how many seconds that took. */
  passUntil(settled: Promise<unknown>, step?: number): Promise<number>;
}

/** Real time between two steps: what one sets off is done before the next. */
const REST_MS = 10;

export function stopTime(): VirtualTime {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  return {
    async passUntil(settled, step = 1) {
      let isSettled = false;
      const settle = (): void => void (isSettled = true);
      settled.then(settle, settle);
      for (let seconds = 0; ; seconds += step) {
        await sleep(REST_MS);
        if (isSettled) return seconds;
        vi.advanceTimersByTime(step * 1000);
      }
    },
    [Symbol.dispose]: () => void vi.useRealTimers(),
  };
}
