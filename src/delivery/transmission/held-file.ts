import { constants } from 'node:fs';
import { mkdir, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CarryallError } from '../../errors.ts';

/** The file in which a bundle lies that is coming in; its id is one of ours. */
export function heldFile(folder: string, receptionId: string): string {
  return join(folder, `${receptionId}.part`);
}

/** How many bytes there are of it. */
export async function heldBytes(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

/**
 * Writes a piece at its place and makes it durable; what lay behind it is cut off. Throws OUTPUT_FAILED where the disk
 * refuses.
 */
export async function writePiece(path: string, offset: number, piece: Uint8Array): Promise<void> {
  try {
    await mkdir(join(path, '..'), { recursive: true, mode: 0o700 });
    // No link that somebody put there is followed.
    await using file = await open(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
    await file.truncate(offset);
    for (let written = 0; written < piece.length;) {
      const { bytesWritten } = await file.write(piece, written, piece.length - written, offset + written);
      written += bytesWritten;
    }
    await file.sync();
  } catch (cause) {
    const { code = 'unknown' } = cause as NodeJS.ErrnoException;
    throw new CarryallError('OUTPUT_FAILED', `A piece of a bundle could not be written (${code}).`, { cause });
  }
}

export function removeHeld(path: string): Promise<void> {
  return rm(path, { force: true });
}
