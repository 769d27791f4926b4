import { pino } from 'pino';
import { isCarryallError } from './errors.ts';

/** What is logged: codes and names of faults, never a message or a cause of theirs, which may quote what a row held. */
export interface Log {
  fault(error: unknown): void;
}

/** A log of JSON lines on standard error. */
export function createLog(): Log {
  const logger = pino({ base: null }, pino.destination(2));
  return {
    fault(error) {
      const kind = error instanceof Error ? error.name : typeof error;
      const frames =
        error instanceof Error
          ? (error.stack ?? '')
              .split('\n')
              .filter((line) => line.startsWith('    at '))
              .slice(0, 8)
          : [];
      logger.error({ kind, code: isCarryallError(error) ? error.code : 'INTERNAL', frames }, 'a request failed');
    },
  };
}
