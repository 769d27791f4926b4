const LONGEST = 1000;
/** Visible ASCII from one slash on. `//host` and `/\host` are addresses of other hosts, and browsers pass over tabs and line breaks. */
const PATH = /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/;

/** The path on our own site to which somebody returns from signing in; null for what could lead to any other. */
export function returnPath(text: string | null, publicUrl: string): string | null {
  if (text === null) return '/';
  if (text.length > LONGEST || !PATH.test(text)) return null;
  const url = URL.parse(text, publicUrl);
  if (url?.origin !== publicUrl) return null;
  // Without its dots, `/.//host` is `//host`.
  const path = `${url.pathname}${url.search}${url.hash}`;
  return PATH.test(path) ? path : null;
}
