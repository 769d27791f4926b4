import { CarryallError, isCarryallError } from '../errors.ts';
import type { BundleReader } from './bundle-reader.ts';
import { readManifest, type ReadManifest } from './read-manifest.ts';

export const MANIFEST = 'manifest.json';
export const SIGNATURE = 'manifest.jws';

/** A part of a bundle, null where it has none. Throws BAD_INPUT for one that cannot be read. */
export async function partOf(reader: BundleReader, path: string, name: string): Promise<Buffer | null> {
  try {
    return await reader.part(name);
  } catch (cause) {
    if (!isCarryallError(cause, 'BAD_INPUT')) throw cause;
    throw new CarryallError('BAD_INPUT', `${path} is broken: ${name} ${cause.message}.`, { cause });
  }
}

/** The manifest of a bundle, null where it has none. Throws BAD_INPUT for one that cannot be read. */
export async function manifestOf(reader: BundleReader, path: string): Promise<ReadManifest | null> {
  const bytes = await partOf(reader, path, MANIFEST);
  if (bytes === null) return null;
  try {
    return readManifest(bytes, reader.container);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new CarryallError('BAD_INPUT', `${path} is broken: ${MANIFEST} is nested too deep.`, { cause });
  }
}
