import type { ModelName } from '../catalogue/dataset.ts';
import { sqlName } from '../catalogue/look-up.ts';
import type { Clock } from '../clock.ts';
import { derivedId } from '../ids.ts';
import type { ForeignKey } from './write/foreign-keys.ts';

/** Where the bytes of recordings and documents go. */
export interface BlobSink {
  put(content: AsyncIterable<Uint8Array>): Promise<{ readonly key: string; readonly bytes: number | bigint; readonly sha256: string }>;
}

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

/** The id of the row that a source knows as `key`: the same on every import. */
export function rowId(context: ImportContext, model: ModelName, source: string, key: string): string {
  return derivedId(sqlName(model), context.tenant, source, key);
}
