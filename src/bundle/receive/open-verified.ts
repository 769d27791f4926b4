import { CarryallError, type Fault } from '../../errors.ts';
import { MANIFEST, manifestOf, partOf, SIGNATURE } from '../bundle-parts.ts';
import type { BundleReader } from '../bundle-reader.ts';
import { checkFiles } from '../check-files.ts';
import { notABundle, openBundle } from '../open-bundle.ts';
import type { ListedFile, ReadManifest } from '../read-manifest.ts';
import type { UnsealKey } from '../seal/seal-mark.ts';
import { canonicalBytes } from '../sign/canonical.ts';
import { checkSignature } from '../sign/jws.ts';
import type { PublicKey } from '../sign/key-file.ts';
import { lastVolumeHint, withVolumes } from '../read-volumes.ts';
import { fileCounter } from './entry-count.ts';
import { readHeading, type Heading } from './heading.ts';
import { schemaFaults } from '../row-schemas.ts';
import { withShortLines } from '../short-lines.ts';

/** Whose bundles are taken: those that one of these keys signed, or anybody's, said out loud. */
export type Trust = { readonly kind: 'KEYS'; readonly keys: readonly PublicKey[] } | { readonly kind: 'ANYBODY' };

/** A bundle that is what its manifest says. */
export interface VerifiedBundle extends AsyncDisposable, Pick<BundleReader, 'files'> {
  readonly heading: Heading;
  /** What the manifest lists, by path. */
  readonly listed: ReadonlyMap<string, ListedFile>;
  /** By which key it is signed; null where nobody asked. */
  readonly kid: string | null;
}

/** How a bundle is opened. */
export interface Opening {
  /** What opens one that is sealed. */
  readonly unsealKey?: UnsealKey | undefined;
  /** Where a volume of this name lies; without it, a bundle in volumes is refused. */
  readonly volumePath?: ((name: string) => string) | undefined;
}

/**
 * Opens a bundle and checks all of it, as `verifyBundle` does; what is read from it later comes through the same open files.
 * Of a bundle in volumes `path` is the last. Throws BAD_INPUT with every fault, the first that differs in the message.
 */
export async function openVerified(
  path: string,
  trust: Trust,
  { unsealKey, volumePath }: Opening = {},
): Promise<VerifiedBundle> {
  await using opening = new AsyncDisposableStack();
  const check = fileCounter();
  const last = opening.use(await openBundle(path, unsealKey, (archive) => check(path, archive)));
  const { value, manifest, faults } = await readManifestOf(last, path);
  const jws = await partOf(last, path, SIGNATURE);
  const { kid, reasons } = await checkTrust(trust, jws, value);
  const volumes = manifest.volumes ?? [];
  if (volumes.length > 0) {
    // Whoever did not sign is not asked for more files.
    assertFaultless(
      path,
      reasons.map((reason) => ({ path: SIGNATURE, reason })),
    );
    if (volumePath === undefined)
      throw new CarryallError(
        'BAD_INPUT',
        `${path} is one of several volumes; only a bundle in one file is taken here.`,
      );
  }
  const pathOf = volumePath ?? ((name: string) => name);
  const reader = opening.use(await withVolumes(last, volumes, { pathOf, unsealKey, check }));
  assertFaultless(path, reader.faults);
  const unlisted = new Map<string, readonly Fault[]>([[MANIFEST, faults]]);
  if (jws !== null || reasons.length > 0)
    unlisted.set(
      SIGNATURE,
      reasons.map((reason) => ({ path: SIGNATURE, reason })),
    );
  const schemas = reasons.length > 0 ? [] : await schemaFaults(reader, manifest.files);
  const short = withShortLines(reader);
  const runSchemas = reasons.length === 0 && schemas.length === 0;
  const checked = await checkFiles({ ...reader, ...short }, manifest, { unlisted, runSchemas });
  assertFaultless(path, [...checked.faults, ...schemas]);
  const heading = readHeading(value);
  const opened = opening.move();
  return {
    heading,
    listed: new Map(manifest.files.map((file) => [file.path, file])),
    kid,
    files: () => short.files(),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

async function readManifestOf(reader: BundleReader, path: string): Promise<ReadManifest> {
  assertFaultless(path, reader.faults);
  const read = await manifestOf(reader, path);
  if (read === null) throw notABundle(path, (await lastVolumeHint(path)) ?? `it has no ${MANIFEST}`);
  return read;
}

async function checkTrust(
  trust: Trust,
  jws: Buffer | null,
  manifest: unknown,
): Promise<{ readonly kid: string | null; readonly reasons: readonly string[] }> {
  if (trust.kind === 'ANYBODY') return { kid: null, reasons: [] };
  if (jws === null) return { kid: null, reasons: ['is not there: the bundle is not signed'] };
  const checked = await checkSignature(jws.toString('latin1'), canonicalBytes(manifest), trust.keys);
  return 'kid' in checked ? { kid: checked.kid, reasons: [] } : { kid: null, reasons: [checked.reason] };
}

function assertFaultless(path: string, faults: readonly Fault[]): void {
  const [first] = faults;
  if (first === undefined) return;
  throw new CarryallError(
    'BAD_INPUT',
    `${path} is not what its manifest says, first at ${first.path}: ${first.reason}. Nothing was written.`,
    { faults },
  );
}
