import canonicalize from 'canonicalize';
import { CarryallError } from '../../errors.ts';

/**
 * The canonical form of a JSON value (RFC 8785): the bytes that are signed, the same whoever writes the value and however.
 * Throws BAD_INPUT for what has none, such as a text with half of a surrogate pair.
 */
export function canonicalBytes(value: unknown): Buffer {
  return formOf(value, bytesOf);
}

const forms = new WeakMap<object, Buffer>();

/**
 * The canonical form of what is read back when a value is written as JSON. That of a frozen part, which many values may
 * have, is kept: nothing in it may change either. Throws BAD_INPUT as `canonicalBytes` does.
 */
export function canonicalBytesAsRead(value: object): Buffer {
  return formOf(value, (part) => {
    const isKept = typeof part === 'object' && part !== null && Object.isFrozen(part);
    const form = (isKept ? forms.get(part) : undefined) ?? bytesOf(JSON.parse(JSON.stringify(part)));
    if (isKept) forms.set(part, form);
    return form;
  });
}

function formOf(value: unknown, form: (part: unknown) => Buffer): Buffer {
  try {
    return isTree(value) ? Buffer.concat([...piecesOf(value, form)]) : form(value);
  } catch (cause) {
    throw new CarryallError('BAD_INPUT', 'It has no canonical form (RFC 8785).', { cause });
  }
}

type Tree = Readonly<Record<string, unknown>>;

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** A list may have a hundred thousand files: in one go, all of it would be held in a million pieces until the end. */
const ELEMENTS_AT_ONCE = 500;

/** The form of a whole is that of its parts, put together. */
function* piecesOf(tree: Tree, form: (part: unknown) => Buffer): Generator<Buffer> {
  let before = '{';
  for (const key of Object.keys(tree).toSorted()) {
    const value = tree[key];
    if (value === undefined) continue;
    yield Buffer.concat([Buffer.from(before), bytesOf(key), Buffer.from(':')]);
    before = ',';
    if (!Array.isArray(value) || (Object.isFrozen(value) && value.length <= ELEMENTS_AT_ONCE)) {
      yield form(value);
      continue;
    }
    yield Buffer.from('[');
    for (let from = 0; from < value.length; from += ELEMENTS_AT_ONCE) {
      const list = form(value.slice(from, from + ELEMENTS_AT_ONCE)).subarray(1, -1);
      yield from === 0 ? list : Buffer.concat([Buffer.from(','), list]);
    }
    yield Buffer.from(']');
  }
  yield Buffer.from(before === '{' ? '{}' : '}');
}

function bytesOf(value: unknown): Buffer {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('no JSON value');
  return Buffer.from(text, 'utf8');
}
