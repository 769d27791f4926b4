import { createWriteStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { CarryallError, isCarryallError } from '../errors.ts';
import { newId } from '../ids.ts';

/**
 * Writes a file whole or not at all: beside its place first, then to disk, then under its name. When `fill` throws, nothing
 * is left. Throws OUTPUT_FAILED for what the disk refuses, and whatever of ours `fill` throws.
 */
export async function writeWhole<T>(path: string, fill: (destination: Writable) => Promise<T>): Promise<T> {
  const target = resolve(path);
  const folder = dirname(target);
  await assertWritable(target, folder);
  const partial = join(folder, `.${basename(target)}.${newId('part')}`);
  try {
    const result = await fill(createWriteStream(partial, { flags: 'wx', mode: 0o600, flush: true }));
    await rename(partial, target);
    await syncFolder(folder);
    return result;
  } catch (error) {
    await rm(partial, { force: true });
    if (isCarryallError(error)) throw error;
    throw new CarryallError(
      'OUTPUT_FAILED',
      `${target} could not be written: ${reasonOf(error)}. Nothing was left there.`,
      { cause: error },
    );
  }
}

async function assertWritable(target: string, folder: string): Promise<void> {
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
