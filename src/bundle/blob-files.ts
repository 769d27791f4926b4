import { CarryallError } from '../errors.ts';
import { sql } from '../store/sql.ts';
import type { BlobStore } from '../store/blobs.ts';
import type { Reader } from '../store/session.ts';
import type { Ledger } from './ledger.ts';
import { placeOf, type Section } from './plan.ts';
import { blobPath, selectionOf, type Place, type SelectScope } from './select.ts';
import type { BundleTarget } from './target.ts';

const PAGE = 500;

interface BlobRow {
  readonly id: string;
  readonly blob_key: string;
  readonly path: string;
  readonly sha256: string | null;
}

/**
 * Writes the stored files of every section that lets them out, one at a time. A file that is not there, or whose bytes are
 * not those that the row was made with, fails the bundle.
 */
export async function writeBlobs(
  reader: Reader,
  scope: SelectScope,
  target: BundleTarget,
  ledger: Ledger,
  blobs: BlobStore,
): Promise<void> {
  if (target.format === 'JSON') return;
  for (const { section, expected } of ledger.sections) {
    for (const place of ['data', 'context'] as const) {
      if (expected[place] > 0 && letsFilesOut(section, place))
        await writeSection(reader, scope, section, place, target, ledger, blobs);
    }
  }
}

function letsFilesOut(section: Section, place: Place): boolean {
  return section.columns.some(
    ({ entry, cases }) => entry.format === 'blob' && cases.some(({ fate }) => placeOf(fate) === place),
  );
}

async function writeSection(
  reader: Reader,
  scope: SelectScope,
  section: Section,
  place: Place,
  target: BundleTarget,
  ledger: Ledger,
  blobs: BlobStore,
): Promise<void> {
  const selection = selectionOf(scope, section, place);
  const file = selection?.properties.find(({ name }) => name === 'file');
  if (selection === null || file === undefined) return;
  for (let after = ''; ;) {
    const rows = await reader.query<BlobRow>(sql`
      SELECT t.id, t.blob_key, ${blobPath(section)} AS path, t.sha256 FROM ${selection.from}
      WHERE ${selection.where} AND t.blob_key IS NOT NULL AND (${file.value}) IS NOT NULL AND t.id > ${after} ORDER BY t.id LIMIT ${PAGE}`);
    for (const row of rows) {
      const written = await target.blob(row.path, () => blobs.open(row.blob_key));
      if (written === null) continue;
      if (row.sha256 !== null && written.sha256 !== row.sha256) {
        throw new CarryallError('BUNDLE_FAILED', `${row.path} is not the file that was stored: its SHA-256 differs.`);
      }
      ledger.file({ ...written, dataset: section.name });
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = last.id;
  }
}
