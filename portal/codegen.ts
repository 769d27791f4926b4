import { readFileSync } from 'node:fs';
import type { CodegenConfig } from '@graphql-codegen/cli';
import { buildSchema } from 'graphql';
import { rowSources } from './codegen/row-types.ts';

const SCHEMA = 'schema.graphql';
const OUT = 'src/generated/portal-documents/';

/** The documents that the portal sends, by their hash and no others; those that read rows are made from the schema. */
const config: CodegenConfig = {
  schema: SCHEMA,
  documents: [
    'portal/**/*.{ts,tsx}',
    '!portal/codegen/**',
    ...rowSources(buildSchema(readFileSync(SCHEMA, 'utf8'))).map(({ text }) => text),
  ],
  silent: true,
  generates: {
    [OUT]: {
      preset: 'client',
      presetConfig: {
        fragmentMasking: false,
        persistedDocuments: { mode: 'replaceDocumentWithHash', hashAlgorithm: 'sha256' },
      },
      config: {
        useTypeImports: true,
        enumsAsTypes: true,
        documentMode: 'string',
        importExtension: '.ts',
        emitLegacyCommonJSImports: false,
        defaultScalarType: 'unknown',
        scalars: {
          DateTime: 'string',
          Long: 'number | string',
          Duration: 'string',
          EmailAddress: 'string',
          Locale: 'string',
        },
      },
    },
    [`${OUT}datasets.ts`]: { plugins: ['./portal/codegen/datasets-plugin.ts'] },
  },
};

// The tool reads the default export.
export default config;
