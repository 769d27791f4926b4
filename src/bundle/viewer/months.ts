/** Counts lines of JSON by the month of an instant in them. */
export class Months {
  readonly #key: Buffer | null;
  readonly #counts = new Map<string, number>();

  /** Without a key, nothing is counted. */
  constructor(key: string | undefined) {
    this.#key = key === undefined ? null : Buffer.from(`${JSON.stringify(key)}:"`);
  }

  /** Rows by month, such as `2026-03`; null where nothing is counted. */
  get counts(): Readonly<Record<string, number>> | null {
    if (this.#key === null) return null;
    return Object.fromEntries([...this.#counts].toSorted(([one], [other]) => (one < other ? -1 : 1)));
  }

  /** The key with its quotes and colon stands nowhere inside a text, where quotes are escaped. */
  count(lines: Buffer): void {
    const key = this.#key;
    if (key === null) return;
    for (let at = lines.indexOf(key); at >= 0; at = lines.indexOf(key, at + key.length)) {
      const month = lines.toString('latin1', at + key.length, at + key.length + 7);
      this.#counts.set(month, (this.#counts.get(month) ?? 0) + 1);
    }
  }
}
