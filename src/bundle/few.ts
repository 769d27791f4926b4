import type { SnapshotReader } from '../store/session.ts';
import { accessLogCount } from '../audit/access-log.ts';
import { onBehalfOf } from './anybody.ts';
import { letsFilesOut } from './blob-files.ts';
import { MANY } from './count.ts';
import { gateOf } from './gate-of.ts';
import { kept } from './kept.ts';
import type { BundleRequest, Prepared } from './prepare.ts';
import type { RowGate } from './row-gate.ts';
import { cells, selectionOf, type Selection } from './select.ts';
import type { Witness } from './witness/witness.ts';
import { rowIds } from './witness/row-ids.ts';

/** The rows of one file, as they may leave. */
export interface ReadRows {
  readonly gate: RowGate;
  /** Lines of JSON. */
  readonly lines: Buffer;
}

/** All rows of a bundle that has few, by file. */
export type FewRows = ReadonlyMap<Selection, ReadRows>;

/** The most bytes of a file's rows that are read at once. */
const MOST_BYTES = 256 * 1024;

const queryOf = kept((selection: Selection) => cells(selection));

/**
 * Reads all rows at once, with one question to the database and one to the witness: few rows take less time than as many
 * questions. Null where they, the looks at them or files that belong to them are more than memory is for. Throws FOREIGN_ROW,
 * BUNDLE_FAILED.
 */
export async function readFew(
  reader: SnapshotReader,
  request: BundleRequest,
  build: Prepared,
  witness: Pick<Witness, 'take'>,
): Promise<FewRows | null> {
  const { counts, select, somebody, plan } = build;
  const files = counts.flatMap(({ section, expected }) =>
    (['data', 'context'] as const).flatMap((place) =>
      expected[place] === 0 ? [] : { section, place, selection: selectionOf(select, section, place) },
    ),
  );
  if (files.some(({ section, place }) => letsFilesOut(section, place))) return null;
  if (plan.scope === 'ACCESS') {
    const [looks] = await reader.query<{ count: string }>(accessLogCount(request));
    if (Number(looks?.count) >= MANY) return null;
  }
  const own = onBehalfOf(reader, somebody);
  const selections = files.flatMap(({ selection }) => selection ?? []);
  const read = await Promise.all(selections.map((selection) => own.cells(queryOf(selection), MOST_BYTES)));
  const rows = new Map<Selection, ReadRows>();
  for (const [index, selection] of selections.entries()) {
    const found = read[index] ?? null;
    if (found === null) return null;
    const gate = gateOf(build, request, selection);
    rows.set(selection, { gate, lines: gate.take(found) });
  }
  await Promise.all([...rows].map(([{ section }, { lines }]) => witness.take(section, rowIds(lines))));
  return rows;
}
