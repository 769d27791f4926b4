import pg from 'pg';
import { CarryallError } from '../errors.ts';

/*
 * A database that does not answer is no fault of what was asked: whoever asks again later may succeed. pg, Prisma and the
 * system each say it in their own way.
 */

/** Class 08, and a server that stops, starts, or has no place left (PostgreSQL, appendix A). */
const STATES = /^(?:08...|57P0[1-5]|53300)$/;
const SYSTEM_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'ENOTCONN',
  'EPIPE',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_WRITE_AFTER_END',
  'ERR_SOCKET_CLOSED',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
/** Not reached, timed out, closed by the server, no connection in time, too many. */
const PRISMA_CODES = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2037']);
/** pg's own errors have no code. */
const WORDS =
  /^(?:Connection terminated|timeout exceeded when trying to connect|timeout expired|Client has encountered a connection error|Client was closed)/;

const DEEPEST = 8;

/** Whether an error comes from a database that cannot be reached, or that stops or starts. */
export function isUnreachable(error: unknown, depth = 0): boolean {
  if (!(error instanceof Error) || depth > DEEPEST) return false;
  if (error instanceof CarryallError) return error.code === 'DATABASE_FAILED' && isUnreachable(error.cause, depth + 1);
  if (error instanceof pg.DatabaseError) return STATES.test(error.code ?? '');
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code !== undefined && (SYSTEM_CODES.has(code) || PRISMA_CODES.has(code))) return true;
  // A socket of the file system that is not there.
  if (code === 'ENOENT' && syscall === 'connect') return true;
  if (WORDS.test(error.message)) return true;
  if (error instanceof AggregateError && error.errors.some((each) => isUnreachable(each, depth + 1))) return true;
  return isUnreachable(error.cause, depth + 1);
}
