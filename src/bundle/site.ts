import { createWriteStream } from 'node:fs';
import { appendFile, mkdir, readFile, readdir, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { CarryallError } from '../errors.ts';
import type { StoredEntry } from './archive.ts';
import { endOf } from './archive-headers.ts';
import type { Collected } from './collect.ts';
import { digestOfFile } from './file-digest.ts';
import { openOutlet, type Outlet } from './outlet.ts';
import type { OpenVolume, VolumePlace } from './volumes.ts';

/**
 * A folder in which an archive is built, with a journal of what of it is finished. A build that is killed leaves it, and
 * the next one of the same request goes on from there: see docs/decisions/0018-resumed-builds.md.
 */
export interface Site {
  /** What an earlier attempt had finished; null where everything starts from the beginning. */
  readonly left: Left | null;
  readonly place: VolumePlace;
  /** Opens the volume to go on with. */
  begin(signal?: AbortSignal): Promise<OpenVolume>;
  /** Notes that nothing more is needed from the database. */
  collected(collected: Collected): Promise<void>;
  /** The file of a volume. */
  path(number: number): string;
}

/** What an earlier attempt had finished. */
export interface Left {
  readonly collected: Collected;
  /** The stored files that are in the archive already, and in which volume each lies. */
  readonly written: readonly (StoredEntry & { readonly volume: number })[];
}

type Line =
  | { readonly kind: 'STORED'; readonly volume: number; readonly entry: StoredEntry }
  | { readonly kind: 'COLLECTED'; readonly at: string; readonly collected: Collected };

/** Data that old are a new request's to collect. */
const KEPT_MS = 24 * 3600 * 1000;

/** Opens a site in `folder`; what lies there and cannot be gone on with is removed. */
export async function openSite(
  folder: string,
  { now, nameOf }: { readonly now: Date; readonly nameOf: (volume: number) => string },
): Promise<Site> {
  const journal = join(folder, 'journal.ndjson');
  const path = (number: number): string => join(folder, `volume-${number}.part`);
  const resumable = await readJournal(journal, path, now);
  if (resumable === null) {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true, mode: 0o700 });
  }
  const note = (line: Line): Promise<void> => appendFile(journal, `${JSON.stringify(line)}\n`, { mode: 0o600 });
  let stop: AbortSignal | undefined;
  const open = async (number: number): Promise<Outlet> =>
    openOutlet(createWriteStream(path(number), { flags: 'wx', mode: 0o600 }), stop);
  return {
    left: resumable === null ? null : { collected: resumable.collected, written: resumable.written },
    path,
    collected: (collected) => note({ kind: 'COLLECTED', at: now.toISOString(), collected }),
    async begin(signal) {
      stop = signal;
      if (resumable === null) return { number: 1, outlet: await open(1), entries: [] };
      const { volume, entries } = resumable;
      const end = Math.max(0, ...entries.map((entry) => endOf(entry)));
      await cutBack(folder, path(volume), end, volume);
      const file = createWriteStream(path(volume), { flags: 'r+', start: end });
      return { number: volume, outlet: openOutlet(file, signal, end), entries };
    },
    place: {
      open,
      stored: (volume, entry) => note({ kind: 'STORED', volume, entry }),
      finished: async (number) => ({ name: nameOf(number), ...(await digestOfFile(path(number))) }),
    },
  };
}

interface Resumable extends Left {
  readonly volume: number;
  /** Those of the volume to go on with. */
  readonly entries: readonly StoredEntry[];
}

/** What the journal shows to be finished; null where the snapshot was still needed, or is too long ago. */
async function readJournal(journal: string, path: (number: number) => string, now: Date): Promise<Resumable | null> {
  const text = await readFile(journal, 'utf8').catch(() => '');
  // A line that was being written when the process died has no end.
  const lines = text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Line]));
  const stored = lines.flatMap((line) => (line.kind === 'STORED' ? [line] : []));
  const at = lines.findIndex(({ kind }) => kind === 'COLLECTED');
  const line = lines[at];
  if (line?.kind !== 'COLLECTED' || now.getTime() - Date.parse(line.at) > KEPT_MS) return null;
  const { storedFiles } = line.collected;
  // What came behind the stored files is made anew: it is small, and says what lies before it.
  const kept = stored.slice(0, at + Math.min(storedFiles.length, stored.length - at));
  const volume = kept.at(-1)?.volume ?? 1;
  const entries = kept.flatMap((each) => (each.volume === volume ? [each.entry] : []));
  const size = await stat(path(volume)).then(
    (found) => found.size,
    () => 0,
  );
  if (entries.some((entry) => endOf(entry) > size)) return null;
  return { collected: line.collected, written: kept.slice(at).map((each) => ({ ...each.entry, volume: each.volume })), volume, entries };
}

/** Takes away what was not finished: the rest of the volume, and volumes after it. */
async function cutBack(folder: string, path: string, end: number, volume: number): Promise<void> {
  await truncate(path, end);
  for (const name of await readdir(folder)) {
    const number = Number(/^volume-(\d+)\.part$/.exec(name)?.[1] ?? 0);
    if (number > volume) await rm(join(folder, name));
  }
}

/** Removes sites that nobody has touched since `before`, and returns how many. */
export async function sweepSites(folder: string, before: Date): Promise<number> {
  let removed = 0;
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => null);
    if (found === null || found.mtimeMs >= before.getTime()) continue;
    await rm(path, { recursive: true, force: true }).catch((cause: unknown) => {
      throw new CarryallError('OUTPUT_FAILED', `${path} could not be removed.`, { cause });
    });
    removed += 1;
  }
  return removed;
}
