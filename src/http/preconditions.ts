/** What the conditions of a GET or HEAD come to: go on, answer 304 or 412; and whether its Range still holds. */
export interface Conditions {
  readonly status: 200 | 304 | 412;
  readonly isRangeGood: boolean;
}

const ENTITY_TAG = /(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g;

/**
 * Weighs the conditions of a request for what has a strong ETag and no date of change (RFC 9110, 13.1 and 13.2.2): conditions
 * by date cannot hold and are passed over, but for an If-Range by date, which lets no Range hold.
 */
export function weighConditions(headers: Headers, etag: string): Conditions {
  const [match, noneMatch, ifRange] = ['if-match', 'if-none-match', 'if-range'].map((name) => headers.get(name));
  const isRangeGood = ifRange == null || ifRange.trim() === etag;
  if (match != null && !isListed(match, etag, (tag) => tag)) return { status: 412, isRangeGood };
  if (noneMatch != null && isListed(noneMatch, etag, (tag) => tag.replace(/^W\//, '')))
    return { status: 304, isRangeGood };
  return { status: 200, isRangeGood };
}

function isListed(list: string, etag: string, compared: (tag: string) => string): boolean {
  return list.trim() === '*' || (list.match(ENTITY_TAG) ?? []).some((tag) => compared(tag) === etag);
}
