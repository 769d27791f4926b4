import { Writable } from 'node:stream';
import type { Reader } from '../store/session.ts';
import { sql } from '../store/sql.ts';
import { collect, type Collected, type CollectOptions } from './collect.ts';
import { documentTarget } from './document-target.ts';
import { openOutlet, type Outlet } from './outlet.ts';
import { expectedRows, type BundleRequest, type Prepared } from './prepare.ts';
import { sizeOfFiles } from './sample-files.ts';
import type { Place } from './select.ts';
import { NOTHING, plus, times, type Size } from './size.ts';
import type { BundleTarget } from './target.ts';
import { CHUNK_ROWS, SHOWN_ROWS } from './viewer/rows.ts';
import { viewerId } from './viewer/section.ts';
import { Volumes } from './volumes.ts';
import { zipTarget } from './zip-target.ts';

/** What a bundle would come to, and what building it would take. */
export interface Forecast extends Size {
  /** Counted, not estimated. */
  readonly rows: number;
  /** As many as its manifest would list. */
  readonly files: number;
  /** The most that lies in scratch files at a time. */
  readonly scratchBytes: number;
}

/** What a forecast needs. */
export interface ForecastOptions extends CollectOptions {
  readonly workFolder: string;
}

/** So many rows of each file are read, the first by their order: enough for deflate to show what it can do with them. */
const SAMPLE_ROWS = 500;

/**
 * Builds the bundle from the first rows of each file into nowhere, and multiplies what they came to; all that is not rows is
 * as large as it will be. Throws BUNDLE_FAILED where the bundle itself would for a stored file that is lost.
 */
export async function forecast(
  reader: Reader,
  request: BundleRequest,
  build: Prepared,
  options: ForecastOptions,
): Promise<Forecast> {
  const { blobs, signal, workFolder } = options;
  using outlet = openOutlet(nowhere(), signal);
  const { target, sizes } = measuringTarget(request.format, outlet, workFolder);
  const sampled = { ...build, counts: build.counts.map((each) => ({ ...each, expected: sampleOf(each.expected) })) };
  const quiet = { ...options, onProgress: undefined };
  const { manifest, storedFiles } = await collect(firstRows(reader), request, target, sampled, quiet);
  await target.part('manifest.json', { ...manifest, files: [...manifest.files, ...storedFiles] });
  await target.end();
  const found = request.format === 'ZIP' ? sizes : sizesIn(manifest);
  const rest = build.counts.flatMap(({ section, expected }) =>
    (['data', 'context'] as const).map((place) => restOf(section.name, place, expected[place], found)),
  );
  const unpacked = request.format === 'ZIP' ? [...sizes.values()].reduce(plus, NOTHING).bytes : outlet.position;
  const { bytes, packedBytes } = [
    { bytes: unpacked, packedBytes: outlet.position },
    await sizeOfFiles(storedFiles, blobs, signal),
    ...rest.map(({ size }) => size),
  ].reduce(plus);
  return {
    rows: expectedRows(build),
    files: manifest.files.length + storedFiles.length + rest.reduce((sum, { scripts }) => sum + scripts, 0),
    bytes: Math.round(bytes),
    packedBytes: Math.round(packedBytes),
    scratchBytes: Math.round(Math.max(0, ...rest.map(({ scratchBytes }) => scratchBytes))),
  };
}

type Sizes = ReadonlyMap<string, Size>;

/** A target that keeps nothing but how large each file of an archive is. */
function measuringTarget(
  format: 'ZIP' | 'JSON',
  outlet: Outlet,
  workFolder: string,
): { readonly target: BundleTarget; readonly sizes: Sizes } {
  const sizes = new Map<string, Size>();
  if (format === 'JSON') return { target: documentTarget(outlet), sizes };
  const alone = (): never => {
    throw new TypeError('an archive without a limit has no other volume');
  };
  const place = {
    open: alone,
    finished: alone,
    stored: async (_: number, { path, ...size }: Size & { readonly path: string }) => void sizes.set(path, size),
  };
  return { target: zipTarget(new Volumes(place, Infinity, { number: 1, outlet, entries: [] }), workFolder), sizes };
}

function nowhere(): Writable {
  return new Writable({ write: (_chunk, _encoding, callback) => callback() });
}

/** A document's members of rows; nothing in it is packed. */
function sizesIn({ files }: Collected['manifest']): Sizes {
  return new Map(files.map(({ path, bytes }) => [path, { bytes, packedBytes: bytes }]));
}

function sampleOf({ data, context }: Readonly<Record<Place, number>>): Readonly<Record<Place, number>> {
  return { data: Math.min(data, SAMPLE_ROWS), context: Math.min(context, SAMPLE_ROWS) };
}

/** The same reader, whose streams of rows end early; other streams, such as the access log, are read whole. */
function firstRows(reader: Reader): Reader {
  return {
    isIdle: () => reader.isIdle(),
    query: (fragment) => reader.query(fragment),
    copyOut: (fragment, format, options) =>
      reader.copyOut(format === 'cells' ? sql`${fragment} LIMIT ${SAMPLE_ROWS}` : fragment, format, options),
  };
}

/** What the rows that were not read would add: to the JSON, to its CSV twin, and to the page, which shows the last of them. */
function restOf(
  name: string,
  place: Place,
  rows: number,
  sizes: Sizes,
): { readonly size: Size; readonly scripts: number; readonly scratchBytes: number } {
  const sampled = Math.min(rows, SAMPLE_ROWS);
  if (sampled === 0) return { size: NOTHING, scripts: 0, scratchBytes: 0 };
  const path = `${place}/${name}`;
  const json = sizes.get(`${path}.ndjson`) ?? sizes.get(`${path}.json`) ?? sizes.get(path) ?? NOTHING;
  const csv = sizes.get(`${path}.csv`);
  if (csv === undefined) return { size: times(json, rows / sampled - 1), scripts: 0, scratchBytes: 0 };
  const shown = Math.min(rows, SHOWN_ROWS);
  const both = plus(json, csv);
  const scratchBytes = (both.packedBytes * rows + json.bytes * shown) / sampled;
  if (rows === sampled) return { size: NOTHING, scripts: 0, scratchBytes };
  const size = plus(times(both, rows / sampled - 1), times(json, shown / sampled - 1));
  const known = [...sizes.keys()].filter((each) => each.startsWith(`viewer/data/${viewerId(name, place)}-0`)).length;
  return { size, scripts: Math.ceil(shown / CHUNK_ROWS) - known, scratchBytes };
}
