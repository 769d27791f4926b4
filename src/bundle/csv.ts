/**
 * The CSV twin of lines of JSON: RFC 4180, a header, CRLF, UTF-8; null is an empty cell, an empty text is `""`. Text that a
 * spreadsheet would run as a formula (it begins with `= + - @`, a tab, a return, or their full-width forms), and text that
 * begins with an apostrophe, gets an apostrophe in front; numbers and flags stay as they are. README.txt tells how to undo it.
 *
 * It transcodes instead of parsing: the keys of every line are known and stand in order, so a value is cut out of the text
 * as it is, and no number is ever rounded. Why no library does this is in docs/decisions/0006-csv-transcoder.md.
 */
export class CsvEncoder {
  readonly #keys: readonly string[];
  /** The first line. */
  readonly head: string;

  /** `names` are the keys of every line, in their order. */
  constructor(names: readonly string[]) {
    this.#keys = names.map((name, index) => `${index === 0 ? '{' : ','}${JSON.stringify(name)}:`);
    this.head = `${names.map(quote).join(',')}\r\n`;
  }

  /** The lines of a table for whole lines of JSON. Throws TypeError for lines with other keys. */
  encode(lines: Buffer): string {
    const text = lines.toString('utf8');
    let out = '';
    let backslash = text.indexOf('\\');
    let at = 0;
    while (at < text.length) {
      for (let index = 0; index < this.#keys.length; index += 1) {
        const key = this.#keys[index]!;
        if (!text.startsWith(key, at)) throw new TypeError(`a row without its key ${index}`);
        at += key.length;
        if (index > 0) out += ',';
        const first = text.charCodeAt(at);
        if (first === QUOTE) {
          if (backslash >= 0 && backslash < at) backslash = text.indexOf('\\', at);
          let end = text.indexOf('"', at + 1);
          const escaped = backslash >= 0 && backslash < end;
          if (escaped) end = endOfString(text, at);
          out += escaped ? cell(JSON.parse(text.slice(at, end + 1)) as string) : plainCell(text.slice(at + 1, end));
          at = end + 1;
        } else {
          const end = first === BRACE || first === BRACKET ? endOfTree(text, at) : endOfWord(text, at);
          const value = text.slice(at, end);
          if (value !== 'null') out += first === BRACE || first === BRACKET ? quote(value) : value;
          at = end;
        }
      }
      out += '\r\n';
      // The closing brace and the line's end.
      at += 2;
    }
    return out;
  }
}

const QUOTE = 34;
const BRACE = 123;
const BRACKET = 91;
const DANGEROUS = /^['=+\-@\t\r\n＝＋－＠]/;

/** A text without escapes holds no quote and no line break, so only a comma needs quotes. */
function plainCell(text: string): string {
  if (text === '') return '""';
  const safe = DANGEROUS.test(text) ? `'${text}` : text;
  return safe.includes(',') ? `"${safe}"` : safe;
}

function cell(text: string): string {
  return quote(DANGEROUS.test(text) ? `'${text}` : text);
}

function quote(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function endOfWord(text: string, start: number): number {
  let end = start;
  for (let code = text.charCodeAt(end); code !== 44 && code !== 125; code = text.charCodeAt(end)) end += 1;
  return end;
}

/** The index of the quote that ends the string which begins at `start`. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text[end - 1 - slashes] === '\\') slashes += 1;
    if (slashes % 2 === 0) return end;
  }
  throw new TypeError('a text without its end');
}

/** The index behind the object or list which begins at `start`. */
function endOfTree(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (code === BRACE || code === BRACKET) depth += 1;
    else if (code === 125 || code === 93) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  throw new TypeError('a value without its end');
}

/** The text that a cell stands for: the apostrophe in front taken away again. */
export function undoFormulaGuard(text: string): string {
  return DANGEROUS.test(text) && text.startsWith("'") ? text.slice(1) : text;
}
