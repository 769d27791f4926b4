import type { RowColumn } from '../gateway/row-sources.ts';
import type { Speech } from '../language/speech.ts';

/** What a column is called; what hangs off the row is called as its dataset is. */
export function columnName({ word }: Speech, { name, dataset }: RowColumn): string {
  return dataset === undefined ? word('field', name) : word('dataset', dataset);
}
