import { z } from 'zod';
import { CarryallError, type Fault } from '../errors.ts';
import { isSafePath } from './safe-path.ts';
import { readVolumeName } from './volume-names.ts';

const count = z.int().nonnegative();
const counts = z.object({ data: count, context: count });
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const manifestSchema = z.object({
  container: z.enum(['ZIP', 'JSON']),
  files: z.array(
    z.object({
      path: z.string().refine(isSafePath, 'is not a path of a bundle'),
      bytes: count,
      sha256,
      volume: z.int().positive().optional(),
      rows: count.optional(),
      dataset: z.string().optional(),
    }),
  ),
  datasets: z.array(z.object({ name: z.string().regex(/^[a-z0-9-]+$/), expected: counts, exported: counts })),
  volumes: z
    .array(
      z.object({
        name: z.string().refine((name) => readVolumeName(name) !== null, 'is not the name of a volume'),
        bytes: count,
        sha256,
      }),
    )
    .optional(),
});

/** A manifest, as far as it is checked. */
export type Manifest = z.infer<typeof manifestSchema>;
export type ListedFile = Manifest['files'][number];
/** A volume before the last. */
export type ListedVolume = NonNullable<Manifest['volumes']>[number];

/** A manifest that was read back. */
export interface ReadManifest {
  /** Everything that it says; what the signature is over. */
  readonly value: unknown;
  readonly manifest: Manifest;
  /** Where it contradicts itself. */
  readonly faults: readonly Fault[];
}

const PATH = 'manifest.json';

/** Reads a manifest. Throws BAD_INPUT with all its faults for what is none, or none that this version knows. */
export function readManifest(bytes: Buffer, container: Manifest['container']): ReadManifest {
  const value = parse(bytes);
  const { format, formatVersion } = (value ?? {}) as { readonly format?: unknown; readonly formatVersion?: unknown };
  if (format !== 'carryall-bundle')
    throw new CarryallError('BAD_INPUT', `${PATH} is not the manifest of a bundle of Carryall.`);
  if (formatVersion !== 1) throw new CarryallError('BAD_INPUT', `${PATH} is of another version of the format than 1.`);
  const parsed = manifestSchema.safeParse(value);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => ({
      path: `${PATH}/${path.join('/')}`,
      reason: message,
    }));
    throw new CarryallError('BAD_INPUT', `${PATH} is not whole.`, { faults });
  }
  const manifest = parsed.data;
  const faults: Fault[] = [];
  // One way to write it: no member twice, of which readers would take different ones; nothing between that no check sees.
  const written = container === 'ZIP' ? `${JSON.stringify(value, null, 2)}\n` : JSON.stringify(value);
  if (!bytes.equals(Buffer.from(written))) faults.push({ path: PATH, reason: 'is not written as Carryall writes it' });
  if (manifest.container !== container)
    faults.push({ path: PATH, reason: `is of a bundle in another format (${manifest.container})` });
  const { files } = manifest;
  const paths = new Set(files.map(({ path }) => path));
  if (paths.size !== files.length) faults.push({ path: PATH, reason: 'lists a file twice' });
  return { value, manifest, faults: [...faults, ...datasetFaults(manifest), ...volumeFaults(manifest)] };
}

/** Every row that was counted is in a file that is listed. */
function datasetFaults({ datasets, files }: Manifest): Fault[] {
  const listed = new Map(files.map(({ path, rows }) => [path.replace(/\.(?:nd)?json$/, ''), rows]));
  return datasets.flatMap(({ name, expected, exported }) =>
    (['data', 'context'] as const).flatMap((place) => {
      if (expected[place] !== exported[place])
        return [{ path: `${place}/${name}`, reason: 'was not exported whole: the counts differ' }];
      return (listed.get(`${place}/${name}`) ?? 0) === exported[place]
        ? []
        : [{ path: `${place}/${name}`, reason: 'is counted differently in two places of the manifest' }];
    }),
  );
}

/** Volumes are numbered in their order, under one name; a file says in which of them it lies where there are any. */
function volumeFaults({ container, files, volumes }: Manifest): Fault[] {
  const reasons: string[] = [];
  const last = (volumes?.length ?? 0) + 1;
  if (volumes !== undefined && container !== 'ZIP') reasons.push('lists volumes of what has none');
  if (files.some(({ volume }) => (volume === undefined) !== (volumes === undefined) || (volume ?? 1) > last))
    reasons.push('does not say of every file in which of its volumes it lies');
  const names = (volumes ?? []).map(({ name }) => readVolumeName(name));
  if (names.some((name, index) => name?.number !== index + 1 || name.stem !== names[0]?.stem))
    reasons.push('lists volumes that are not numbered in their order under one name');
  return reasons.map((reason) => ({ path: PATH, reason }));
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new CarryallError('BAD_INPUT', `${PATH} is not JSON.`, { cause });
  }
}
