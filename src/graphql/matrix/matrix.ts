import type { GraphQLSchema } from 'graphql';
import type { Relation } from '../../catalogue/vocabulary.ts';
import type { Words } from '../../holdings/variants.ts';
import type { Policy } from '../../policy/schema.ts';
import { describeRows, shownFields, wordsOf, type ShownField } from '../shown-fields.ts';
import { cellOf, MATRIX_COLUMNS, type Cell } from './cells.ts';

/** One field, or the rows of it that have some words, and what each column gets of it. */
export interface MatrixRow extends ShownField {
  readonly relation: Relation;
  /** The rows meant, where it depends on their words. */
  readonly words: readonly Words[];
  readonly rows: string | null;
  /** In the order of MATRIX_COLUMNS. */
  readonly cells: readonly Cell[];
}

/** Who gets what of every field that shows an item, under one policy; from the rules themselves, without reading any data. */
export function accessMatrix(schema: GraphQLSchema, policy: Policy): readonly MatrixRow[] {
  return shownFields(schema).flatMap((shown) => {
    const all = wordsOf(shown);
    const relation = 'absent' in shown.of ? 'ACCOUNT_HOLDER' : shown.of.relation;
    const groups = new Map<string, { cells: readonly Cell[]; words: Words[] }>();
    for (const words of all) {
      const cells = MATRIX_COLUMNS.map((column) => cellOf(policy, column, shown, words));
      const key = JSON.stringify(cells.map((cell) => [...cell]));
      const known = groups.get(key);
      if (known === undefined) groups.set(key, { cells, words: [words] });
      else known.words.push(words);
    }
    return [...groups.values()].map(({ cells, words }) => ({
      ...shown,
      relation,
      words,
      rows: describeRows(words, all),
      cells,
    }));
  });
}
