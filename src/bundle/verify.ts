import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { Fault } from '../errors.ts';
import { CarryallError } from '../errors.ts';
import { bundleDocument } from './read-document.ts';
import { bundleArchive } from './read-archive.ts';
import { rowValidator, type RowValidator } from './validate-rows.ts';

/** One file of a bundle as it is read back; `lines` are its rows where it holds rows. */
export interface BundleFile {
  readonly path: string;
  /** Every byte that the manifest's digest covers. */
  readonly bytes: AsyncIterable<Buffer>;
}

/** A bundle being read back: its files in order, then what the manifest and the schemas say. */
export interface BundleReader extends AsyncDisposable {
  files(): AsyncIterable<BundleFile>;
  /** The JSON of a small part: `manifest.json`, `schema/….schema.json`. */
  part(path: string): Promise<unknown>;
}

/** What a check found; no fault means that the bundle is what its manifest says. */
export interface Verification {
  readonly files: number;
  readonly rows: number;
  readonly faults: readonly Fault[];
}

interface Manifest {
  readonly format: string;
  readonly files: readonly {
    readonly path: string;
    readonly bytes: number;
    readonly sha256: string;
    readonly rows?: number;
    readonly dataset?: string;
  }[];
  readonly datasets: readonly { readonly name: string; readonly expected: Counts; readonly exported: Counts }[];
}
interface Counts {
  readonly data: number;
  readonly context: number;
}

/** Checks a bundle against its own manifest and schemas: entries, sizes, digests, counts, and every row. Throws BAD_INPUT for what is no bundle. */
export async function verifyBundle(path: string): Promise<Verification> {
  await using reader = await openBundle(path);
  const manifest = (await reader.part('manifest.json')) as Manifest;
  if (manifest.format !== 'carryall-bundle') throw notABundle(path);
  const faults: Fault[] = [];
  const listed = new Map(manifest.files.map((file) => [file.path, file]));
  const seen = new Set<string>();
  let rows = 0;
  for await (const { path: name, bytes } of reader.files()) {
    if (seen.has(name)) faults.push({ path: name, reason: 'stands there twice' });
    seen.add(name);
    const found = await measure(bytes, await validatorFor(reader, name));
    if (name === 'manifest.json') continue;
    const file = listed.get(name);
    if (file === undefined) {
      faults.push({ path: name, reason: 'is not in the manifest' });
      continue;
    }
    if (found.bytes !== file.bytes)
      faults.push({ path: name, reason: `has ${found.bytes} bytes, the manifest says ${file.bytes}` });
    else if (found.sha256 !== file.sha256)
      faults.push({ path: name, reason: 'has another SHA-256 than the manifest says' });
    if (found.rows !== null) {
      rows += found.rows;
      if (found.rows !== file.rows)
        faults.push({ path: name, reason: `has ${found.rows} rows, the manifest says ${file.rows ?? 'none'}` });
    }
    faults.push(...found.faults.map((reason) => ({ path: name, reason })));
  }
  for (const name of listed.keys())
    if (!seen.has(name)) faults.push({ path: name, reason: 'is in the manifest and not there' });
  for (const { name, expected, exported } of manifest.datasets) {
    if (expected.data !== exported.data || expected.context !== exported.context)
      faults.push({ path: name, reason: 'was not exported whole: the counts differ' });
  }
  return { files: seen.size, rows, faults };
}

async function openBundle(path: string): Promise<BundleReader> {
  const file = await open(path).catch((cause: unknown) => {
    throw new CarryallError('BAD_INPUT', `${path} could not be read.`, { cause });
  });
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    const start = buffer.toString('latin1', 0, bytesRead);
    if (start !== 'PK' && start !== '{\n') throw notABundle(path);
    return start === 'PK' ? await bundleArchive(path) : await bundleDocument(path);
  } finally {
    await file.close();
  }
}

function notABundle(path: string): CarryallError {
  return new CarryallError('BAD_INPUT', `${path} is not a bundle of Carryall: neither its archive nor its document.`);
}

async function validatorFor(reader: BundleReader, name: string): Promise<RowValidator | null> {
  const match = /^(data|context)\/([a-z0-9-]+)(?:\.ndjson|\.json|)$/.exec(name);
  if (match === null) return null;
  const [, place, dataset] = match;
  return rowValidator(await reader.part(`schema/${dataset}${place === 'context' ? '-context' : ''}.schema.json`));
}

interface Measured {
  readonly bytes: number;
  readonly sha256: string;
  readonly rows: number | null;
  readonly faults: readonly string[];
}

async function measure(content: AsyncIterable<Buffer>, validator: RowValidator | null): Promise<Measured> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of content) {
    hash.update(chunk);
    bytes += chunk.length;
    validator?.take(chunk);
  }
  return {
    bytes,
    sha256: hash.digest('hex'),
    rows: validator === null ? null : validator.end(),
    faults: validator?.faults ?? [],
  };
}
