import type { GraphQLResolveInfo } from 'graphql';
import { builder } from './builder.ts';

/** The parts of a value that several columns make up, each told when it is asked for. */
export type Parts = Readonly<Record<string, (info: GraphQLResolveInfo) => unknown>>;

/** A GraphQL type over several columns, which a row type names one by one. */
export interface Composite {
  readonly ref: unknown;
  readonly parts: readonly string[];
}

function composite(name: string, description: string, parts: Readonly<Record<string, PartType>>): Composite {
  const ref = builder.objectRef<Parts>(name);
  builder.objectType(ref, {
    description,
    fields: (t) =>
      Object.fromEntries(
        Object.entries(parts).map(([part, type]) => [
          part,
          t.field({ type, resolve: (value, _args, _context, info) => (value[part]?.(info) ?? null) as never }),
        ]),
      ),
  });
  return { ref, parts: Object.keys(parts) };
}

type PartType = 'String' | 'Boolean' | 'Long' | 'CurrencyCode';

export const Money = composite('Money', 'An amount in minor units (cents) and its currency.', {
  amountMinor: 'Long',
  currency: 'CurrencyCode',
});

export const PostalAddress = composite('PostalAddress', 'Where post goes.', {
  line1: 'String',
  line2: 'String',
  city: 'String',
  region: 'String',
  postalCode: 'String',
  countryCode: 'String',
});

export const Attachment = composite('Attachment', 'A file; its bytes are in ZIP bundles only.', {
  fileName: 'String',
  contentType: 'String',
  bytes: 'Long',
  sha256: 'String',
  held: 'Boolean',
});
