/** Takes rows and gives them as COPY would write them. */
export interface CellText {
  take(row: readonly (string | null)[]): void;
  /** The rows; null where there was too much of them. */
  end(): Buffer | null;
}

/** A text of rows in PostgreSQL's text format; of what comes to more than about `most` bytes, nothing is kept. */
export function cellText(most: number): CellText {
  let text = '';
  let isTooMuch = false;
  return {
    take(row) {
      if (isTooMuch) return;
      for (let index = 0; index < row.length; index += 1)
        text += (index === 0 ? '' : '\t') + cellOf(row[index] ?? null);
      text += '\n';
      if (text.length <= most) return;
      isTooMuch = true;
      text = '';
    },
    end: () => (isTooMuch ? null : Buffer.from(text)),
  };
}

function cellOf(value: string | null): string {
  if (value === null) return String.raw`\N`;
  return SPECIAL.test(value) ? value.replaceAll(EVERY_SPECIAL, (character) => SPELT.get(character) ?? '') : value;
}

/** What the text format spells with a backslash. */
const SPELT = new Map(
  Object.entries({ '\\': '\\', '\b': 'b', '\f': 'f', '\n': 'n', '\r': 'r', '\t': 't', '\v': 'v' }).map(
    ([character, letter]) => [character, `\\${letter}`],
  ),
);
const SPECIAL = /[\\\b\f\n\r\t\v]/;
const EVERY_SPECIAL = new RegExp(SPECIAL, 'g');
