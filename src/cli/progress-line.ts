/** One line on a terminal that is drawn over itself; silent where the output is no terminal. */
export interface ProgressLine {
  show(done: number, of?: number): void;
  clear(): void;
}

const INTERVAL_MS = 100;

/** A progress line for counts of `unit`, on standard error. */
export function progressLine(unit: string): ProgressLine {
  if (!process.stderr.isTTY) return { show: () => {}, clear: () => {} };
  let last = 0;
  return {
    show(done, of) {
      const now = performance.now();
      if (now - last < INTERVAL_MS) return;
      last = now;
      const share =
        of === undefined || of === 0 ? '' : ` of ${of.toLocaleString('en')} (${Math.floor((100 * done) / of)} %)`;
      process.stderr.write(`\r\x1b[K${done.toLocaleString('en')}${share} ${unit}`);
    },
    clear: () => void process.stderr.write('\r\x1b[K'),
  };
}
