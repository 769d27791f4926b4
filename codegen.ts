import type { CodegenConfig } from '@graphql-codegen/cli';

/** Types of the documents that the CLI and the tests send; offline, from the committed schema. */
const config: CodegenConfig = {
  schema: 'schema.graphql',
  documents: ['src/cli/**/*.ts', 'test/graphql/**/*.ts'],
  ignoreNoDocuments: true,
  silent: true,
  generates: {
    'src/generated/documents/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
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
          EmailAddress: 'string',
          PhoneNumber: 'string',
          IPAddress: 'string',
          URL: 'string',
          Duration: 'string',
          CurrencyCode: 'string',
          Locale: 'string',
        },
      },
    },
  },
};

// The tool reads the default export.
export default config;
