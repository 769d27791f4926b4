/**
 * Calls `act` after `ms`, unless disposed before. What came in while the process could not run (a suspended machine, a
 * long computation) is handled first, so that it is not taken for silence.
 */
export function after(ms: number, act: () => void): Disposable {
  let last: NodeJS.Immediate | undefined;
  // Timers run before the sockets are read, immediates after.
  const timer = setTimeout(() => (last = setImmediate(act)), ms);
  return {
    [Symbol.dispose]() {
      clearTimeout(timer);
      clearImmediate(last);
    },
  };
}

/** A limit in words, for messages: `200 ms`, `30 s`, `5 min`. */
export function inWords(ms: number): string {
  if (ms < 1000) return `${ms} ms`;
  return ms < 120_000 ? `${ms / 1000} s` : `${Math.round(ms / 60_000)} min`;
}
