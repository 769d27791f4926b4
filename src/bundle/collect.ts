import { pipeline } from 'node:stream/promises';
import { PassThrough, Readable } from 'node:stream';
import type pg from 'pg';
import { accessLogCount, accessLogLines } from '../audit/access-log.ts';
import { CarryallError } from '../errors.ts';
import type { PolicyBook } from '../policy/book.ts';
import type { BlobStore } from '../store/blobs.ts';
import type { Reader } from '../store/session.ts';
import { onBehalfOf } from './anybody.ts';
import { listStoredFiles, type StoredFile } from './blob-files.ts';
import type { FewRows } from './few.ts';
import { gateOf } from './gate-of.ts';
import { buildInformation } from './information.ts';
import { Ledger } from './ledger.ts';
import { buildManifest, type ManifestHead } from './manifest.ts';
import type { Section } from './plan.ts';
import { expectedRows, prepare, survey, type BundleRequest, type Prepared } from './prepare.ts';
import { buildReadme } from './readme.ts';
import type { RowGate } from './row-gate.ts';
import { rowSchema } from './row-schema.ts';
import { cells, selectionOf, type Place, type Selection } from './select.ts';
import type { BundleTarget } from './target.ts';
import { buildViewer } from './viewer/page.ts';
import { monthsKey, viewerId, viewerSection, type ViewerSection } from './viewer/section.ts';
import { attentive, IDLE_MS, watched } from './watchdog.ts';
import { vouch } from './witness/vouch.ts';
import { openWitness, type Witness } from './witness/witness.ts';

const NEWLINE = 10;

/** How far a build is. */
export interface BuildProgress {
  readonly rows: number;
  readonly expectedRows: number;
}

/** What collecting needs. */
export interface CollectOptions {
  readonly pool: pg.Pool;
  readonly policies: PolicyBook;
  readonly blobs: BlobStore;
  readonly now: Date;
  readonly signal?: AbortSignal | undefined;
  /** How long a source may say nothing while it is waited for, in ms. */
  readonly idleMs?: number | undefined;
  readonly onProgress?: ((progress: BuildProgress) => void) | undefined;
  /** All rows, where they are read and vouched for already. */
  readonly few?: FewRows | undefined;
}

/** All that a snapshot was needed for. What is left to do needs this and the stored files, and no database. */
export interface Collected {
  readonly policyCode: string;
  readonly rows: number;
  readonly omissions: number;
  /** As far as it is known: its files are those written so far. */
  readonly manifest: ManifestHead;
  /** The stored files that follow. */
  readonly storedFiles: readonly StoredFile[];
}

interface Collecting extends CollectOptions {
  readonly reader: Reader;
  readonly request: BundleRequest;
  readonly build: Prepared;
  readonly ledger: Ledger;
  readonly expected: number;
  readonly target: BundleTarget;
  /** For rows that are not read yet. */
  readonly witness: Witness | null;
  /** What the archive's page shows, section by section as they are written. */
  readonly pages: ViewerSection[];
}

/**
 * Writes everything of a bundle that comes from the database, from the reader's snapshot: one dataset after another, none
 * ever whole in memory. Throws FOREIGN_ROW, BUNDLE_FAILED, CANCELLED, and what broke the target.
 */
export async function collect(
  reader: Reader,
  request: BundleRequest,
  target: BundleTarget,
  build: Prepared,
  options: CollectOptions,
): Promise<Collected> {
  const ledger = new Ledger(build.counts);
  const own = onBehalfOf(reader, build.somebody);
  await using witness = options.few === undefined ? await openWitness(options.pool, reader, request) : null;
  const expected = expectedRows(build);
  const at = { ...options, reader: own, request, build, ledger, target, witness, expected, pages: [] };
  for (const place of ['data', 'context'] as const) await writeRows(at, place);
  await writeAccessLog(at);
  await writeSchemas(at);
  const { files, missing } = witness === null ? NO_FILES : await listStoredFiles({ ...at, witness });
  ledger.miss(missing);
  const manifest = await writeWords(at, files);
  return {
    policyCode: build.plan.policy.code,
    rows: ledger.exported,
    omissions: ledger.omissions.filter(({ count }) => count !== 0).length,
    manifest,
    storedFiles: files,
  };
}

/** Few rows are read without any that has a file. */
const NO_FILES = { files: [], missing: [] };

/** Plans and counts, and refuses what would be larger than was asked for. Throws NOT_FOUND, BUNDLE_TOO_LARGE. */
export async function planned(reader: Reader, request: BundleRequest, options: CollectOptions): Promise<Prepared> {
  return countedFor(request, await prepare(reader, await survey(reader, options.policies, request, options.now)));
}

/** What was counted, unless it is more than was asked for. Throws BUNDLE_TOO_LARGE. */
export function countedFor(request: BundleRequest, build: Prepared): Prepared {
  const rows = expectedRows(build);
  if (request.maxRows === undefined || rows <= request.maxRows) return build;
  throw new CarryallError(
    'BUNDLE_TOO_LARGE',
    `An inline bundle holds up to ${request.maxRows} rows, this one would hold ${rows}: export it as a file.`,
  );
}

async function writeRows(at: Collecting, place: Place): Promise<void> {
  const { build, target, ledger, pages } = at;
  for (const { section, expected } of build.counts) {
    const selection = selectionOf(build.select, section, place);
    if (selection === null || expected[place] === 0) continue;
    const before = ledger.exported;
    const told = (rows: number): void => at.onProgress?.({ rows: before + rows, expectedRows: at.expected });
    const read = at.few?.get(selection);
    const gate = read?.gate ?? gateOf(build, at.request, selection, told);
    const { files, viewer } = await target.rows({
      place,
      name: section.name,
      large: section.dataset.large === true,
      rows: expected[place],
      names: selection.properties.map(({ name }) => name),
      viewer: { id: viewerId(section.name, place), months: monthsKey(section, place) },
      lines: read?.lines ?? null,
      open: () => (read === undefined ? openRows(at, selection, gate) : Readable.from([read.lines])),
      recycle: (lines) => gate.recycle(lines),
    });
    assertComplete(section, expected[place], gate.rows);
    if (read !== undefined) told(gate.rows);
    ledger.rows(section, place, gate.rows, gate.redactions);
    for (const file of files) ledger.file({ ...file, dataset: section.name, rows: expected[place] });
    if (viewer === null) continue;
    for (const file of viewer.files) ledger.file(file);
    pages.push(viewerSection(selection, viewer.rows));
  }
}

/** Rows as they may leave: cells become lines at the gate, and the witness vouches for each before it goes on. */
function openRows(
  { reader, witness, signal, idleMs = IDLE_MS }: Collecting,
  selection: Selection,
  gate: RowGate,
): Readable {
  const { section } = selection;
  if (witness === null) throw new TypeError('there is nobody to vouch for rows');
  const source = reader.copyOut(cells(selection), 'cells', { signal });
  const silence = { idleMs, name: section.name };
  // As objects: a stream of bytes would join chunks, each time into a new one.
  const out = new PassThrough({ objectMode: true, highWaterMark: 1 });
  pipeline(
    source,
    (chunks: AsyncIterable<Buffer>) => vouch(gate.pass(attentive(chunks, silence)), witness, section),
    out,
  ).catch((error: unknown) => out.destroy(error as Error));
  return out;
}

function assertComplete(section: Section, expected: number, rows: number): void {
  if (rows === expected) return;
  throw new CarryallError(
    'BUNDLE_FAILED',
    `${section.name}: ${expected} rows were counted and ${rows} came. The bundle was given up.`,
  );
}

/** When, why and in which role others looked; never who (C-579/21). That nobody did is told as well. */
async function writeAccessLog(at: Collecting): Promise<void> {
  const { reader, request, build, target, ledger, signal, idleMs = IDLE_MS } = at;
  if (build.plan.scope !== 'ACCESS') return;
  const [found] = await reader.query<{ count: string }>(accessLogCount(request));
  let rows = 0;
  const counting = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) rows += 1;
      yield chunk;
    }
  };
  const lines = reader.copyOut(accessLogLines(request), 'lines', { signal });
  const written = await target.log(Readable.from(counting(watched(lines, { idleMs, name: 'access log' }))));
  if (rows !== Number(found?.count))
    throw new CarryallError('BUNDLE_FAILED', `access log: ${found?.count} looks were counted and ${rows} came.`);
  ledger.file({ ...written, rows });
}

async function writeSchemas({ build, target, ledger }: Collecting): Promise<void> {
  for (const { section, expected } of build.counts) {
    for (const place of ['data', 'context'] as const) {
      const selection = expected[place] === 0 ? null : selectionOf(build.select, section, place);
      if (selection === null) continue;
      const name = place === 'data' ? section.name : `${section.name}-context`;
      const written = await target.part(`schema/${name}.schema.json`, rowSchema(selection));
      if (written !== null) ledger.file(written);
    }
  }
}

/** README, the information of Art. 15 and the page that shows all of it; the manifest, as far as it is known. */
async function writeWords(
  { build, target, ledger, pages }: Collecting,
  storedFiles: readonly StoredFile[],
): Promise<ManifestHead> {
  const { heading, plan, contact, somebody } = build;
  const readme = await target.part('README.txt', buildReadme(heading, plan, ledger.missing));
  if (readme !== null) ledger.file(readme);
  const notice = { name: heading.tenant.name, contact };
  const information = plan.scope === 'ACCESS' ? buildInformation(notice, plan, ledger) : null;
  const told = information === null ? null : await target.part('information.json', information);
  if (told !== null) ledger.file(told);
  // Its files are the ledger's: those that come later are in it as well.
  const manifest = buildManifest(heading, plan, ledger);
  if (target.format === 'JSON') return manifest;
  const { language } = somebody.facts;
  const page = await target.page(
    'index.html',
    buildViewer({
      language,
      policy: plan.policy,
      manifest: { ...manifest, files: storedFiles },
      information,
      sections: pages,
    }),
  );
  if (page !== null) ledger.file(page);
  return manifest;
}
