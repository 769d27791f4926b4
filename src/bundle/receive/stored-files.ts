import { Readable } from 'node:stream';
import type { ModelName } from '../../catalogue/dataset.ts';
import { datasetOf } from '../../catalogue/look-up.ts';
import { CarryallError, type Fault } from '../../errors.ts';
import type { BlobStore } from '../../store/blobs.ts';
import type { Writer } from '../../store/session.ts';
import { sql } from '../../store/sql.ts';
import type { VerifiedBundle } from './open-verified.ts';
import type { Receipt } from './report.ts';
import { columnOf, stageOf, type Stage } from './stage.ts';

interface Named {
  readonly model: ModelName;
  readonly id: string;
  readonly field: string;
}

/**
 * Stores the files that staged rows name and writes their keys into the rows. Comes last before the rows are stored: a
 * bundle that is refused leaves no file. Throws BAD_INPUT for a file that changed after it was verified.
 */
export async function storeFiles(
  writer: Writer,
  stage: Stage,
  bundle: VerifiedBundle,
  blobs: BlobStore,
  tenantId: string,
  receipt: Receipt,
): Promise<void> {
  const named = await namedFiles(writer, stage);
  for (const { path, bytes } of bundle.files()) {
    const row = named.get(path);
    if (row === undefined) continue;
    const stored = await blobs.put(tenantId, Readable.from(bytes));
    if (stored.sha256 !== bundle.listed.get(path)?.sha256)
      throw new CarryallError('BAD_INPUT', `${path} changed after it was verified. Nothing was written.`);
    await writer.execute(
      sql`UPDATE ${stageOf(row.model)} SET ${columnOf(row.field)} = ${stored.key} WHERE id = ${row.id}`,
    );
    receipt.file();
  }
}

/** Throws BAD_INPUT for files that no row names: they would be lost without a word. */
export async function assertNamed(writer: Writer, stage: Stage, { listed }: VerifiedBundle): Promise<void> {
  const named = await namedFiles(writer, stage);
  const faults = [...listed.keys()].flatMap((path): Fault[] =>
    path.startsWith('files/') && !named.has(path) ? [{ path, reason: 'is a file that no row names' }] : [],
  );
  if (faults.length === 0) return;
  throw new CarryallError('BAD_INPUT', 'The bundle has files that belong to nothing. Nothing was written.', { faults });
}

async function namedFiles(writer: Writer, stage: Stage): Promise<ReadonlyMap<string, Named>> {
  const named = new Map<string, Named>();
  for (const model of stage.models) {
    const field = blobFieldOf(model);
    if (field === null || !stage.carried(model).includes(field)) continue;
    const rows = await writer.query<{ id: string; path: string }>(
      sql`SELECT id, ${columnOf(field)} AS path FROM ${stageOf(model)} WHERE ${columnOf(field)} IS NOT NULL`,
    );
    for (const { id, path } of rows) named.set(path, { model, id, field });
  }
  return named;
}

function blobFieldOf(model: ModelName): string | null {
  for (const [field, entry] of Object.entries(datasetOf(model).fields))
    if (entry.kind === 'personal' && entry.format === 'blob') return field;
  return null;
}
