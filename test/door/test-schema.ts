import { extendSchema, parse, type GraphQLSchema } from 'graphql';
import type { GatewayContext } from '../../src/graphql/context.ts';
import { schema } from '../../src/graphql/schema.ts';

/** How a field is answered. */
export type Resolver = (root: unknown, args: Readonly<Record<string, unknown>>, context: GatewayContext) => unknown;

/** The gateway's schema with fields that the door is tried with, such as one that waits, throws or writes. */
export function schemaWith(
  fields: Readonly<Record<string, Resolver>>,
  sdl: string = Object.keys(fields)
    .map((name) => `${name}: String`)
    .join(' '),
  root: 'Query' | 'Mutation' = 'Query',
): GraphQLSchema {
  const extended = extendSchema(schema, parse(`extend type ${root} { ${sdl} }`));
  const known = extended.getType(root) as unknown as { getFields(): Record<string, { resolve: Resolver }> };
  for (const [name, resolve] of Object.entries(fields)) {
    const field = known.getFields()[name];
    if (field === undefined) throw new TypeError(`No field ${name}`);
    field.resolve = resolve;
  }
  return extended;
}
