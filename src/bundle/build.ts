import { pipeline } from 'node:stream/promises';
import type { Readable, Writable } from 'node:stream';
import type pg from 'pg';
import type { Scope } from '../catalogue/vocabulary.ts';
import type { Clock } from '../clock.ts';
import { CarryallError } from '../errors.ts';
import { readSubjectFacts } from '../holdings/subject-facts.ts';
import type { PolicyBook } from '../policy/book.ts';
import type { BlobStore } from '../store/blobs.ts';
import { withSnapshot, type Reader } from '../store/session.ts';
import { sql } from '../store/sql.ts';
import { writeBlobs } from './blob-files.ts';
import { countSection, type SectionCounts } from './count.ts';
import { buildInformation } from './information.ts';
import { Ledger, type DatasetFile } from './ledger.ts';
import { buildManifest, type Heading } from './manifest.ts';
import { planBundle, withoutEmptyUndeclared, type Section } from './plan.ts';
import { buildReadme } from './readme.ts';
import { gateRules, RowGate } from './row-gate.ts';
import { rowSchema } from './row-schema.ts';
import { jsonLines, selectionOf, type Place, type Selection, type SelectScope } from './select.ts';
import { canonicalBytes } from './sign/canonical.ts';
import type { Signer } from './sign/jws.ts';
import type { SigningKeys } from './sign/signing-keys.ts';
import { withTarget, type BundleTarget } from './target.ts';

/** What is asked for. */
export interface BundleRequest {
  readonly tenantId: string;
  readonly subjectId: string;
  readonly scope: Scope;
  readonly format: 'ZIP' | 'JSON';
  /** The most rows that may be in it; above that it is refused before a row is read. */
  readonly maxRows?: number;
}

/** What a build needs of its surroundings. */
export interface BundleSources {
  readonly pool: pg.Pool;
  readonly policies: PolicyBook;
  readonly clock: Clock;
  readonly blobs: BlobStore;
  /** A folder for scratch files, on a disk with room for the largest table of a bundle. */
  readonly workFolder: string;
  /** The keys that sign manifests; without them a bundle is not signed, and `carryall verify` refuses it. */
  readonly signing?: SigningKeys | undefined;
}

/** How far a build is. */
export interface BuildProgress {
  readonly rows: number;
  readonly expectedRows: number;
}

export interface BuildOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: BuildProgress) => void;
}

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

/**
 * Builds a bundle: everything from one snapshot, one file after another, no dataset ever whole in memory. It is complete or
 * it throws: NOT_FOUND, BUNDLE_TOO_LARGE, FOREIGN_ROW, BUNDLE_FAILED, CANCELLED, or what broke the destination.
 */
export async function buildBundle(
  sources: BundleSources,
  request: BundleRequest,
  destination: Writable,
  options: BuildOptions = {},
): Promise<BuiltBundle> {
  const { pool, clock } = sources;
  if (options.signal?.aborted === true) throw cancelled(options.signal.reason);
  // Before anything is read: a key that cannot sign is known at once.
  const signer = (await sources.signing?.active()) ?? null;
  const built = withSnapshot(pool, async (reader) => {
    const now = clock.now();
    const build = await prepare(reader, sources.policies, request, now);
    const { plan, counts } = build;
    const expectedRows = counts.reduce((sum, { expected }) => sum + expected.data + expected.context, 0);
    if (request.maxRows !== undefined && expectedRows > request.maxRows) {
      throw new CarryallError(
        'BUNDLE_TOO_LARGE',
        `An inline bundle holds up to ${request.maxRows} rows, this one would hold ${expectedRows}: export it as a file.`,
      );
    }
    const ledger = new Ledger(counts);
    let manifest: object = {};
    await withTarget(
      { format: request.format, workFolder: sources.workFolder },
      destination,
      async (target) => {
        const writer = { reader, request, target, ledger, options, expectedRows, build, signer };
        for (const place of ['data', 'context'] as const) await writeRows(writer, place);
        await writeBlobs(reader, build.select, target, ledger, sources.blobs);
        await writeSchemas(writer);
        manifest = await writeRest(writer);
      },
      options.signal,
    );
    const rows = ledger.sections.reduce((sum, { exported }) => sum + exported.data + exported.context, 0);
    const omissions = ledger.omissions.filter(({ count }) => count !== 0).length;
    const files = { files: ledger.files.length, datasetFiles: ledger.datasetFiles };
    return { policyCode: plan.policy.code, rows, ...files, omissions, manifest };
  });
  return built.catch((cause: unknown) => {
    if (options.signal?.aborted !== true) throw cause;
    throw cancelled(cause);
  });
}

function cancelled(cause: unknown): CarryallError {
  return new CarryallError('CANCELLED', 'The bundle was cancelled; nothing of it is kept.', { cause });
}

interface Prepared {
  readonly heading: Heading;
  readonly contact: string | null;
  readonly plan: SelectScope['plan'];
  readonly select: SelectScope;
  readonly counts: readonly SectionCounts[];
}

async function prepare(reader: Reader, policies: PolicyBook, request: BundleRequest, now: Date): Promise<Prepared> {
  const { tenantId, subjectId, scope, format } = request;
  const [tenant] = await reader.query<{
    policy_code: string;
    name: string;
    contact: string | null;
    snapshot: string;
    subject: string | null;
  }>(sql`
    SELECT t.policy_code, t.name, t.contact, pg_current_snapshot()::text AS snapshot, s.id AS subject
    FROM tenant t LEFT JOIN subject s ON s.tenant_id = t.tenant_id AND s.id = ${subjectId} WHERE t.tenant_id = ${tenantId}`);
  if (tenant === undefined)
    throw new CarryallError('NOT_FOUND', 'There is no such tenant. List them with: carryall tenant list');
  if (tenant.subject === null) throw new CarryallError('NOT_FOUND', 'There is no such subject at this tenant.');
  const policy = policies.policyOf(tenant.policy_code);
  const facts = await readSubjectFacts(reader, { tenantId, subjectId }, now);
  const plan = planBundle(policy, scope, { facts, instruction: null });
  const select = { plan, subject: { tenantId, subjectId }, facts, now, format };
  const counts: SectionCounts[] = [];
  for (const section of plan.sections) {
    const counted = await countSection(reader, select, section);
    counts.push({ ...counted, section: withoutEmptyUndeclared(section, counted.undeclared) });
  }
  const heading = {
    tenant: { id: tenantId, name: tenant.name },
    subjectId,
    format,
    snapshot: { id: tenant.snapshot, at: now.toISOString() },
  };
  return { heading, contact: tenant.contact, plan, select, counts };
}

interface BundleWriter {
  readonly reader: Reader;
  readonly request: BundleRequest;
  readonly target: BundleTarget;
  readonly ledger: Ledger;
  readonly options: BuildOptions;
  readonly expectedRows: number;
  readonly build: Prepared;
  readonly signer: Signer | null;
}

async function writeRows(writer: BundleWriter, place: Place): Promise<void> {
  const { build, target, ledger } = writer;
  for (const { section, expected } of build.counts) {
    const selection = selectionOf(build.select, section, place);
    if (selection === null || expected[place] === 0) continue;
    const gate = gateOf(writer, selection);
    const written = await target.rows({
      place,
      name: section.name,
      large: section.dataset.large === true,
      rows: expected[place],
      names: selection.properties.map(({ name }) => name),
      open: () => openRows(writer, selection, gate),
    });
    assertComplete(section, expected[place], gate.rows);
    ledger.rows(section, place, gate.rows, gate.redactions);
    for (const file of written) ledger.file({ ...file, dataset: section.name, rows: expected[place] });
  }
}

function gateOf({ build, options, request, ledger, expectedRows }: BundleWriter, selection: Selection): RowGate {
  const before = ledger.sections.reduce((sum, { exported }) => sum + exported.data + exported.context, 0);
  return new RowGate(gateRules(build.plan.policy, request.subjectId, selection), (rows) =>
    options.onProgress?.({ rows: before + rows, expectedRows }),
  );
}

function openRows({ reader, options }: BundleWriter, selection: Selection, gate: RowGate): Readable {
  const source = reader.copyOut(jsonLines(selection), 'lines', { signal: options.signal });
  pipeline(source, gate).catch((error: unknown) => gate.destroy(error as Error));
  return gate;
}

function assertComplete(section: Section, expected: number, rows: number): void {
  if (rows === expected) return;
  throw new CarryallError(
    'BUNDLE_FAILED',
    `${section.name}: ${expected} rows were counted and ${rows} came. The bundle was given up.`,
  );
}

async function writeSchemas({ build, target, ledger }: BundleWriter): Promise<void> {
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

async function writeRest({ build, target, ledger, signer }: BundleWriter): Promise<object> {
  const { heading, plan, contact } = build;
  const readme = await target.part('README.txt', buildReadme(heading, plan));
  if (readme !== null) ledger.file(readme);
  if (plan.scope === 'ACCESS') {
    const information = await target.part(
      'information.json',
      buildInformation({ name: heading.tenant.name, contact }, plan, ledger),
    );
    if (information !== null) ledger.file(information);
  }
  const manifest = buildManifest(heading, plan, ledger);
  await target.part('manifest.json', manifest);
  // Signed is what will be read back, not what stands in memory.
  if (signer !== null) await target.signature(await signer.sign(canonicalBytes(JSON.parse(JSON.stringify(manifest)))));
  return manifest;
}
