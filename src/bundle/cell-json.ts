import type { CellKind } from './cell-kind.ts';

/**
 * Cells of PostgreSQL's text format as values of JSON, byte for byte as `row_to_json` writes them. Bytes are written one by
 * one because every value of every bundle comes through here, and most are shorter than a call costs.
 */

const SPACE = 32;
const QUOTE = 34;
const PLUS = 43;
const MINUS = 45;
const BACKSLASH = 92;
const CAPITAL_N = 78;
const LETTER_T = 84;
const SMALL_T = 116;

/** 1 for each byte that JSON does not take inside a text as it is. */
const SPECIAL = new Uint8Array(256).fill(1, 0, SPACE);
SPECIAL[QUOTE] = 1;
SPECIAL[BACKSLASH] = 1;

/** What JSON writes for a byte below 32. */
const CONTROL = Array.from({ length: SPACE }, (_, byte) =>
  Buffer.from(JSON.stringify(String.fromCharCode(byte)).slice(1, -1)),
);
/** The byte for which a letter stands after a backslash in the text format; other bytes stand for themselves. */
const SPELT = new Map(
  [
    ['b', '\b'],
    ['f', '\f'],
    ['n', '\n'],
    ['r', '\r'],
    ['t', '\t'],
    ['v', '\v'],
  ].map(([letter = '', spelt = '']) => [letter.charCodeAt(0), spelt.charCodeAt(0)]),
);

/** The most bytes that a cell of `bytes` bytes becomes: each an escape of six, in quotes, or `null`, or a longer offset. */
export function bytesFor(bytes: number): number {
  return bytes * 6 + 8;
}

/** Writes the cell that lies in `from` between `at` and `end`, and returns where it ended in `to`. */
export function putCell(from: Buffer, at: number, end: number, kind: CellKind, to: Buffer, start: number): number {
  if (end - at === 2 && from[at] === BACKSLASH && from[at + 1] === CAPITAL_N) return put(NULL, to, start);
  switch (kind) {
    case 'TEXT':
      return putText(from, at, end, to, start);
    case 'NUMBER':
      return isNumber(from, at) ? putPlain(from, at, end, to, start) : putText(from, at, end, to, start);
    case 'BOOLEAN':
      return put(from[at] === SMALL_T ? TRUE : FALSE, to, start);
    case 'INSTANT':
      return putInstant(from, at, end, to, start);
    case 'JSON':
      return putJson(from, at, end, to, start);
    default:
      return kind satisfies never;
  }
}

const NULL = Buffer.from('null');
const TRUE = Buffer.from('true');
const FALSE = Buffer.from('false');
const OFFSET_END = Buffer.from(':00');

function put(word: Buffer, to: Buffer, start: number): number {
  for (let index = 0; index < word.length; index += 1) to[start + index] = word[index]!;
  return start + word.length;
}

function putPlain(from: Buffer, at: number, end: number, to: Buffer, start: number): number {
  let write = start;
  for (let read = at; read < end; read += 1) {
    to[write] = from[read]!;
    write += 1;
  }
  return write;
}

/** NaN and Infinity are texts in JSON. */
function isNumber(from: Buffer, at: number): boolean {
  const first = from[at] === MINUS ? from[at + 1]! : from[at]!;
  return first >= 48 && first <= 57;
}

function putText(from: Buffer, at: number, end: number, to: Buffer, start: number): number {
  to[start] = QUOTE;
  let write = start + 1;
  for (let read = at; read < end; read += 1) {
    let byte = from[read]!;
    if (SPECIAL[byte] === 0) {
      to[write] = byte;
      write += 1;
      continue;
    }
    if (byte === BACKSLASH) {
      read += 1;
      byte = SPELT.get(from[read]!) ?? from[read]!;
    }
    if (byte < SPACE) {
      write = put(CONTROL[byte]!, to, write);
    } else {
      if (byte === QUOTE || byte === BACKSLASH) {
        to[write] = BACKSLASH;
        write += 1;
      }
      to[write] = byte;
      write += 1;
    }
  }
  to[write] = QUOTE;
  return write + 1;
}

/** `2026-11-22 10:00:00.5+00` as `2026-11-22T10:00:00.5+00:00`: sessions are in UTC. A date and `infinity` stay as they are. */
function putInstant(from: Buffer, at: number, end: number, to: Buffer, start: number): number {
  to[start] = QUOTE;
  let write = start + 1;
  let separated = false;
  for (let read = at; read < end; read += 1) {
    const byte = from[read]!;
    if (byte === SPACE && !separated) {
      to[write] = LETTER_T;
      separated = true;
    } else to[write] = byte;
    write += 1;
    if (byte === PLUS) {
      to[write] = from[read + 1]!;
      to[write + 1] = from[read + 2]!;
      write = put(OFFSET_END, to, write + 2);
      read += 2;
    }
  }
  to[write] = QUOTE;
  return write + 1;
}

/** JSON that PostgreSQL wrote: only the backslashes of the text format are taken off; a line break between values is a space. */
function putJson(from: Buffer, at: number, end: number, to: Buffer, start: number): number {
  let write = start;
  for (let read = at; read < end; read += 1) {
    let byte = from[read]!;
    if (byte === BACKSLASH) {
      read += 1;
      byte = SPELT.get(from[read]!) ?? from[read]!;
    }
    to[write] = byte < SPACE ? SPACE : byte;
    write += 1;
  }
  return write;
}
