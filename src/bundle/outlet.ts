import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';

/** Where the bytes of a bundle go, and the one place that knows when they cannot go any more. */
export interface Outlet extends Disposable {
  /** Bytes written so far. */
  readonly position: number;
  /** Aborts when the destination breaks or the caller gives up: whoever feeds the outlet stops by it. */
  readonly signal: AbortSignal;
  /** Settles when the destination has taken the bytes. Throws what broke it. */
  write(chunk: Buffer): Promise<void>;
  /** Ends the destination and settles when everything is out. */
  end(): Promise<void>;
  /** Gives the destination up, and settles when it is closed. */
  destroy(): Promise<void>;
}

/**
 * Opens an outlet to `destination`. A stream that breaks while nobody writes says so only by an event, so the outlet
 * listens: its signal aborts with the reason. `start` is how many bytes the destination already has.
 */
export function openOutlet(destination: Writable, cancel?: AbortSignal, start = 0): Outlet {
  const stop = new AbortController();
  let position = start;
  let ended = false;
  const broken = (error?: Error): void => {
    if (!ended) stop.abort(error ?? new Error('the destination was closed'));
  };
  const cancelled = (): void => stop.abort(cancel?.reason);
  destination.on('error', broken);
  destination.once('close', broken);
  if (cancel?.aborted === true) cancelled();
  else cancel?.addEventListener('abort', cancelled, { once: true });
  return {
    get position() {
      return position;
    },
    signal: stop.signal,
    write: (chunk) => {
      position += chunk.length;
      return untilStopped(stop.signal, (done) => void destination.write(chunk, done));
    },
    async end() {
      stop.signal.throwIfAborted();
      ended = true;
      destination.end();
      await finished(destination, { signal: stop.signal });
    },
    async destroy() {
      ended = true;
      destination.destroy();
      await finished(destination).catch(() => {});
    },
    [Symbol.dispose]() {
      cancel?.removeEventListener('abort', cancelled);
      destination.off('close', broken);
      // An error that comes later is still no reason to end the process.
    },
  };
}

/** Settles with the callback of `act`, or fails with the reason for which the signal aborts, whichever comes first. */
function untilStopped(signal: AbortSignal, act: (done: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const stopped = (): void => reject(signal.reason as Error);
    if (signal.aborted) return stopped();
    signal.addEventListener('abort', stopped, { once: true });
    act((error) => {
      signal.removeEventListener('abort', stopped);
      if (error) reject(error);
      else resolve();
    });
  });
}
