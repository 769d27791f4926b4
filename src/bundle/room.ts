import { mkdir, stat, statfs } from 'node:fs/promises';
import { CarryallError } from '../errors.ts';
import type { Reader } from '../store/session.ts';
import { sql } from '../store/sql.ts';
import { onBehalfOf } from './anybody.ts';
import { letsFilesOut } from './blob-files.ts';
import { forecast, type ForecastOptions } from './forecast.ts';
import { expectedRows, type BundleRequest, type Prepared } from './prepare.ts';
import { selectionOf } from './select.ts';

/** How much a folder is to take. */
export interface Need {
  readonly folder: string;
  readonly bytes: number;
}

/** Throws OUTPUT_FAILED, naming what is needed and what is free, where folders cannot take what is wanted of them. */
export async function assertRoom(needs: readonly Need[]): Promise<void> {
  for (const { folder, needed, free } of await roomIn(needs)) {
    if (needed <= free) continue;
    throw new CarryallError(
      'OUTPUT_FAILED',
      `The disk of ${folder} has ${inMegabytes(free)} free, and about ${inMegabytes(needed)} are needed. Make room there, or give another folder; nothing was written.`,
    );
  }
}

/** A row whose share of an archive, with its scratch files, is larger would be a book. */
const LARGEST_ROW = 32 * 1024;
/** All that is not rows. */
const ROOMY = 256 * 1024 * 1024;

/** What a build writes to. */
interface RoomOptions extends ForecastOptions {
  readonly outputFolder?: string | undefined;
  /** Whether an archive is built in the work folder first. */
  readonly archive: boolean;
}

/**
 * Sees to it, before a row is read, that there is room for a bundle where it is built and where it is to lie. A sample is
 * taken only where that is not plain from the count of the rows and the sizes of the stored files. Throws OUTPUT_FAILED.
 */
export async function assertRoomFor(
  reader: Reader,
  request: BundleRequest,
  build: Prepared,
  options: RoomOptions,
): Promise<void> {
  const { workFolder, outputFolder, archive } = options;
  await mkdir(workFolder, { recursive: true, mode: 0o700 });
  const needs = (bytes: number, scratchBytes: number): Need[] => [
    { folder: workFolder, bytes: archive ? bytes + scratchBytes : scratchBytes },
    ...(outputFolder === undefined ? [] : [{ folder: outputFolder, bytes }]),
  ];
  const most = expectedRows(build) * LARGEST_ROW + ROOMY;
  const rooms = await roomIn(needs(most + (await claimedBytes(reader, build)), most));
  if (rooms.every(({ needed, free }) => needed <= free)) return;
  const { packedBytes, scratchBytes } = await forecast(reader, request, build, options);
  await assertRoom(needs(packedBytes, scratchBytes));
}

/** How large the stored files are by what their rows say. */
async function claimedBytes(reader: Reader, { counts, select, somebody }: Prepared): Promise<number> {
  const own = onBehalfOf(reader, somebody);
  let sum = 0;
  for (const { section, expected } of counts) {
    for (const place of ['data', 'context'] as const) {
      const selection =
        expected[place] > 0 && letsFilesOut(section, place) ? selectionOf(select, section, place) : null;
      if (selection === null) continue;
      const [row] = await own.query<{ bytes: string }>(
        sql`SELECT coalesce(sum(t.bytes), 0)::text AS bytes FROM ${selection.from} WHERE ${selection.where}`,
      );
      sum += Number(row?.bytes ?? 0);
    }
  }
  return sum;
}

/** What is wanted of each disk, and what it has free. */
async function roomIn(
  needs: readonly Need[],
): Promise<readonly { readonly folder: string; readonly needed: number; readonly free: number }[]> {
  const disks = new Map<number, { folder: string; needed: number; free: number }>();
  for (const { folder, bytes } of needs) {
    const [{ dev }, { bavail, bsize }] = await Promise.all([stat(folder), statfs(folder)]);
    const disk = disks.get(dev) ?? { folder, needed: 0, free: bavail * bsize };
    disks.set(dev, { ...disk, needed: disk.needed + bytes });
  }
  return [...disks.values()];
}

function inMegabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6)} MB`;
}
