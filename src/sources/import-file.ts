import { stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import type pg from 'pg';
import { type Clock, systemClock } from '../clock.ts';
import { CarryallError } from '../errors.ts';
import { withTransaction, type Writer } from '../store/session.ts';
import { sql } from '../store/sql.ts';
import type { BlobSink, ImportContext } from './context.ts';
import type { Importer, InputFile } from './importer.ts';
import { IMPORT_KINDS, isImportKind, type KindOptions, openImporter } from './kinds.ts';
import { assertGoingOn, unreadable } from './read/text.ts';
import { type ImportReport, Tally } from './report.ts';
import { Batches } from './write/batches.ts';
import { checkStage } from './write/checks.ts';
import { Door } from './write/door.ts';
import { readForeignKeys } from '../store/foreign-keys.ts';
import { readRequired } from './write/required.ts';
import { Stage } from './write/stage.ts';
import { settleNewSubjects, storeStage } from './write/store.ts';
import { Subjects } from './write/subjects.ts';

/** What an import asks of a policy book. */
export interface ImportPolicies {
  policyOf(code: string): { readonly items: readonly { readonly item: string }[] };
}

/** How far an import is; `bytes` is of the file, which some kinds read twice. */
export interface Progress {
  readonly rows: number;
  readonly bytes: number;
  readonly totalBytes: number;
}

export interface ImportOptions extends KindOptions {
  readonly pool: pg.Pool;
  readonly policies: ImportPolicies;
  readonly kind: string;
  readonly file: string;
  readonly tenant: string;
  /**
   * Write the good records even if others are bad.
   * @default false
   */
  readonly skipBad?: boolean | undefined;
  readonly blobs?: BlobSink | undefined;
  readonly clock?: Clock | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/**
 * Brings the records of a file into the store, in one transaction. A second import of the same file changes nothing.
 * Throws NOT_FOUND for an unknown tenant, BAD_INPUT for an unknown kind or an unreadable file, CANCELLED, and
 * IMPORT_REFUSED with every bad record when there is one and `skipBad` is not set; then nothing is written.
 */
export async function importFile(options: ImportOptions): Promise<ImportReport> {
  const { kind, tenant, signal } = options;
  if (!isImportKind(kind))
    throw new CarryallError('BAD_INPUT', `There is no import of this kind; known are ${IMPORT_KINDS.join(', ')}.`);
  assertGoingOn(signal);
  const path = resolve(options.file);
  const name = basename(path);
  const totalBytes = await sizeOf(path, name);
  const tally = new Tally();
  return withTransaction(options.pool, tenant, async (writer) => {
    // One import of a tenant at a time: two could create the same person twice.
    await writer.query(sql`SELECT pg_advisory_xact_lock(hashtextextended(${`carryall import ${tenant}`}, 0))`);
    const { country, named } = await readTenant(writer, tenant, options.policies);
    const door = new Door(named, tally);
    const foreignKeys = await readForeignKeys(writer);
    const context: ImportContext = {
      tenant,
      country,
      names: (item) => named.has(item),
      foreignKeys,
      clock: options.clock ?? systemClock,
      blobs: options.blobs,
      folder: dirname(path),
    };
    const importer = await openImporter(kind, context, options);
    const stage = await Stage.open(writer);
    const { source } = importer;
    const subjects = new Subjects(writer, tenant, source);
    await using batches = new Batches({
      context,
      tally,
      door,
      stage,
      subjects,
      required: await readRequired(writer),
      source,
    });
    let bytes = 0;
    const file: InputFile = { path, name, signal, onBytes: (more) => (bytes += more) };
    const passes = importer.isIdentity === undefined && importer.glance === undefined ? 1 : 2;
    const onBatch = (): void => {
      assertGoingOn(signal);
      options.onProgress?.({ rows: tally.rows, bytes: Math.floor(bytes / passes), totalBytes });
    };
    if (passes === 2) await pass(importer, file, batches, 'identities', onBatch);
    await pass(importer, file, batches, 'others', onBatch);
    await checkStage(writer, stage, foreignKeys, tally);
    if (tally.badCount > 0 && options.skipBad !== true) throw refused(name, tally);
    await storeStage(writer, stage, foreignKeys, tally);
    await settleNewSubjects(writer, stage, tenant, tally);
    assertGoingOn(signal);
    return tally.report(kind, name, tenant);
  });
}

// Who is who comes first: a customer's own record ties the ids together that other records use one by one.
async function pass(
  importer: Importer,
  file: InputFile,
  batches: Batches,
  which: 'identities' | 'others',
  onBatch: () => void,
): Promise<void> {
  for await (const read of importer.read(file)) {
    if (which === 'identities' && read.kind === 'record') importer.glance?.(read.value);
    const isIdentity = read.kind === 'record' && (importer.isIdentity?.(read.value) ?? false);
    if (isIdentity !== (which === 'identities')) continue;
    if (await batches.take(importer, read)) onBatch();
  }
  await batches.flush();
  onBatch();
}

async function sizeOf(path: string, name: string): Promise<number> {
  const found = await stat(path).catch((error: unknown) => {
    throw unreadable(name, error);
  });
  if (!found.isFile()) throw new CarryallError('BAD_INPUT', `${name} is no file.`);
  return found.size;
}

async function readTenant(
  writer: Writer,
  tenant: string,
  policies: ImportPolicies,
): Promise<{ country: string | null; named: ReadonlySet<string> }> {
  const [row] = await writer.query<{ code: string; country: string | null }>(
    sql`SELECT policy_code AS code, country FROM tenant WHERE tenant_id = ${tenant}`,
  );
  if (row === undefined) throw new CarryallError('NOT_FOUND', 'There is no such tenant.');
  const named = new Set(policies.policyOf(row.code).items.map(({ item }) => item));
  return { country: row.country, named };
}

function refused(name: string, tally: Tally): CarryallError {
  const shown = tally.badCount > tally.bad.length ? `, the first ${tally.bad.length} of which are told` : '';
  return new CarryallError(
    'IMPORT_REFUSED',
    `${tally.badCount} of ${tally.rows} records of ${name} are bad${shown}, so nothing was written. Put them right, or skip them with --skip-bad.`,
    { faults: tally.bad },
  );
}
