import { pipeline } from 'node:stream/promises';
import { isCarryallError } from '../errors.ts';
import { newId } from '../ids.ts';
import { buildBundle, type BuildOptions, type BundleSources } from './build.ts';
import { withArchive } from './build-archive.ts';
import type { BuiltBundle } from './finish.ts';
import type { BundleRequest } from './prepare.ts';
import { recordBundle, type Publication } from './record.ts';
import type { Seal } from './seal/seal-to.ts';
import type { BundleStorage, StoredObject } from './storage/storage.ts';

/** A bundle that lies in the storage. */
export interface StoredBundle extends BuiltBundle, StoredObject {
  readonly id: string;
}

export interface StoreOptions extends BuildOptions {
  /** Encrypts it before it leaves this process; without it the storage holds it in the clear. */
  readonly seal?: Seal | undefined;
  /** What it is called, where somebody has to know that beforehand. */
  readonly name?: BundleName | undefined;
  /** The request that it answers. */
  readonly publication?: Publication | undefined;
}

/** A bundle's id and which attempt at it this is, as they stand in its key. */
export interface BundleName {
  readonly id: string;
  readonly attempt: string;
}

const SEALED = 'age';

/** The key of a bundle. It has a part of its own for each attempt, so that two attempts never write over each other (U-24). */
export function bundleKey(
  { tenantId, format }: Pick<BundleRequest, 'tenantId' | 'format'>,
  { id, attempt }: BundleName,
  isSealed: boolean,
): string {
  return `${tenantId}/${id}/${attempt}.${isSealed ? SEALED : format === 'ZIP' ? 'zip' : 'json'}`;
}

/** Whether what lies under a key is sealed, for whomever. */
export function isSealedKey(key: string): boolean {
  return key.endsWith(`.${SEALED}`);
}

/**
 * Builds a bundle into the storage and notes it in the store of rows; what cannot be noted is taken away again.
 * Throws what `buildBundle`, the storage, `recordBundle` and the publication throw.
 */
export async function storeBundle(
  sources: BundleSources,
  storage: BundleStorage,
  request: BundleRequest,
  { seal, name = { id: newId('bundle'), attempt: newId('attempt') }, publication, ...options }: StoreOptions = {},
): Promise<StoredBundle> {
  const { id } = name;
  const key = bundleKey(request, name, seal !== undefined);
  const noted = (stored: StoredBundle): Promise<StoredBundle> => note(sources, storage, request, stored, publication);
  // What is to be sealed never lies on a disk in the clear, and so cannot be gone on with.
  if (request.format === 'JSON' || seal !== undefined) {
    const built = Promise.withResolvers<BuiltBundle>();
    const object = await storage.write(key, async (destination) =>
      built.resolve(await buildBundle(sources, request, seal?.(destination) ?? destination, options)),
    );
    return noted({ ...(await built.promise), ...object, id });
  }
  const cut = { largest: Infinity, nameOf: () => 'bundle.zip' };
  return withArchive(sources, request, cut, options, async (archive, signal) => {
    const [volume] = archive.volumes;
    if (volume === undefined) throw new TypeError('an archive without a volume');
    const object = await storage.write(key, (destination) => pipeline(volume.open(), destination, { signal }));
    return noted({ ...archive, ...object, id });
  });
}

async function note(
  { pool, clock, audit }: BundleSources,
  storage: BundleStorage,
  request: BundleRequest,
  stored: StoredBundle,
  publication: Publication | undefined,
): Promise<StoredBundle> {
  try {
    await recordBundle(pool, clock, {
      request,
      built: stored,
      digest: stored,
      id: stored.id,
      audit,
      storageKey: stored.key,
      publication,
    });
    return stored;
  } catch (error) {
    // A line that broke does not say whether it was noted; who answers a request can ask, and removes it then.
    if (publication === undefined || !isCarryallError(error, 'DATABASE_FAILED')) await storage.remove(stored.key);
    throw error;
  }
}
