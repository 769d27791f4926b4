import type { Prisma } from '../generated/prisma/client.ts';
import type { ItemName } from './items.ts';
import type { Provenance, Relation, Sensitivity } from './vocabulary.ts';

export type ModelName = Prisma.ModelName;

type Scalars<M extends ModelName> = Prisma.TypeMap['model'][M]['payload']['scalars'];

/** A column of a model, by its name in the datamodel. */
export type ScalarField<M extends ModelName> = Extract<keyof Scalars<M>, string>;

/** Columns of a model whose values are a closed set of words; a declaration may depend on them, row by row. */
type WordField<M extends ModelName> = {
  [F in ScalarField<M>]: NonNullable<Scalars<M>[F]> extends string
    ? string extends NonNullable<Scalars<M>[F]>
      ? never
      : F
    : never;
}[ScalarField<M>];

/** A value that depends on a word in the same row, with an answer for every word. */
export type ByWord<M extends ModelName, T> = {
  [F in WordField<M>]: {
    readonly by: F;
    readonly of: { readonly [W in Extract<NonNullable<Scalars<M>[F]>, string>]: T };
  };
}[WordField<M>];

/** How a value is written; decides its mask, its JSON Schema, and whether it is scanned as free text. */
export const FORMATS = [
  'text',
  'name',
  'email',
  'phone',
  'ip',
  'url',
  'id',
  'key',
  'code',
  'instant',
  'number',
  'amount',
  'currency',
  'language',
  'flag',
  'json',
  'file-name',
  'digest',
  'period',
  'blob',
] as const;
export type Format = (typeof FORMATS)[number];

/** A column that stores personal data. `items` are candidates: the first that a policy names is the one it stores there. */
export interface Personal<M extends ModelName> {
  readonly kind: 'personal';
  readonly items: readonly ItemName[] | ByWord<M, readonly ItemName[]>;
  readonly sensitivity: Sensitivity;
  /** Where the value came from, where the row itself tells; a policy speaks for all other rows. */
  readonly provenance: Provenance | ByWord<M, Provenance>;
  readonly format: Format;
  /** Held, but never handed out in a bundle: the reason is stated in its omissions. */
  readonly withheld?: 'IDENTITY_EVIDENCE';
}

/** A key that joins rows; it tells nothing by itself. */
interface Link {
  readonly kind: 'link';
}

/** A technical column that is never personal. */
interface System {
  readonly kind: 'system';
  readonly format: Format;
}

/** A column that never leaves the store: no GraphQL field, no way into a bundle, in no form. */
interface Secret {
  readonly kind: 'secret';
  readonly items: readonly ItemName[];
}

export type FieldEntry<M extends ModelName> = Personal<M> | Link | System | Secret;

/** Names of the instants at which retention rules start; a rule names one, a dataset says where it lies. */
export const TRIGGERS = [
  'account.deletionRequestedAt',
  'account.closedAt',
  'licence.terminatedAt',
  'call.startedAt',
  'apiRequest.occurredAt',
  'invoice.issuedAt',
  'session.expiresAt',
  'ticket.lastInteractionAt',
  'ticket.closedAt',
  'log.occurredAt',
  'recording.recordedAt',
] as const;
export type TriggerName = (typeof TRIGGERS)[number];

/**
 * The way from a row to its subject: a column that holds the subject's id; the members of the organisation in a column;
 * the owner of the parent row in a column (same relation); or the number at the other end of a call.
 * Never a name and never an e-mail domain (traps X43, X44).
 */
export type SubjectPath<M extends ModelName> =
  | ScalarField<M>
  | { readonly membership: ScalarField<M> }
  | { readonly parent: ScalarField<M> }
  | { readonly counterpart: readonly ScalarField<M>[] };

/** One model seen as a source of a subject's rows; total over its columns by the compiler. */
export interface Dataset<M extends ModelName> {
  /** The dataset's name in bundles, file names and commands. */
  readonly name: string;
  /** What it holds, in plain words for the person it is about. */
  readonly title: string;
  readonly subjects: { readonly [R in Relation]?: SubjectPath<M> };
  /** The instant that says how old a row is. */
  readonly anchor?: ScalarField<M>;
  /** May hold any number of rows for one person: paged in queries, one row a line in bundles. Needs an anchor. */
  readonly large?: true;
  /** The column that says whose voice a file holds (trap X48). */
  readonly parties?: WordField<M>;
  readonly triggers?: { readonly [T in TriggerName]?: ScalarField<M> };
  /** The column with a row's own retention period (trap X22). */
  readonly period?: ScalarField<M>;
  /** Rows that a subject does not see in queries, though an ACCESS bundle tells them. */
  readonly internal?: { readonly field: ScalarField<M>; readonly is: string };
  readonly parents?: { readonly [F in ScalarField<M>]?: ModelName };
  readonly fields: { readonly [F in ScalarField<M>]: FieldEntry<M> };
}

/** The declaration of everything: an undeclared model or column is a type error. */
export type Catalogue = { readonly [M in ModelName]: Dataset<M> };
