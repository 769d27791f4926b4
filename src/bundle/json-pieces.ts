import { constant, type Piece } from './constant.ts';
import { kept } from './kept.ts';

/** A member of so much text is a piece of its own, whoever wrote it: the same value is packed to the same bytes. */
const LONG = 8 * 1024;

/**
 * A value as it stands in a file of its own, in pieces. Members that are frozen may stand in many files: their text, and what
 * it packs to, is kept.
 */
export function jsonPieces(value: object): readonly Piece[] {
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  if (members.length === 0) return [`${JSON.stringify(value)}\n`];
  const pieces: Piece[] = [];
  let text = '';
  for (const [index, [key, member]] of members.entries()) {
    text += `${index === 0 ? '{' : ','}\n  ${JSON.stringify(key)}: `;
    const isKept = typeof member === 'object' && member !== null && Object.isFrozen(member);
    const piece = isKept ? keptMember(member as object) : memberText(member);
    if (typeof piece === 'string' && piece.length < LONG) text += piece;
    else {
      pieces.push(text, piece);
      text = '';
    }
  }
  return [...pieces, `${text}\n}\n`];
}

const keptMember = kept((member: object): Piece => {
  const text = memberText(member);
  return text.length < LONG ? text : constant(text);
});

function memberText(member: unknown): string {
  // No line break stands inside a text of JSON.
  return JSON.stringify(member, null, 2).replaceAll('\n', '\n  ');
}
