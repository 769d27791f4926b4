/** Text as a header carries it: in one line, with the typist's quotes and dashes instead of the printer's. */
export function inOneLine(text: string): string {
  return text
    .replaceAll(/[\u2010-\u2015]/g, '-')
    .replaceAll(/[\u2018\u2019]/g, "'")
    .replaceAll(/[\u201c-\u201e]/g, '"')
    .replaceAll('\u2026', '...')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/** True when browsers send it: headers hold the characters of Latin-1 (Fetch Standard, "isomorphic encode"). */
export function travels(text: string): boolean {
  return /^[\u0020-\u007e\u00a0-\u00ff]*$/.test(text);
}
