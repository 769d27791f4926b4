import { tmpdir } from 'node:os';
import { CarryallError, isCarryallError } from '../../errors.ts';
import { openFile, readRange, type RandomAccess } from '../random-access.ts';
import { hide } from './hidden-file.ts';
import type { UnsealKey } from './seal-mark.ts';
import { unseal } from './unseal.ts';

/**
 * Opens a sealed file to read its content from anywhere. All of it was authenticated, to its end, before a byte of it can be
 * read. It is never on a disk in the clear; `folder` (otherwise the system's, TMPDIR) needs room for a copy that only this
 * process can read. Throws BAD_INPUT, and OUTPUT_FAILED where that room is missing.
 */
export async function openSealed(path: string, key: UnsealKey, folder = tmpdir()): Promise<RandomAccess> {
  const bytes = bytesOf(path);
  try {
    return await hide(unseal(bytes, key), folder);
  } catch (cause) {
    if (isCarryallError(cause)) throw new CarryallError(cause.code, `${path}: ${cause.message}`, { cause });
    throw new CarryallError(
      'OUTPUT_FAILED',
      `${folder} could not take the hidden copy that reading a sealed file needs: set TMPDIR to a folder with room.`,
      { cause },
    );
  } finally {
    // The library leaves what it reads as it is where it refuses the header.
    await bytes.return(undefined);
  }
}

async function* bytesOf(path: string): AsyncGenerator<Buffer> {
  try {
    await using file = await openFile(path);
    yield* readRange(file, 0, file.size);
  } catch (cause) {
    throw new CarryallError('BAD_INPUT', 'The sealed file could not be read.', { cause });
  }
}
