import { pino, type DestinationStream } from 'pino';
import { asCode } from './codes.ts';
import type { LogLevel } from './environment.ts';
import { isCarryallError } from './errors.ts';
import { count } from './metrics.ts';

/** What is logged of a request: no id of anybody, no path, no query; of its address only the network. */
export interface RequestLine {
  readonly request: string;
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly milliseconds: number;
  readonly kind: string | null;
  readonly network: string | null;
}

/** What is logged: codes and names of faults, never a message or a cause of theirs, which may quote what a row held. */
export interface Log {
  fault(error: unknown): void;
  request(line: RequestLine): void;
}

const DEEPEST = 8;

/** A log of JSON lines, on standard error unless told otherwise. */
export function createLog(level: LogLevel = 'faults', destination: DestinationStream = pino.destination(2)): Log {
  const logger = pino({ base: null, enabled: level !== 'off' }, destination);
  return {
    fault(fault) {
      const error = originOf(fault);
      const code = isCarryallError(error) ? error.code : 'INTERNAL';
      count('carryall_faults_total', { code });
      const kind = error instanceof Error ? asCode(error.name) : typeof error;
      const frames = error instanceof Error ? framesOf(error) : [];
      logger.error({ kind, code, frames }, 'a request failed');
    },
    request({ milliseconds, ...line }) {
      if (level === 'requests') logger.info({ ...line, milliseconds: Math.round(milliseconds) }, 'answered');
    },
  };
}

/** What GraphQL has wrapped says more than the wrapping. */
function originOf(error: unknown): unknown {
  const { originalError } = (error ?? {}) as { readonly originalError?: unknown };
  return error instanceof Error && originalError instanceof Error ? originOf(originalError) : error;
}

const FRAME = /^ {4}at (?:[\w$.<>[\] #]+ \()?(?:file:\/\/|node:|\/)[^()]*:\d+:\d+\)?$/;

/** Where it was thrown. The stack begins with the message, of which a line can look like a place. */
function framesOf({ stack = '', message }: Error): readonly string[] {
  const begins = stack.indexOf(message);
  const places = begins === -1 ? stack : stack.slice(begins + message.length);
  return places
    .split('\n')
    .filter((line) => FRAME.test(line))
    .slice(0, DEEPEST);
}
