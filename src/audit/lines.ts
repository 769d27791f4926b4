import { CarryallError } from '../errors.ts';

const NEWLINE = 0x0a;
const LONGEST = 256 * 1024;

/**
 * The lines of a stream of bytes. Only a newline ends a line: U+2028 and U+2029 may stand in a text. Throws BAD_INPUT for
 * a last line without its end, and for one of more than 256 KiB.
 */
export async function* readLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let from = 0;
    for (let to = bytes.indexOf(NEWLINE, rest.length); to >= 0; to = bytes.indexOf(NEWLINE, from)) {
      yield bytes.toString('utf8', from, to);
      from = to + 1;
    }
    rest = bytes.subarray(from);
    if (rest.length > LONGEST) throw new CarryallError('BAD_INPUT', 'A line is too long for an audit log.');
  }
  if (rest.length > 0) throw new CarryallError('BAD_INPUT', 'The audit log ends in the middle of a line.');
}
