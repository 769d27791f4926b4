import type { FieldRef, InputFieldRef } from '@pothos/core';
import type { GraphQLResolveInfo } from 'graphql';
import type { ItemName } from '../catalogue/items.ts';
import type { Provenance, Sensitivity } from '../catalogue/vocabulary.ts';
import type { GatewayContext } from './context.ts';
import type { Place } from './decide.ts';

/** A row of the database, of which only the columns are there that its fields asked for. */
export type Row = Readonly<Record<string, unknown>>;

export type Args = Readonly<Record<string, unknown>>;

export type Fields = Record<string, FieldRef<never, unknown>>;

/** Of a field that needs no column: every row is read with its key. */
export const KEY_ONLY = { id: true } as const;

/** What a field shows of a person: one column, columns by the names of its parts, or an item that is never held. */
export type Shown =
  | { readonly column: Place }
  | { readonly parts: Readonly<Record<string, Place>> }
  | { readonly absent: ItemName };

/** Options of a field over a row whose model is known only when the schema is built. */
interface RowFieldOptions {
  readonly type: unknown;
  readonly nullable?: boolean | { readonly list: boolean; readonly items: boolean };
  readonly description?: string;
  readonly args?: Readonly<Record<string, InputFieldRef<never, unknown>>>;
  readonly complexity?: (args: Args) => { readonly field: number; readonly multiplier: number };
  readonly directives?: readonly { readonly name: 'personalData'; readonly args: PersonalDataArgs }[];
  readonly extensions?: { readonly shows: Shown };
  /** The columns to read: at least a key, or Pothos would load the row once more for this field. */
  readonly select: (args: Args, context: GatewayContext) => Readonly<Record<string, true>>;
  readonly resolve: (row: Row, args: Args, context: GatewayContext, info: GraphQLResolveInfo) => unknown;
}

export interface PersonalDataArgs {
  readonly item: readonly string[];
  readonly sensitivity: Sensitivity;
  readonly provenance: readonly Provenance[];
}

/**
 * Pothos' field builder of a Prisma type, seen without the model's types: the catalogue is walked at run time, and its
 * own types have already made it total over the models.
 */
export interface FieldMaker {
  field(options: RowFieldOptions): FieldRef<never, unknown>;
  readonly arg: {
    int(options: { readonly defaultValue?: number; readonly description?: string }): InputFieldRef<never, unknown>;
    string(options: { readonly description?: string }): InputFieldRef<never, unknown>;
  };
}
