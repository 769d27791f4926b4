import { CarryallError } from '../../errors.ts';

const OWNER = Buffer.from('{"subjectId":"');
const ID = Buffer.from('","id":"');
const NEWLINE = 10;
const QUOTE = 34;
const BACKSLASH = 92;

/** 1 for what an id of ours is made of. */
const OF_IDS = new Uint8Array(256);
for (const byte of Buffer.from('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz-')) OF_IDS[byte] = 1;

/**
 * The ids in whole lines of JSON, in order. Rows begin with their owner and their id, so nearly all are read without
 * parsing; a line that begins otherwise is parsed. Throws BUNDLE_FAILED for a line without an id, or without its end.
 */
export function rowIds(lines: Buffer): string[] {
  const ids: string[] = [];
  for (let at = 0; at < lines.length;) {
    const end = lines.indexOf(NEWLINE, at);
    if (end < 0) throw new CarryallError('BUNDLE_FAILED', 'The rows ended in the middle of a line.');
    ids.push(leadingId(lines, at) ?? parsedId(lines.toString('utf8', at, end)));
    at = end + 1;
  }
  return ids;
}

/** The id in a line that begins with a plain owner and then a plain id, as nearly all do. */
function leadingId(lines: Buffer, start: number): string | null {
  if (!has(lines, start, OWNER)) return null;
  let at = start + OWNER.length;
  while (lines[at] !== QUOTE && lines[at] !== BACKSLASH && lines[at] !== NEWLINE) at += 1;
  if (!has(lines, at, ID)) return null;
  const from = at + ID.length;
  let to = from;
  while (OF_IDS[lines[to]!] === 1) to += 1;
  return to > from && lines[to] === QUOTE ? lines.toString('latin1', from, to) : null;
}

function has(lines: Buffer, at: number, text: Buffer): boolean {
  for (let index = 0; index < text.length; index += 1) if (lines[at + index] !== text[index]) return false;
  return true;
}

function parsedId(line: string): string {
  const { id } = JSON.parse(line) as { readonly id?: unknown };
  if (typeof id === 'string') return id;
  throw new CarryallError('BUNDLE_FAILED', 'A row came without its id, so nobody can tell whose it is.');
}
