import { createHash, hash } from 'node:crypto';
import { isCarryallError, type Fault } from '../errors.ts';
import type { BundleFile, BundleReader } from './bundle-reader.ts';
import type { ListedFile, Manifest } from './read-manifest.ts';
import { rowValidator, type RowValidator } from './validate-rows.ts';

/** What is known before the files are read. */
export interface Known {
  /** Files that the manifest does not list, itself among them, and what is already known to be wrong with each. */
  readonly unlisted: ReadonlyMap<string, readonly Fault[]>;
  /** Whether somebody vouches for the schemas: others are not run on anything. */
  readonly runSchemas: boolean;
}

export interface FilesCheck {
  readonly files: number;
  readonly rows: number;
  readonly faults: readonly Fault[];
}

/** Holds every file against the manifest, in the order of the bundle. */
export async function checkFiles(reader: BundleReader, manifest: Manifest, known: Known): Promise<FilesCheck> {
  const listed = new Map(manifest.files.map((file) => [file.path, file]));
  const seen = new Set<string>();
  const faults: Fault[] = [];
  let rows = 0;
  for (const file of reader.files()) {
    const { path } = file;
    const expected = listed.get(path);
    if (seen.has(path)) faults.push({ path, reason: 'stands there twice' });
    else if (expected !== undefined) {
      const found = await checkFile(reader, file, expected, known.runSchemas ? listed : null);
      rows += found.rows;
      faults.push(...found.reasons.map((reason) => ({ path, reason })));
    } else faults.push(...(known.unlisted.get(path) ?? [{ path, reason: 'is not in the manifest' }]));
    seen.add(path);
  }
  for (const [path, there] of known.unlisted) if (!seen.has(path)) faults.push(...there);
  for (const path of listed.keys())
    if (!seen.has(path)) faults.push({ path, reason: 'is in the manifest and not there' });
  if (faults.length === 0) faults.push(...orderFaults([...seen], [...listed.keys(), ...known.unlisted.keys()]));
  return { files: seen.size, rows, faults };
}

function orderFaults(seen: readonly string[], expected: readonly string[]): Fault[] {
  const at = seen.findIndex((path, index) => path !== expected[index]);
  return at < 0 ? [] : [{ path: seen[at] ?? '', reason: `stands where ${expected[at] ?? 'nothing'} should` }];
}

interface FileCheck {
  readonly rows: number;
  readonly reasons: readonly string[];
}

async function checkFile(
  reader: BundleReader,
  { path, size, volume, bytes }: BundleFile,
  expected: ListedFile,
  listed: ReadonlyMap<string, ListedFile> | null,
): Promise<FileCheck> {
  // Known before a byte of it is unpacked: what is larger than was signed is not read.
  if (size !== null && size !== expected.bytes) return { rows: 0, reasons: [sizeReason(size, expected)] };
  if (expected.volume !== undefined && volume !== expected.volume)
    return { rows: 0, reasons: [`lies in the volume ${volume}, the manifest says ${expected.volume}`] };
  const validator = listed === null ? null : await validatorFor(reader, path, listed);
  if (typeof validator === 'string') return { rows: 0, reasons: [validator] };
  try {
    const found = await measure(bytes, validator);
    const rows = validator?.end() ?? 0;
    const reasons = [...(validator?.faults ?? [])];
    if (found.bytes !== expected.bytes) reasons.unshift(sizeReason(found.bytes, expected));
    else if (found.sha256 !== expected.sha256) reasons.unshift('has another SHA-256 than the manifest says');
    if (validator !== null && rows !== expected.rows)
      reasons.push(`has ${rows} rows, the manifest says ${expected.rows ?? 'none'}`);
    return { rows, reasons };
  } catch (error) {
    if (!isCarryallError(error, 'BAD_INPUT')) throw error;
    return { rows: 0, reasons: [error.message] };
  }
}

function sizeReason(bytes: number, expected: ListedFile): string {
  return `has ${bytes} bytes, the manifest says ${expected.bytes}`;
}

/**
 * What checks the rows of a file; null for a file of something else, and where the schema is not the one of the manifest,
 * which is told of the schema itself. A reason where no schema could be used.
 */
async function validatorFor(
  reader: BundleReader,
  path: string,
  listed: ReadonlyMap<string, ListedFile>,
): Promise<RowValidator | string | null> {
  const [, place, dataset] = /^(data|context)\/([a-z0-9-]+)(?:\.ndjson|\.json|)$/.exec(path) ?? [];
  if (place === undefined) return null;
  const name = `schema/${dataset}${place === 'context' ? '-context' : ''}.schema.json`;
  const expected = listed.get(name);
  if (expected === undefined) return `has no schema: ${name} is not in the manifest`;
  const schema = await reader.part(name).catch(nullIfBroken);
  if (schema === null || hash('sha256', schema) !== expected.sha256) return null;
  try {
    return rowValidator(JSON.parse(schema.toString('utf8')));
  } catch {
    return `has no schema: ${name} is none`;
  }
}

function nullIfBroken(error: unknown): null {
  if (isCarryallError(error, 'BAD_INPUT')) return null;
  throw error;
}

async function measure(
  content: AsyncIterable<Buffer>,
  validator: RowValidator | null,
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of content) {
    hash.update(chunk);
    bytes += chunk.length;
    validator?.take(chunk);
  }
  return { bytes, sha256: hash.digest('hex') };
}
