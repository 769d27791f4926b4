import canonicalize from 'canonicalize';
import { CarryallError } from '../../errors.ts';

/**
 * The canonical form of a JSON value (RFC 8785): the bytes that are signed, the same whoever writes the value and however.
 * Throws BAD_INPUT for what has none, such as a text with half of a surrogate pair.
 */
export function canonicalBytes(value: unknown): Buffer {
  let text: string | undefined;
  try {
    text = canonicalize(value);
  } catch (cause) {
    throw new CarryallError('BAD_INPUT', 'It has no canonical form (RFC 8785).', { cause });
  }
  if (text === undefined) throw new CarryallError('BAD_INPUT', 'It is no JSON value.');
  return Buffer.from(text, 'utf8');
}
