import { CarryallError } from '../errors.ts';
import { readRange, type RandomAccess } from './random-access.ts';

/** A line of a file: its bytes without the line's end, and where they begin. */
export interface Line {
  readonly at: number;
  readonly bytes: Buffer;
}

const LONGEST_LINE = 256 * 1024 * 1024;
const NEWLINE = 0x0a;

/**
 * The lines of a file. Only a newline ends a line: the separators U+2028 and U+2029 may stand in a text of a row. Throws
 * BAD_INPUT for a last line without its end, and for one that is too long.
 */
export async function* readLines(file: RandomAccess): AsyncGenerator<Line> {
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  let at = 0;
  for await (const page of readRange(file, 0, file.size)) {
    let from = 0;
    for (let to = page.indexOf(NEWLINE); to >= 0; to = page.indexOf(NEWLINE, from)) {
      const rest = page.subarray(from, to);
      const bytes = pendingBytes === 0 ? rest : Buffer.concat([...pending, rest]);
      yield { at, bytes };
      at += bytes.length + 1;
      from = to + 1;
      pending = [];
      pendingBytes = 0;
    }
    pending.push(page.subarray(from));
    pendingBytes += page.length - from;
    if (pendingBytes > LONGEST_LINE) throw new CarryallError('BAD_INPUT', 'has a line that is too long');
  }
  if (pendingBytes > 0) throw new CarryallError('BAD_INPUT', 'ends in the middle of a line');
}
