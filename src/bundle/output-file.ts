import { hash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { CarryallError, isCarryallError } from '../errors.ts';
import { newId } from '../ids.ts';
import { DigestingWriter, type Digest } from './digesting-writer.ts';

/**
 * Writes a file whole or not at all: beside its place first, then to disk, then under its name. When `fill` throws, nothing
 * is left. `digest` tells what was written, once the destination has finished. `begin` hears of the unfinished file before it
 * is made: a process that is killed leaves it. Throws OUTPUT_FAILED for what the disk refuses, and whatever of ours `fill`
 * throws.
 */
export async function writeWhole<T>(
  path: string,
  fill: (destination: Writable, digest: () => Digest) => Promise<T>,
  begin?: Begin,
): Promise<T> {
  return underName(path, begin, async (partial) => {
    const file = new DigestingWriter(createWriteStream(partial, { flags: 'wx', mode: 0o600, flush: true }));
    // Told below, whether or not `fill` listens.
    file.on('error', () => {});
    try {
      const result = await fill(file, () => file.digest());
      await finished(file.end());
      return result;
    } catch (error) {
      if (!file.closed) await new Promise((resolve) => file.once('close', resolve).destroy());
      throw error;
    }
  });
}

/** The same for bytes that are all there; `note` runs before they get their name. */
export async function writeBytes<T>(
  path: string,
  content: Buffer,
  note: (digest: Digest) => Promise<T>,
  begin?: Begin,
): Promise<T> {
  return underName(path, begin, async (partial) => {
    await writeFile(partial, content, { flag: 'wx', mode: 0o600, flush: true });
    return note({ bytes: content.length, sha256: hash('sha256', content) });
  });
}

/** Hears of an unfinished file before it is made. */
type Begin = (unfinished: string) => Promise<void>;

/** Gives a file its name once `write` has written it beside its place; where that fails, nothing is left. */
async function underName<T>(
  path: string,
  begin: Begin = async () => {},
  write: (partial: string) => Promise<T>,
): Promise<T> {
  const target = resolve(path);
  const folder = dirname(target);
  await assertWritable(target);
  const partial = join(folder, `.${basename(target)}.${newId('part')}`);
  let left = partial;
  await begin(partial).catch((error: unknown) => {
    throw asOutputError(target, error);
  });
  try {
    const result = await write(partial);
    await rename(partial, target);
    left = target;
    await syncFolder(folder);
    return result;
  } catch (error) {
    // A name that could not be made cannot be removed either; what failed first is what is told.
    await rm(left, { force: true }).catch(() => {});
    throw asOutputError(target, error);
  }
}

/** An error of ours as it is; what a disk said of `path` as OUTPUT_FAILED. */
export function asOutputError(path: string, cause: unknown): CarryallError {
  if (isCarryallError(cause)) return cause;
  const message = `${path} could not be written: ${reasonOf(cause)}. Nothing was left there.`;
  return new CarryallError('OUTPUT_FAILED', message, { cause });
}

/** Throws OUTPUT_FAILED for a path where no file can be made. */
export async function assertWritable(path: string): Promise<void> {
  const target = resolve(path);
  const folder = dirname(target);
  const found = await stat(folder).catch(() => null);
  if (found === null || !found.isDirectory())
    throw new CarryallError('OUTPUT_FAILED', `${folder} is not a folder: make it first, or give another path.`);
  const there = await stat(target).catch(() => null);
  // A device or a pipe would be replaced, not written to.
  if (there !== null && !there.isFile())
    throw new CarryallError('OUTPUT_FAILED', `${target} is not an ordinary file: give another path.`);
}

function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  switch (code) {
    case 'ENOSPC':
      return 'the disk is full';
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return 'no permission to write there';
    default:
      return code ?? 'it broke off';
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
