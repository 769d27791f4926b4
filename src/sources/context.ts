import type { ModelName } from '../catalogue/dataset.ts';
import { sqlName } from '../catalogue/look-up.ts';
import type { Clock } from '../clock.ts';
import { derivedId } from '../ids.ts';
import { type Identifier, identifier } from './values/identifiers.ts';
import type { BlobStore } from '../store/blobs.ts';
import type { ForeignKey } from '../store/foreign-keys.ts';

/** Where the bytes of recordings and documents go. */
export type BlobSink = Pick<BlobStore, 'put'>;

/** What an importer may know of the tenant and the import. */
export interface ImportContext {
  readonly tenant: string;
  /** The tenant's country, ISO 3166-1 alpha-2: numbers without a country code are read as numbers of it. */
  readonly country: string | null;
  readonly names: (item: string) => boolean;
  readonly foreignKeys: readonly ForeignKey[];
  readonly clock: Clock;
  readonly blobs: BlobSink | undefined;
  /** The folder of the file. */
  readonly folder: string;
}

/** The identifier of a phone number that a person gave, unless the policy names none: then it is counted instead. */
export function givenPhone(
  context: ImportContext,
  text: string | null,
  country = context.country,
): { readonly phone: Identifier | null; readonly unnamed: readonly string[] } {
  if (text === null) return { phone: null, unnamed: [] };
  if (!context.names('account.phone')) return { phone: null, unnamed: ['identifiers.value'] };
  return { phone: identifier('PHONE', text, country), unnamed: [] };
}

/** The id of the row that a source knows as `key`: the same on every import. */
export function rowId(context: ImportContext, model: ModelName, source: string, key: string): string {
  return derivedId(sqlName(model), context.tenant, source, key);
}
