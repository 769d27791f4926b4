import { appendFile, readFile, rm, truncate } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { StoredEntry } from './archive.ts';
import type { Collected } from './collect.ts';

/**
 * What a journal notes: a file that is whole in a volume, that all before needs no database any more, or an unfinished file
 * elsewhere, which is nobody's once the process is dead.
 */
export type Note =
  | { readonly kind: 'STORED'; readonly volume: number; readonly entry: StoredEntry }
  | { readonly kind: 'COLLECTED'; readonly at: string; readonly collected: Collected }
  | { readonly kind: 'UNFINISHED'; readonly path: string };

/** A note that was read back. */
export interface ReadNote {
  readonly note: Note;
  /** How many bytes the journal has up to its end. */
  readonly end: number;
}

/** Where the journal of a site lies. */
export function journalOf(folder: string): string {
  return join(folder, 'journal.ndjson');
}

/** Adds notes, all of them at once. */
export async function addNotes(path: string, notes: readonly Note[]): Promise<void> {
  const lines = notes.map((note) => {
    const text = JSON.stringify(note);
    return `${checkOf(text)} ${text}\n`;
  });
  await appendFile(path, lines.join(''), { mode: 0o600 });
}

/** The notes of a journal up to the first that is not whole: one that was being written when its process was killed, or that the disk lost. */
export async function readNotes(path: string): Promise<readonly ReadNote[]> {
  const bytes = await readFile(path).catch(() => Buffer.alloc(0));
  const notes: ReadNote[] = [];
  for (let at = 0; ;) {
    const end = bytes.indexOf(NEWLINE, at) + 1;
    const check = bytes.toString('latin1', at, at + 8);
    const text = bytes.toString('utf8', at + 9, end - 1);
    if (end === 0 || check !== checkOf(text)) return notes;
    notes.push({ note: JSON.parse(text) as Note, end });
    at = end;
  }
}

/** Takes away what comes after a note, so that nothing is added to half a line. */
export async function cutJournal(path: string, { end }: ReadNote): Promise<void> {
  await truncate(path, end);
}

/** Removes the unfinished files that notes name; `rm` of nothing else, whatever a journal says. */
export async function removeUnfinished(notes: readonly ReadNote[]): Promise<void> {
  for (const { note } of notes)
    if (note.kind === 'UNFINISHED' && UNFINISHED.test(basename(note.path))) await rm(note.path, { force: true });
}

/** The names that `writeWhole` gives to what it has not finished. */
const UNFINISHED = /^\..+\.part_[0-9a-z]{24}$/;
const NEWLINE = 10;

/** A disk may hand back other bytes than it was given. */
function checkOf(text: string): string {
  return crc32(text).toString(16).padStart(8, '0');
}
