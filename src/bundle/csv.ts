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
  #out = Buffer.alloc(0);
  #before = Buffer.alloc(0);
  /** Where it reads and writes. */
  #at = 0;
  #to = 0;
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
    // No value becomes more than twice as long, and each leaves its key behind.
    if (this.#out.length < 2 * lines.length) this.#out = Buffer.allocUnsafeSlow(2 * lines.length);
    const out = this.#out;
    this.#to = 0;
    for (this.#at = 0; this.#at < lines.length;) {
      for (let index = 0; index < this.#keys.length; index += 1) {
        this.#at = expectKey(lines, this.#at, this.#keys[index]!, index);
        if (index > 0) this.#byte(COMMA);
        this.#putCell(lines, out);
      }
      this.#byte(RETURN);
      this.#byte(NEWLINE);
      // The closing brace and the line's end.
      this.#at += 2;
    }
    return out.subarray(0, this.#to);
  }

  /** Writes the cell of the value that begins where it reads. */
  #putCell(lines: Buffer, out: Buffer): void {
    const first = lines[this.#at]!;
    let at = this.#at;
    let to = this.#to;
    if (first === QUOTE) {
      at += 1;
      const start = at;
      for (; PLAIN[lines[at]!] === 1; at += 1) {
        out[to] = lines[at]!;
        to += 1;
      }
      if (lines[at] !== QUOTE || at === start || SUSPECT[lines[start]!] === 1) return this.#putText(lines);
      this.#at = at + 1;
      this.#to = to;
      return;
    }
    if (first === BRACE || first === BRACKET) {
      const end = endOfTree(lines, at);
      this.#text(quote(lines.toString('utf8', at, end)));
      this.#at = end;
      return;
    }
    // null is an empty cell.
    const isNull = first === SMALL_N;
    for (; lines[at] !== COMMA && lines[at] !== CLOSING_BRACE; at += 1) {
      if (isNull) continue;
      out[to] = lines[at]!;
      to += 1;
    }
    this.#at = at;
    this.#to = to;
  }

  /** A text that needs quotes or an apostrophe, or has escapes: those are parsed. */
  #putText(lines: Buffer): void {
    const start = this.#at + 1;
    let end = start;
    let commas = false;
    for (; lines[end] !== QUOTE && lines[end] !== BACKSLASH; end += 1) commas ||= lines[end] === COMMA;
    if (lines[end] === BACKSLASH) {
      const behind = endOfString(lines, this.#at) + 1;
      this.#text(cell(JSON.parse(lines.toString('utf8', this.#at, behind)) as string));
      this.#at = behind;
      return;
    }
    const quoted = end === start || commas;
    if (quoted) this.#byte(QUOTE);
    const first = lines[start]!;
    if (SUSPECT[first] === 1 && (first !== WIDE || DANGEROUS.test(lines.toString('utf8', start, end))))
      this.#byte(APOSTROPHE);
    this.#to += lines.copy(this.#out, this.#to, start, end);
    if (quoted) this.#byte(QUOTE);
    this.#at = end + 1;
  }

  #byte(value: number): void {
    this.#out[this.#to] = value;
    this.#to += 1;
  }

  #text(value: string): void {
    this.#to += this.#out.write(value, this.#to, 'utf8');
  }
}

const NEWLINE = 10;
const RETURN = 13;
const QUOTE = 34;
const COMMA = 44;
const BACKSLASH = 92;
const BRACE = 123;
const BRACKET = 91;
const APOSTROPHE = 39;
const DANGEROUS = /^['=+\-@\t\r\n＝＋－＠]/;

/** With this byte all full-width forms begin, and much else. */
const WIDE = 0xef;
/** 1 for a first byte with which a text may be dangerous; all but one say so by themselves. */
const SUSPECT = new Uint8Array(256);
for (const byte of [...Buffer.from("'=+-@\t\r\n"), WIDE]) SUSPECT[byte] = 1;
/** 1 for each byte of a text that stands in a table as it does in JSON, without more. */
const PLAIN = new Uint8Array(256).fill(1);
for (const byte of [QUOTE, BACKSLASH, COMMA]) PLAIN[byte] = 0;

function expectKey(lines: Buffer, at: number, key: Buffer, index: number): number {
  for (let each = 0; each < key.length; each += 1)
    if (lines[at + each] !== key[each]) throw new TypeError(`a row without its key ${index}`);
  return at + key.length;
}

const CLOSING_BRACE = 125;
const SMALL_N = 110;

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
