import { Readable } from 'node:stream';
import { CarryallError, isCarryallError } from '../errors.ts';
import type { BlobStore } from '../store/blobs.ts';
import type { Collected } from './collect.ts';
import type { DatasetFile, ListedFile } from './ledger.ts';
import { canonicalBytesAsRead } from './sign/canonical.ts';
import type { Signer } from './sign/jws.ts';
import type { BundleTarget } from './target.ts';
import { IDLE_MS, watched } from './watchdog.ts';
import type { FinishedVolume } from './volumes.ts';

/** What a build came to. */
export interface BuiltBundle {
  readonly policyCode: string;
  readonly rows: number;
  readonly files: number;
  /** Those of them that hold rows. */
  readonly datasetFiles: readonly DatasetFile[];
  readonly omissions: number;
  readonly manifest: object;
}

/** What finishing needs. */
export interface FinishOptions {
  readonly blobs: BlobStore;
  readonly signer: Signer | null;
  /** The stored files that an earlier attempt wrote, in their order. */
  readonly written?: readonly ListedFile[];
}

/**
 * Writes what follows the rows: stored files, the manifest, its signature. A stored file that is not there any more, or
 * whose bytes are not those that its row was made with, fails the bundle.
 */
export async function finish(
  target: BundleTarget,
  { policyCode, rows, omissions, manifest: head, storedFiles }: Collected,
  { blobs, signer, written = [] }: FinishOptions,
): Promise<BuiltBundle> {
  const files = [...head.files, ...written];
  for (const { path, key, sha256, bytes, dataset } of storedFiles.slice(written.length)) {
    const file = await target.blob(path, async () => Readable.from(readStored(blobs, key, path)), bytes);
    if (file === null) continue;
    if (sha256 !== null && file.sha256 !== sha256)
      throw new CarryallError('BUNDLE_FAILED', `${path} is not the file that was stored: its SHA-256 differs.`);
    files.push({ ...file, dataset });
  }
  const listed = { ...head, files };
  const inVolumes = (volumes: readonly FinishedVolume[]): object => ({ ...listed, volumes });
  const volumes = await target.reserve(inVolumes);
  const manifest = volumes === null ? listed : inVolumes(volumes);
  await target.part('manifest.json', manifest);
  // Signed is what will be read back, not what stands in memory.
  if (signer !== null) await target.signature(await signer.sign(canonicalBytesAsRead(manifest)));
  const datasetFiles = files.filter((file) => file.rows !== undefined) as DatasetFile[];
  return { policyCode, rows, files: files.length, datasetFiles, omissions, manifest };
}

/** The bytes of a stored file. Throws BUNDLE_FAILED when they cannot be read, and NOT_FOUND when there are none. */
async function* readStored(blobs: BlobStore, key: string, path: string): AsyncGenerator<Buffer> {
  try {
    const source = watched(await blobs.open(key), { idleMs: IDLE_MS, name: path });
    for await (const chunk of source as AsyncIterable<Buffer>) yield chunk;
  } catch (cause) {
    if (isCarryallError(cause)) throw cause;
    const reason = (cause as NodeJS.ErrnoException).code ?? 'it broke off';
    throw new CarryallError('BUNDLE_FAILED', `The stored file of ${path} could not be read: ${reason}. Export again.`, {
      cause,
    });
  }
}
