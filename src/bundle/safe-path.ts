// What every system can store: relative, no way up, no name that is reserved or ends with a dot, none longer than Windows takes.
const SAFE_PATH =
  /^(?!.*\.(?:\/|$))(?!.*\/(?:\/|$))(?!.*(?:^|\/)(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|\/|$))[A-Za-z0-9_][A-Za-z0-9_.\-/]{0,199}$/i;

/** Whether every system can store a file under this path. */
export function isSafePath(path: string): boolean {
  return SAFE_PATH.test(path);
}
