/** What a Range asks of so many bytes: all of them, a part with both its ends, or nothing that there is. */
export type AskedRange = 'WHOLE' | 'UNSATISFIABLE' | { readonly start: number; readonly end: number };

const ONE_RANGE = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i;

/**
 * Reads a Range (RFC 9110, 14.1.2 and 14.2). What is no range of bytes is passed over, and so are several at once: a server
 * may give the whole instead.
 */
export function readRange(header: string | null, bytes: number): AskedRange {
  const [, first = '', last = ''] = ONE_RANGE.exec(header ?? '') ?? [];
  if (first === '' && last === '') return 'WHOLE';
  if (first === '') {
    const length = Math.min(Number(last), bytes);
    return length === 0 ? 'UNSATISFIABLE' : { start: bytes - length, end: bytes - 1 };
  }
  const start = Number(first);
  if (last !== '' && Number(last) < start) return 'WHOLE';
  if (start >= bytes) return 'UNSATISFIABLE';
  return { start, end: last === '' ? bytes - 1 : Math.min(Number(last), bytes - 1) };
}
