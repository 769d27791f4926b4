import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CarryallError } from '../errors.ts';
import { newId } from '../ids.ts';
import { addNotes, journalOf, readNotes, removeUnfinished } from './journal.ts';

/**
 * Runs `work` and remembers the unfinished file that it tells of, as long as it runs: what is not built in a site leaves no
 * other trace when its process is killed.
 */
export async function rememberUnfinished<T>(
  workFolder: string,
  work: (unfinished: (path: string) => Promise<void>) => Promise<T>,
): Promise<T> {
  const folder = siteFolder(workFolder, newId('output'));
  try {
    return await work(async (path) => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await addNotes(journalOf(folder), [{ kind: 'UNFINISHED', path }]);
    });
  } finally {
    await rm(folder, { recursive: true, force: true }).catch(() => {});
  }
}

/** The folder of a site. */
export function siteFolder(workFolder: string, name: string): string {
  return join(workFolder, 'builds', name);
}

/** Removes the sites that nobody has written to since `before`, and what they left elsewhere. Returns how many there were. */
export async function sweepSites(workFolder: string, before: Date): Promise<number> {
  const sites = await readdir(siteFolder(workFolder, '')).catch(() => []);
  let removed = 0;
  for (const name of sites) {
    const folder = siteFolder(workFolder, name);
    if ((await lastWritten(folder)) >= before.getTime()) continue;
    try {
      await removeUnfinished(await readNotes(journalOf(folder)));
      await rm(folder, { recursive: true, force: true });
    } catch (cause) {
      throw new CarryallError('OUTPUT_FAILED', `${folder} could not be removed.`, { cause });
    }
    removed += 1;
  }
  return removed;
}

/** When a site, or a file in it, was last written to, in ms; never for one that is gone. */
async function lastWritten(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  const times = [folder, ...names.map((name) => join(folder, name))].map((path) =>
    stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => Infinity,
    ),
  );
  return Math.max(...(await Promise.all(times)));
}
