import { CarryallError } from '../errors.ts';
import type { Cancellation } from '../store/cancellation.ts';
import { refusal } from './errors.ts';
import type { DoorContext } from './plugins.ts';
import type { ReceivedRequest } from './received-request.ts';

/** Executes what a request asks, until the request's signal aborts. */
export type Execute = (request: ReceivedRequest, context: DoorContext) => Promise<Response>;

/**
 * Executes for at most `operationMs`. Then, and when the client goes, resolvers that have not begun are not called, and
 * the database is told to stop (G-35, G-36). Throws OPERATION_TIMEOUT and CANCELLED.
 */
export function withinTime(execute: Execute, cancellation: Cancellation, operationMs: number): Execute {
  return async (request, context) => {
    const stop = new AbortController();
    const { promise: stopped, reject } = Promise.withResolvers<never>();
    const end = (reason: Error): void => {
      reject(reason);
      stop.abort(reason);
    };
    const late = setTimeout(() => end(refusal('OPERATION_TIMEOUT')), operationMs);
    const gone = (): void => end(new CarryallError('CANCELLED', 'The client has gone.'));
    request.signal.addEventListener('abort', gone, { once: true });
    try {
      const stoppable = request.with({ signal: stop.signal });
      return await Promise.race([cancellation.run(stop.signal, () => execute(stoppable, context)), stopped]);
    } finally {
      clearTimeout(late);
      request.signal.removeEventListener('abort', gone);
    }
  };
}
