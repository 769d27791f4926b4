import { CarryallError } from '../errors.ts';

/**
 * The longest row that is given out and taken in, in bytes of its line: a row is in memory as a whole, in several forms, and
 * a transcript of a day is shorter.
 */
export const LONGEST_ROW: number = 16 * 1024 * 1024;

/** Nothing is ever cut short, so whoever has such a row gets a bundle once the operator has put it elsewhere. */
export function rowTooLong(): CarryallError {
  return new CarryallError(
    'BUNDLE_TOO_LARGE',
    `A row is longer than ${LONGEST_ROW} bytes. The bundle was given up: store so long a text as a document, or shorten it.`,
  );
}
