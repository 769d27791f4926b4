import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoredEntry } from './archive.ts';
import { endOf } from './archive-headers.ts';
import type { Collected } from './collect.ts';
import { digestOfFile } from './file-digest.ts';
import { addNotes, cutJournal, journalOf, readNotes, removeUnfinished, type Note, type ReadNote } from './journal.ts';
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
  /** Notes a file elsewhere that is to be removed if this process dies. */
  unfinished(path: string): Promise<void>;
  /** The file of a volume. */
  path(number: number): string;
}

/** What an earlier attempt had finished. */
export interface Left {
  readonly collected: Collected;
  /** The stored files that are in the archive already, and in which volume each lies. */
  readonly written: readonly (StoredEntry & { readonly volume: number })[];
}

/** Data that old are a new request's to collect. */
const KEPT_MS = 24 * 3600 * 1000;

/** Opens a site in `folder`; what lies there and cannot be gone on with is removed. */
export async function openSite(
  folder: string,
  { now, nameOf }: { readonly now: Date; readonly nameOf: (volume: number) => string },
): Promise<Site> {
  const journal = journalOf(folder);
  const notes = await readNotes(journal);
  await removeUnfinished(notes);
  const path = (number: number): string => join(folder, `volume-${number}.part`);
  const resumable = await resumableFrom(notes, path, now);
  if (resumable === null) {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true, mode: 0o700 });
  }
  // Nobody goes on from before everything is collected, so nothing is written until then.
  const waiting: Note[] = [];
  let isCollected = resumable !== null;
  let stop: AbortSignal | undefined;
  const open = async (number: number): Promise<Outlet> =>
    openOutlet(createWriteStream(path(number), { flags: 'wx', mode: 0o600 }), stop);
  return {
    left: resumable === null ? null : { collected: resumable.collected, written: resumable.written },
    path,
    unfinished: (each) => addNotes(journal, [{ kind: 'UNFINISHED', path: each }]),
    async collected(collected) {
      await addNotes(journal, [...waiting.splice(0), { kind: 'COLLECTED', at: now.toISOString(), collected }]);
      isCollected = true;
    },
    async begin(signal) {
      stop = signal;
      if (resumable === null) return { number: 1, outlet: await open(1), entries: [] };
      const { volume, entries, last } = resumable;
      const end = Math.max(0, ...entries.map((entry) => endOf(entry)));
      await cutJournal(journal, last);
      await cutBack(folder, path(volume), end, volume);
      const file = createWriteStream(path(volume), { flags: 'r+', start: end });
      return { number: volume, outlet: openOutlet(file, signal, end), entries };
    },
    place: {
      open,
      async stored(volume, entry) {
        const note = { kind: 'STORED', volume, entry } as const;
        if (isCollected) await addNotes(journal, [note]);
        else waiting.push(note);
      },
      finished: async (number) => ({ name: nameOf(number), ...(await digestOfFile(path(number))) }),
    },
  };
}

interface Resumable extends Left {
  readonly volume: number;
  /** Those of the volume to go on with. */
  readonly entries: readonly StoredEntry[];
  /** The last note that still holds. */
  readonly last: ReadNote;
}

/** What the journal shows to be finished; null where the snapshot was still needed, is too long ago, or a volume is cut. */
async function resumableFrom(
  notes: readonly ReadNote[],
  path: (number: number) => string,
  now: Date,
): Promise<Resumable | null> {
  const at = notes.findIndex(({ note }) => note.kind === 'COLLECTED');
  const collecting = notes[at]?.note;
  if (collecting?.kind !== 'COLLECTED' || now.getTime() - Date.parse(collecting.at) > KEPT_MS) return null;
  const { collected } = collecting;
  // What came behind the stored files is made anew: it is small, and says what lies before it.
  const kept = notes.slice(0, at + 1 + collected.storedFiles.length);
  const stored = kept.flatMap(({ note }) => (note.kind === 'STORED' ? [{ ...note.entry, volume: note.volume }] : []));
  const volume = stored.at(-1)?.volume ?? 1;
  const last = kept.at(-1);
  if (last === undefined) return null;
  for (const number of new Set(stored.map((entry) => entry.volume))) {
    const size = await stat(path(number)).then(
      (found) => found.size,
      () => 0,
    );
    if (stored.some((entry) => entry.volume === number && endOf(entry) > size)) return null;
  }
  return {
    collected,
    written: stored.slice(at),
    volume,
    entries: stored.filter((each) => each.volume === volume),
    last,
  };
}

/** Takes away what was not finished: the rest of the volume, and volumes after it. */
async function cutBack(folder: string, path: string, end: number, volume: number): Promise<void> {
  await truncate(path, end);
  for (const name of await readdir(folder)) {
    const number = Number(/^volume-(\d+)\.part$/.exec(name)?.[1] ?? 0);
    if (number > volume) await rm(join(folder, name));
  }
}
