import { CarryallError } from '../errors.ts';
import type { BundleReader } from './bundle-reader.ts';
import { openFile, type RandomAccess } from './random-access.ts';
import { bundleArchive } from './read-archive.ts';
import { bundleDocument } from './read-document.ts';
import { isSealed, type UnsealKey } from './seal/seal-mark.ts';
import { unreadable } from './unreadable.ts';

/**
 * Opens a bundle for reading, sealed or not. Whichever file is there by then, all that is read comes through one opening of
 * it. Throws BAD_INPUT for what is no bundle, and for a sealed one without its key or a key without a seal; and what
 * `openSealed` and `check` throw, which looks at an archive before its directory is read.
 */
export async function openBundle(
  path: string,
  key?: UnsealKey,
  check: (archive: RandomAccess) => Promise<void> = async () => {},
): Promise<BundleReader> {
  const file = await openClear(path, key);
  try {
    const start = (await file.read(0, 2)).toString('latin1');
    if (start === 'PK') {
      await check(file);
      return await bundleArchive(path, file);
    }
    if (start === '{\n') return await bundleDocument(path, file);
    throw notABundle(path, 'it begins neither as its archive nor as its document');
  } catch (error) {
    await file[Symbol.asyncDispose]();
    throw error;
  }
}

/** The error for a file that is something else. */
export function notABundle(path: string, why: string): CarryallError {
  return new CarryallError('BAD_INPUT', `${path} is not a bundle of Carryall: ${why}.`);
}

/** Opens a file, sealed or not, to read what is in it. Throws BAD_INPUT as `openBundle` does. */
export async function openClear(path: string, key: UnsealKey | undefined): Promise<RandomAccess> {
  const file = await openFile(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  try {
    const sealed = isSealed(
      await file.read(0, 64).catch((cause: unknown) => {
        throw unreadable(path, cause);
      }),
    );
    // Whoever has a key expects that nobody else could have read, or written, what is there.
    if (!sealed && key !== undefined)
      throw new CarryallError('BAD_INPUT', `${path} is not sealed: leave out what would open it, if that is right.`);
    if (!sealed) return file;
    if (key === undefined)
      throw new CarryallError('BAD_INPUT', `${path} is sealed: give --identity FILE or --passphrase-file FILE.`);
  } catch (error) {
    await file[Symbol.asyncDispose]();
    throw error;
  }
  await file[Symbol.asyncDispose]();
  // Loading age takes about 100 ms.
  const { openSealed } = await import('./seal/open-sealed.ts');
  return openSealed(path, key);
}
