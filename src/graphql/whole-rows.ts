import SchemaBuilder, { BasePlugin, type PothosOutputFieldConfig, type SchemaTypes } from '@pothos/core';
import type { GraphQLFieldResolver } from 'graphql';

/** The plugin's name; it stands before Prisma's among the builder's plugins. */
export const WHOLE_ROWS = 'wholeRows';

/**
 * Lets fields of rows resolve as they are written. Prisma's plugin would ask, before each, whether the row was read with its
 * column, and read the row once more if not; but rows are read by `readRows` alone, with all columns that the document asks.
 */
class WholeRowsPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override wrapResolve(
    wrapped: GraphQLFieldResolver<unknown, Types['Context'], object>,
    { kind, resolve }: PothosOutputFieldConfig<Types>,
  ): GraphQLFieldResolver<unknown, Types['Context'], object> {
    return kind === 'PrismaObject' && resolve !== undefined
      ? (resolve as GraphQLFieldResolver<unknown, Types['Context'], object>)
      : wrapped;
  }
}

declare global {
  // As Pothos learns of plugins.
  export namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes> {
      wholeRows: WholeRowsPlugin<Types>;
    }
  }
}

SchemaBuilder.registerPlugin(WHOLE_ROWS, WholeRowsPlugin);
