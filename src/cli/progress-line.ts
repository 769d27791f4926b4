/** One line on a terminal that is drawn over itself; silent where the output is no terminal. */
export interface ProgressLine {
  show(done: number, of?: number): void;
  clear(): void;
}

const INTERVAL_MS = 100;
const WIDTH = 24;

/** A progress line, with a bar where the end is known, for counts of `unit`, on standard error. */
export function progressLine(unit: string): ProgressLine {
  if (!process.stderr.isTTY) return { show: () => {}, clear: () => {} };
  let last = 0;
  return {
    show(done, of) {
      const now = performance.now();
      if (now - last < INTERVAL_MS) return;
      last = now;
      const isKnown = of !== undefined && of > 0;
      const bar = isKnown ? `${barOf(done / of)} ` : '';
      const share = isKnown ? ` of ${of.toLocaleString('en')} (${Math.floor((100 * done) / of)} %)` : '';
      process.stderr.write(`\r\x1b[K${bar}${done.toLocaleString('en')}${share} ${unit}`);
    },
    clear: () => void process.stderr.write('\r\x1b[K'),
  };
}

function barOf(share: number): string {
  const full = Math.min(WIDTH, Math.floor(WIDTH * share));
  return `[${'#'.repeat(full)}${'.'.repeat(WIDTH - full)}]`;
}
