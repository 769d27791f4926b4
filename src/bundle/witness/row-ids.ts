import { CarryallError } from '../../errors.ts';

const OPENING = /\{"subjectId":"[^"\\]*","id":"([\w-]+)"/y;

/**
 * The ids in whole lines of JSON, in order. Rows begin with their owner and their id, so nearly all are read without
 * parsing; a line that begins otherwise is parsed. Throws BUNDLE_FAILED for a line without an id, or without its end.
 */
export function rowIds(lines: Buffer): string[] {
  // A byte a character: what an opening holds besides its owner is ASCII, and a line ends at the same byte in both.
  const text = lines.toString('latin1');
  const ids: string[] = [];
  for (let at = 0; at < text.length;) {
    const end = text.indexOf('\n', at);
    if (end < 0) throw new CarryallError('BUNDLE_FAILED', 'The rows ended in the middle of a line.');
    OPENING.lastIndex = at;
    ids.push(OPENING.exec(text)?.[1] ?? parsedId(lines.toString('utf8', at, end)));
    at = end + 1;
  }
  return ids;
}

function parsedId(line: string): string {
  const { id } = JSON.parse(line) as { readonly id?: unknown };
  if (typeof id === 'string') return id;
  throw new CarryallError('BUNDLE_FAILED', 'A row came without its id, so nobody can tell whose it is.');
}
