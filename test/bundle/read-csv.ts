import { parse } from 'csv-parse/sync';

/** A cell as a reader gets it: whether it was quoted tells an empty text from nothing. */
export interface Cell {
  readonly text: string;
  readonly quoted: boolean;
}

/** The records of a CSV, its header first. */
export function readRecords(csv: string | Buffer): readonly (readonly Cell[])[] {
  const options = {
    record_delimiter: '\r\n',
    cast: (text: string, { quoting }: { quoting: boolean }): Cell => ({ text, quoted: quoting }),
  };
  return parse(csv, options) as unknown as Cell[][];
}
