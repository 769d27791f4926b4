import { growable, type Growable } from './growable.ts';

/**
 * The CSV twin of lines of JSON: RFC 4180, a header, CRLF, UTF-8; null is an empty cell, an empty text is `""`. Text that a
 * spreadsheet would run as a formula (it begins with `= + - @`, a tab, a return, or their full-width forms), and text that
 * begins with an apostrophe, gets an apostrophe in front; numbers and flags stay as they are. README.txt tells how to undo it.
 *
 * It transcodes bytes instead of parsing: the keys of every line are known and stand in order, so a value is cut out as it
 * is, and no number is ever rounded. Why no library does this is in docs/decisions/0006-csv-transcoder.md.
 */
export class CsvEncoder {
  readonly #keys: readonly Buffer[];
  // Two in turn: while one is read, the other is written.
  #out = growable(ROOM);
  #before = growable(ROOM);
  /** The first line. */
  readonly head: string;

  /** `names` are the keys of every line, in their order. */
  constructor(names: readonly string[]) {
    this.#keys = names.map((name, index) => Buffer.from(`${index === 0 ? '{' : ','}${JSON.stringify(name)}:`));
    this.head = `${names.map(cell).join(',')}\r\n`;
  }

  /**
   * The lines of a table for whole lines of JSON. The bytes hold until the second call after this one. Throws TypeError for
   * lines with other keys.
   */
  encode(lines: Buffer): Buffer {
    [this.#out, this.#before] = [this.#before, this.#out];
    const out = this.#out;
    out.clear();
    for (let at = 0; at < lines.length;) {
      for (let index = 0; index < this.#keys.length; index += 1) {
        at = expectKey(lines, at, this.#keys[index]!, index);
        if (index > 0) out.byte(COMMA);
        at = putCell(lines, at, out);
      }
      out.byte(RETURN);
      out.byte(NEWLINE);
      // The closing brace and the line's end.
      at += 2;
    }
    return out.taken();
  }
}

const ROOM = 64 * 1024;
const NEWLINE = 10;
const RETURN = 13;
const QUOTE = 34;
const COMMA = 44;
const BACKSLASH = 92;
const BRACE = 123;
const BRACKET = 91;
const APOSTROPHE = 39;
const DANGEROUS = /^['=+\-@\t\r\n＝＋－＠]/;

/** 1 for a first byte with which a text may be dangerous; all full-width forms begin with 0xEF. */
const SUSPECT = new Uint8Array(256);
for (const byte of [...Buffer.from("'=+-@\t\r\n"), 0xef]) SUSPECT[byte] = 1;

function expectKey(lines: Buffer, at: number, key: Buffer, index: number): number {
  for (let each = 0; each < key.length; each += 1)
    if (lines[at + each] !== key[each]) throw new TypeError(`a row without its key ${index}`);
  return at + key.length;
}

/** Writes the cell of the value that begins at `at`, and returns where the value ends. */
function putCell(lines: Buffer, at: number, out: Growable): number {
  const first = lines[at]!;
  if (first === QUOTE) return putText(lines, at, out);
  if (first === BRACE || first === BRACKET) {
    const end = endOfTree(lines, at);
    out.text(quote(lines.toString('utf8', at, end)));
    return end;
  }
  let end = at;
  while (lines[end] !== COMMA && lines[end] !== CLOSING_BRACE) end += 1;
  // null is an empty cell.
  if (first !== SMALL_N) out.copy(lines, at, end);
  return end;
}

const CLOSING_BRACE = 125;
const SMALL_N = 110;

function putText(lines: Buffer, at: number, out: Growable): number {
  let end = at + 1;
  let commas = false;
  for (let byte = lines[end]; byte !== QUOTE; byte = lines[end]) {
    if (byte === BACKSLASH) return putEscaped(lines, at, out);
    if (byte === COMMA) commas = true;
    end += 1;
  }
  if (end === at + 1 || commas) out.byte(QUOTE);
  if (SUSPECT[lines[at + 1]!] === 1 && DANGEROUS.test(lines.toString('utf8', at + 1, end))) out.byte(APOSTROPHE);
  out.copy(lines, at + 1, end);
  if (end === at + 1 || commas) out.byte(QUOTE);
  return end + 1;
}

/** A text with escapes is rare: it is parsed. */
function putEscaped(lines: Buffer, at: number, out: Growable): number {
  const end = endOfString(lines, at) + 1;
  const text = JSON.parse(lines.toString('utf8', at, end)) as string;
  out.text(cell(text));
  return end;
}

function cell(text: string): string {
  return quote(DANGEROUS.test(text) ? `'${text}` : text);
}

function quote(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The index of the quote that ends the string which begins at `start`. */
function endOfString(lines: Buffer, start: number): number {
  for (let end = start + 1; end < lines.length; end += 1) {
    if (lines[end] === BACKSLASH) end += 1;
    else if (lines[end] === QUOTE) return end;
  }
  throw new TypeError('a text without its end');
}

/** The index behind the object or list which begins at `start`. */
function endOfTree(lines: Buffer, start: number): number {
  let depth = 0;
  for (let at = start; at < lines.length; at += 1) {
    const byte = lines[at];
    if (byte === QUOTE) at = endOfString(lines, at);
    else if (byte === BRACE || byte === BRACKET) depth += 1;
    else if (byte === CLOSING_BRACE || byte === CLOSING_BRACKET) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  throw new TypeError('a value without its end');
}

const CLOSING_BRACKET = 93;

/** The text that a cell stands for: the apostrophe in front taken away again. */
export function undoFormulaGuard(text: string): string {
  return DANGEROUS.test(text) && text.startsWith("'") ? text.slice(1) : text;
}
