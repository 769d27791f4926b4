import { CarryallError } from '../errors.ts';
import type { BlobStore } from '../store/blobs.ts';
import type { Reader } from '../store/session.ts';
import { sql } from '../store/sql.ts';
import type { Ledger } from './ledger.ts';
import { placeOf, type Section } from './plan.ts';
import type { Witness } from './witness/witness.ts';
import { blobPath, selectionOf, type Place, type SelectScope } from './select.ts';

/** A stored file that goes into the archive. */
export interface StoredFile {
  readonly path: string;
  readonly key: string;
  /** What its row says of it, where it does; lower-case hex. */
  readonly sha256: string | null;
  readonly bytes: number;
  readonly dataset: string;
}

/** A stored file that a row names and that is not there. */
export interface MissingFile {
  readonly path: string;
  readonly dataset: string;
}

const PAGE = 500;

/** What listing needs. */
export interface Listing {
  readonly reader: Reader;
  readonly build: { readonly select: SelectScope };
  readonly ledger: Ledger;
  readonly target: { readonly format: 'ZIP' | 'JSON' };
  readonly blobs: BlobStore;
  readonly witness: Witness;
}

/**
 * The stored files of every section that lets them out, in the reader's snapshot. One that is not there fails the bundle
 * with BUNDLE_FAILED, unless the policy has missing files listed.
 */
export async function listStoredFiles({ reader, build, ledger, target, blobs, witness }: Listing): Promise<{
  readonly files: readonly StoredFile[];
  readonly missing: readonly MissingFile[];
}> {
  const scope = build.select;
  const files: StoredFile[] = [];
  const missing: MissingFile[] = [];
  if (target.format === 'JSON') return { files, missing };
  for (const { section, expected } of ledger.sections) {
    for (const place of ['data', 'context'] as const) {
      if (expected[place] === 0 || !letsFilesOut(section, place)) continue;
      for await (const file of storedFilesOf({ reader, scope, witness }, section, place)) {
        const bytes = await blobs.size(file.key);
        if (bytes === null) missing.push({ path: file.path, dataset: file.dataset });
        else files.push({ ...file, bytes });
      }
    }
  }
  if (missing.length > 0 && scope.plan.policy.missingFiles !== 'LIST')
    throw new CarryallError(
      'BUNDLE_FAILED',
      `${missing.length} stored files that rows name are not there, the first is ${missing[0]?.path}. Restore them, or let the policy list them (missingFiles: LIST).`,
    );
  return { files, missing };
}

/** Whether stored files of a section go into an archive. */
export function letsFilesOut(section: Section, place: Place): boolean {
  return section.columns.some(
    ({ entry, cases }) => entry.format === 'blob' && cases.some(({ fate }) => placeOf(fate) === place),
  );
}

async function* storedFilesOf(
  { reader, scope, witness }: { readonly reader: Reader; readonly scope: SelectScope; readonly witness: Witness },
  section: Section,
  place: Place,
): AsyncGenerator<Omit<StoredFile, 'bytes'>> {
  const selection = selectionOf(scope, section, place);
  const file = selection?.properties.find(({ name }) => name === 'file');
  if (selection === null || file === undefined) return;
  const named = sql`${selection.where} AND t.blob_key IS NOT NULL AND (${file.value}) IS NOT NULL`;
  const [counted] = await reader.query<{ count: string }>(
    sql`SELECT count(*) AS count FROM ${selection.from} WHERE ${named}`,
  );
  let listed = 0;
  for (let after = ''; ;) {
    const rows = await reader.query<Omit<StoredFile, 'dataset' | 'bytes'> & { readonly id: string }>(sql`
      SELECT t.id, t.blob_key AS key, ${blobPath(section)} AS path, t.sha256 FROM ${selection.from}
      WHERE ${named} AND t.id > ${after} ORDER BY t.id LIMIT ${PAGE}`);
    // These rows pass no gate.
    await witness.take(
      section,
      rows.map(({ id }) => id),
    );
    for (const { key, path, sha256 } of rows) yield { path, key, sha256, dataset: section.name };
    listed += rows.length;
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) break;
    after = last.id;
  }
  if (listed !== Number(counted?.count))
    throw new CarryallError(
      'BUNDLE_FAILED',
      `${section.name}: ${counted?.count} rows with a file were counted and ${listed} came. The bundle was given up.`,
    );
}
