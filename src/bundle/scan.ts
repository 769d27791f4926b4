/**
 * Finds the bytes that make a row worth a closer look. Wider than the rules in `redact.ts`: a false alarm costs a parse, a
 * miss would cost a leak. One pass over the bytes, because every byte of every bundle comes through here.
 */

/** What to look for: credentials may stand anywhere, card and account numbers only in free text. */
export type Wanted = 'CREDENTIALS' | 'EVERYTHING';

const PLAIN = 0;
const DIGIT = 1;
const SEPARATOR = 2;
const TRIGGER = 3;

const CLASSES = new Uint8Array(256);
for (let byte = 48; byte <= 57; byte += 1) CLASSES[byte] = DIGIT;
// Space, dot, hyphen, and the two bytes of a no-break space.
for (const byte of [0x20, 0x2e, 0x2d, 0xc2, 0xa0]) CLASSES[byte] = SEPARATOR;
for (const character of '$J_AB') CLASSES[character.charCodeAt(0)] = TRIGGER;
CLASSES['b'.charCodeAt(0)] = TRIGGER;

const BACKSLASH = 0x5c;
const SHORTEST_CARD = 13;
const MOST_SEPARATORS = 2;

/** Whether something suspicious stands between `start` and `end`: the text of a cell, as PostgreSQL's COPY writes it. */
export function isSuspicious(bytes: Buffer, start: number, end: number, wanted: Wanted): boolean {
  const free = wanted === 'EVERYTHING';
  let digits = 0;
  let separators = 0;
  for (let at = start; at < end; at += 1) {
    const kind = CLASSES[bytes[at]!]!;
    // Nearly all bytes: a test of its own is faster than a case below.
    if (kind === PLAIN) {
      digits = 0;
      separators = 0;
      continue;
    }
    switch (kind) {
      case DIGIT:
        digits = separators > MOST_SEPARATORS ? 1 : digits + 1;
        separators = 0;
        if (free && (digits === SHORTEST_CARD || (digits === 2 && startsIban(bytes, at)))) return true;
        break;
      case SEPARATOR:
        separators += 1;
        if (bytes[at] === 0x2d && isDashed(bytes, at)) return true;
        break;
      case TRIGGER:
        digits = 0;
        separators = 0;
        if (isCredential(bytes, at)) return true;
        break;
      default:
    }
  }
  return false;
}

/** Two letters at the start of a word and two digits, the second of them at `at`. */
function startsIban(bytes: Buffer, at: number): boolean {
  if (!isLetter(bytes[at - 3]) || !isLetter(bytes[at - 2])) return false;
  return !isWord(bytes[at - 4]) || endsEscape(bytes, at - 4);
}

/** The letter of an escape: it stands for a line break or a tab, not for a letter. */
function endsEscape(bytes: Buffer, at: number): boolean {
  return bytes[at - 1] === BACKSLASH;
}

function isLetter(byte: number | undefined): boolean {
  return byte !== undefined && ((byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122));
}

function isWord(byte: number | undefined): boolean {
  return isLetter(byte) || byte === 95 || (byte !== undefined && byte >= 48 && byte <= 57);
}

function has(bytes: Buffer, from: number, text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (bytes[from + index] !== text.charCodeAt(index)) return false;
  }
  return true;
}

/** `-----BEGIN`, or the token of a chat service. */
function isDashed(bytes: Buffer, at: number): boolean {
  return has(bytes, at, '-----') || has(bytes, at - 4, 'xox');
}

function isCredential(bytes: Buffer, at: number): boolean {
  switch (bytes[at]) {
    case 0x24: // $2b$…, $argon2…
      return has(bytes, at + 1, '2') || has(bytes, at + 1, 'argon2');
    case 0x4a: // eyJ…
      return has(bytes, at - 2, 'ey');
    case 0x5f: // sk_live_…, whsec_…, ghp_…
      return (
        has(bytes, at + 1, 'live_') ||
        has(bytes, at + 1, 'test_') ||
        has(bytes, at - 5, 'whsec') ||
        has(bytes, at - 3, 'gh')
      );
    case 0x41: // AKIA…, ASIA…, AIza…
      return has(bytes, at + 1, 'KIA') || has(bytes, at + 1, 'SIA') || has(bytes, at + 1, 'Iza');
    case 0x42:
    case 0x62: // Bearer …, whatever space follows
      return has(bytes, at + 1, 'earer');
    default:
      return false;
  }
}
