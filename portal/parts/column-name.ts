import type { RowColumn } from '../gateway/row-sources.ts';
import { fieldName } from '../language/field-name.ts';
import type { Speech } from '../language/speech.ts';

/** What a column is called; what hangs off the row is called as its dataset is. */
export function columnName(speech: Speech, { name, dataset }: RowColumn): string {
  const own = fieldName(speech, name);
  return dataset === undefined ? own : speech.word('dataset', dataset, own);
}
