import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { newId } from '../ids.ts';
import { buildBundle, type BuildOptions, type BundleSources } from './build.ts';
import { withArchive } from './build-archive.ts';
import type { BuiltBundle } from './finish.ts';
import type { BundleRequest } from './prepare.ts';
import { recordBundle } from './record.ts';
import type { Seal } from './seal/seal-to.ts';
import type { BundleStorage, StoredObject } from './storage/storage.ts';

/** A bundle that lies in the storage. */
export interface StoredBundle extends BuiltBundle, StoredObject {
  readonly id: string;
}

export interface StoreOptions extends BuildOptions {
  /** Encrypts it before it leaves this process; without it the storage holds it in the clear. */
  readonly seal?: Seal | undefined;
}

/**
 * Builds a bundle into the storage and notes it in the store of rows; what cannot be noted is taken away again. Its key has
 * a part of its own for each attempt, so that two attempts never write over each other (U-24). Throws what `buildBundle`,
 * the storage and `recordBundle` throw.
 */
export async function storeBundle(
  sources: BundleSources,
  storage: BundleStorage,
  request: BundleRequest,
  { seal, ...options }: StoreOptions = {},
): Promise<StoredBundle> {
  const id = newId('bundle');
  const ending = `${request.format === 'ZIP' ? 'zip' : 'json'}`;
  const key = `${request.tenantId}/${id}/${newId('attempt')}.${seal === undefined ? ending : 'age'}`;
  // What is to be sealed never lies on a disk in the clear, and so cannot be gone on with.
  if (request.format === 'JSON' || seal !== undefined) {
    const built = Promise.withResolvers<BuiltBundle>();
    const object = await storage.write(key, async (destination) =>
      built.resolve(await buildBundle(sources, request, seal?.(destination) ?? destination, options)),
    );
    return note(sources, storage, request, { ...(await built.promise), ...object, id });
  }
  const cut = { largest: Infinity, nameOf: () => 'bundle.zip' };
  return withArchive(sources, request, cut, options, async (archive, signal) => {
    const [volume] = archive.volumes;
    if (volume === undefined) throw new TypeError('an archive without a volume');
    const object = await storage.write(key, (destination) =>
      pipeline(createReadStream(volume.path), destination, { signal }),
    );
    return note(sources, storage, request, { ...archive, ...object, id });
  });
}

async function note(
  { pool, clock, audit }: BundleSources,
  storage: BundleStorage,
  request: BundleRequest,
  stored: StoredBundle,
): Promise<StoredBundle> {
  try {
    await recordBundle(pool, clock, { request, built: stored, digest: stored, id: stored.id, audit });
    return stored;
  } catch (error) {
    await storage.remove(stored.key);
    throw error;
  }
}
