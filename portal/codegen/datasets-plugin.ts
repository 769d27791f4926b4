import type { GraphQLSchema } from 'graphql';
import { rowSources } from './row-types.ts';

/** Prints the table of what has rows: a plugin of graphql-codegen. */
export function plugin(schema: GraphQLSchema): string {
  const sources = rowSources(schema);
  const documentOf = (field: string): string => `${field[0]?.toUpperCase()}${field.slice(1)}RowsDocument`;
  const entries = sources.map(
    ({ text: _text, ...source }) =>
      `  { ${JSON.stringify(source).slice(1, -1)}, document: documents.${documentOf(source.field)} },`,
  );
  return [
    "import * as documents from './graphql.ts';",
    '',
    'export const ROW_SOURCES = [',
    ...entries,
    '] as const;',
    '',
  ].join('\n');
}
