import { CarryallError } from '../errors.ts';
import type { BundleReader } from './bundle-reader.ts';
import { LONGEST_ROW } from './longest-row.ts';

const NEWLINE = 0x0a;
const ROWS = /^(?:data|context)\//;

/** The same bundle, in which a row that would not fit in memory is a fault of its file and is not collected. */
export function withShortLines(reader: BundleReader): Pick<BundleReader, 'files'> {
  return {
    *files() {
      for (const file of reader.files()) yield ROWS.test(file.path) ? { ...file, bytes: shortLines(file.bytes) } : file;
    },
  };
}

// Whole lines, each given once: who joins pieces again and again takes the square of a long line's time. What follows a row
// that is too long is read and dropped, so that a file is always read to its end.
async function* shortLines(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let pieces: Buffer[] = [];
  let pending = 0;
  let isShort = true;
  for await (const chunk of bytes) {
    const end = chunk.lastIndexOf(NEWLINE) + 1;
    pending += end === 0 ? chunk.length : end;
    isShort &&= pending <= LONGEST_ROW + chunk.length;
    if (!isShort) pieces = [];
    else if (end === 0) pieces.push(chunk);
    else {
      yield Buffer.concat([...pieces, chunk.subarray(0, end)]);
      pieces = [chunk.subarray(end)];
      pending = chunk.length - end;
    }
  }
  if (!isShort) throw new CarryallError('BAD_INPUT', 'has a row that is too long');
  if (pending > 0) yield Buffer.concat(pieces);
}
