const controller = new AbortController();
let name: NodeJS.Signals | null = null;

function stop(signal: NodeJS.Signals): void {
  if (name !== null) process.exit(130);
  name = signal;
  controller.abort(signal);
}

/** Aborts at the first Ctrl-C or SIGTERM, so that what runs can clean up; the second ends the process at once. */
export function listenForStop(): AbortSignal {
  if (process.listenerCount('SIGINT', stop) === 0) {
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
  }
  return controller.signal;
}

/** The signal that asked to stop, if one did. */
export function stopSignal(): NodeJS.Signals | null {
  return name;
}
