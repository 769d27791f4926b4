import { CSRF_HEADER } from '../request-rules.ts';

/**
 * True for a request that a page of our own made, or no browser at all. What a browser says of itself comes first: a page
 * of another site cannot change Sec-Fetch-Site or Origin, and cannot add a header without being allowed to.
 */
export function isSameOrigin(headers: Headers, publicUrl: string): boolean {
  const site = headers.get('sec-fetch-site');
  if (site !== null) return site === 'same-origin';
  const origin = headers.get('origin');
  if (origin !== null) return origin === publicUrl;
  return (headers.get(CSRF_HEADER) ?? '') !== '';
}
