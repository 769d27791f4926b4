import { dirname, join, resolve } from 'node:path';
import { isCarryallError, type Fault } from '../errors.ts';
import { MANIFEST, manifestOf, partOf, SIGNATURE } from './bundle-parts.ts';
import { checkFiles } from './check-files.ts';
import { notABundle, openBundle } from './open-bundle.ts';
import { lastVolumeHint, withVolumes } from './read-volumes.ts';
import { schemaFaults } from './row-schemas.ts';
import type { UnsealKey } from './seal/seal-mark.ts';
import { withShortLines } from './short-lines.ts';
import { canonicalBytes } from './sign/canonical.ts';
import { checkSignature } from './sign/jws.ts';
import type { PublicKey } from './sign/key-file.ts';

/** What a check found; no fault means that the bundle is what its manifest says. */
export interface Verification {
  readonly files: number;
  readonly rows: number;
  /** In the order of the bundle: the first names the first file that differs. */
  readonly faults: readonly Fault[];
  readonly signature: SignatureState;
}

/** Only HELD says who made the bundle; a bundle that is UNCHECKED may be anybody's. */
export type SignatureState =
  | { readonly state: 'HELD'; readonly kid: string }
  | { readonly state: 'BROKEN'; readonly reason: string }
  | { readonly state: 'UNCHECKED' };

export interface VerifyOptions {
  /** The public keys of whoever the bundle is from; without them its signature is not checked. */
  readonly keys?: readonly PublicKey[];
  /** What opens a bundle that is sealed. */
  readonly unsealKey?: UnsealKey | undefined;
  /** Where a volume of this name lies; otherwise beside the last. */
  readonly volumePath?: (name: string) => string;
}

/**
 * Checks a bundle against its signature, its manifest and its schemas: entries and their order, sizes, digests, counts,
 * and every row. A bundle in volumes is checked by its last one, which lists the others: `path` is that one, and the others
 * are looked for beside it. Nothing is written anywhere, but for what `openSealed` hides.
 * Throws BAD_INPUT for what is no bundle.
 */
export async function verifyBundle(
  path: string,
  { keys, unsealKey, volumePath }: VerifyOptions = {},
): Promise<Verification> {
  await using reader = await openBundle(path, unsealKey);
  const unchecked: SignatureState = { state: 'UNCHECKED' };
  if (reader.faults.length > 0) return { files: 0, rows: 0, faults: reader.faults, signature: unchecked };
  const read = await manifestOf(reader, path);
  if (read === null) throw notABundle(path, (await lastVolumeHint(path)) ?? `it has no ${MANIFEST}`);
  const { value, manifest, faults } = read;
  const jws = await partOf(reader, path, SIGNATURE);
  const signature = keys === undefined ? unchecked : await checkManifest(jws, value, keys);
  const unlisted = new Map<string, readonly Fault[]>([[MANIFEST, faults]]);
  const broken = signature.state === 'BROKEN' ? [{ path: SIGNATURE, reason: signature.reason }] : [];
  if (jws !== null || broken.length > 0) unlisted.set(SIGNATURE, broken);
  const folder = dirname(resolve(path));
  const source = { pathOf: volumePath ?? ((name: string) => join(folder, name)), unsealKey };
  await using whole = await withVolumes(reader, manifest.volumes ?? [], source);
  if (whole.faults.length > 0)
    return { files: 0, rows: 0, faults: [...whole.faults, ...[...unlisted.values()].flat()], signature };
  const schemas = broken.length > 0 ? [] : await schemaFaults(whole, manifest.files);
  const runSchemas = broken.length === 0 && schemas.length === 0;
  const checked = await checkFiles({ ...whole, ...withShortLines(whole) }, manifest, { unlisted, runSchemas });
  return { ...checked, faults: [...checked.faults, ...schemas], signature };
}

async function checkManifest(
  jws: Buffer | null,
  manifest: unknown,
  keys: readonly PublicKey[],
): Promise<Exclude<SignatureState, { readonly state: 'UNCHECKED' }>> {
  if (jws === null) return { state: 'BROKEN', reason: 'is not there: the bundle is not signed' };
  try {
    const checked = await checkSignature(jws.toString('latin1'), canonicalBytes(manifest), keys);
    return 'kid' in checked ? { state: 'HELD', kid: checked.kid } : { state: 'BROKEN', reason: checked.reason };
  } catch (error) {
    if (!isCarryallError(error, 'BAD_INPUT')) throw error;
    return { state: 'BROKEN', reason: 'is over a manifest that has no canonical form' };
  }
}
