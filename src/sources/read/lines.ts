import type { InputFile, Read } from '../importer.ts';
import { readBytes } from './text.ts';

const LONGEST_LINE = 16 * 1024 * 1024;
const LINE_FEED = 10;

/** The lines of a file of JSON values, one a line; blank lines are passed over. */
export async function* readJsonLines(file: InputFile): AsyncGenerator<Read> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = 0;
  for await (const bytes of splitLines(readBytes(file))) {
    line += 1;
    const place = `${file.name}:${line}`;
    if (bytes === 'too long') {
      yield { kind: 'bad', place, reason: `the line is longer than ${LONGEST_LINE} bytes` };
      continue;
    }
    let text: string;
    try {
      text = decoder.decode(bytes).trim();
    } catch {
      yield { kind: 'bad', place, reason: 'the line is not UTF-8' };
      continue;
    }
    if (text === '') continue;
    yield text.includes('\0') ? { kind: 'bad', place, reason: 'the line holds the character NUL' } : parse(text, place);
  }
}

// The parser's own message quotes the text.
function parse(text: string, place: string): Read {
  try {
    return { kind: 'record', place, value: JSON.parse(text) as unknown };
  } catch {
    return { kind: 'bad', place, reason: 'the line is not JSON' };
  }
}

async function* splitLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer | 'too long'> {
  let held: Buffer[] = [];
  let length = 0;
  const take = (): Buffer | 'too long' => {
    const line = length > LONGEST_LINE ? 'too long' : Buffer.concat(held);
    held = [];
    length = 0;
    return line;
  };
  const hold = (part: Buffer): void => {
    length += part.length;
    if (length <= LONGEST_LINE) held.push(part);
    else held = [];
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      hold(chunk.subarray(start, end));
      yield take();
      start = end + 1;
    }
    if (start < chunk.length) hold(chunk.subarray(start));
  }
  if (length > 0) yield take();
}
