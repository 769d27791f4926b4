import type { ObjectRef } from '@pothos/core';
import { CarryallError } from '../errors.ts';
import { LARGEST_PAGE, type Page, type PageRequest } from '../store/keyset.ts';
import { builder } from './builder.ts';

export const DEFAULT_PAGE = 20;

/** A page, and whether it goes on from another. */
export interface Resumed<Row> extends Page<Row> {
  readonly resumed: boolean;
}

/** The type of a page of the gateway's own records. */
export function pageRef<Row extends object>(name: string, of: ObjectRef<Schema, Row>): ObjectRef<Schema, Resumed<Row>> {
  const ref = builder.objectRef<Resumed<Row>>(name);
  builder.objectType(ref, {
    description: 'A page.',
    fields: (t) => ({
      nodes: t.field({
        type: [of] as never,
        nullable: { list: false, items: false } as never,
        complexity: { field: 0, multiplier: 1 },
        resolve: ({ rows }) => rows as never,
      }),
      pageInfo: t.field({
        type: builder.pageInfoRef(),
        nullable: false,
        resolve: ({ cursors, hasNext, resumed }) => ({
          hasNextPage: hasNext,
          hasPreviousPage: resumed,
          startCursor: cursors[0] ?? null,
          endCursor: cursors.at(-1) ?? null,
        }),
      }),
    }),
  });
  return ref as never;
}

type Schema = typeof builder extends PothosSchemaTypes.SchemaBuilder<infer T> ? T : never;

/** Which page is asked for. Throws BAD_INPUT for a size that is none. */
export function pageRequest(args: { readonly first?: unknown; readonly after?: unknown }): PageRequest {
  const { first = DEFAULT_PAGE, after = null } = args;
  if (typeof first !== 'number' || first < 1 || first > LARGEST_PAGE)
    throw new CarryallError('BAD_INPUT', `A page has 1 to ${LARGEST_PAGE} rows, not ${String(first)}.`);
  return { first, after: typeof after === 'string' ? after : null };
}

/** How much a page may cost: as many rows as it may have. */
export function pageCost({ first }: { readonly first?: unknown }): {
  readonly field: number;
  readonly multiplier: number;
} {
  return { field: 2, multiplier: Math.min(Math.max(Number(first ?? 1), 1), LARGEST_PAGE) };
}
