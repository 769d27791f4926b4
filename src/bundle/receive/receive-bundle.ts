import { basename } from 'node:path';
import type pg from 'pg';
import type { Clock } from '../../clock.ts';
import { CarryallError, type Fault } from '../../errors.ts';
import { readTenant } from '../../holdings/tenants.ts';
import type { PolicyBook } from '../../policy/book.ts';
import { readRequired } from '../../sources/write/required.ts';
import type { BlobStore } from '../../store/blobs.ts';
import { readForeignKeys } from '../../store/foreign-keys.ts';
import { withTransaction, type Writer } from '../../store/session.ts';
import { sql } from '../../store/sql.ts';
import type { UnsealKey } from '../seal/seal-mark.ts';
import type { RowRules } from './check-row.ts';
import { dropHeld } from './held-rows.ts';
import { settleLinks, type LinkRules } from './links.ts';
import type { Heading } from './heading.ts';
import { openVerified, type Trust, type VerifiedBundle } from './open-verified.ts';
import { settlePerson } from './person.ts';
import { placeholdersOf } from './placeholder.ts';
import { readRows } from './read-rows.ts';
import { openReceipt, type ReceiveReport } from './report.ts';
import { rowFilesOf, type RowFile } from './row-files.ts';
import { openStage, type Stage } from './stage.ts';
import { fillGaps, storeRows } from './store-rows.ts';
import { assertNamed, storeFiles } from './stored-files.ts';

/** What an import of a bundle needs. */
export interface ReceiveOptions {
  readonly pool: pg.Pool;
  readonly policies: PolicyBook;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly file: string;
  readonly tenant: string;
  readonly trust: Trust;
  /** What opens a bundle that is sealed. */
  readonly unsealKey?: UnsealKey | undefined;
  /** Where a volume of this name lies; without it, a bundle in volumes is refused. */
  readonly volumePath?: ((name: string) => string) | undefined;
  /** Throws for a bundle that is not the one that was said to come. */
  readonly expected?: ((heading: Heading) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((rows: number) => void) | undefined;
}

/**
 * The receiving end of Art. 20(2): verifies a bundle, then reads it into a tenant, in one transaction. Ids are kept; the
 * person is found by e-mail address and telephone number, or made. A bundle that was imported before changes nothing.
 * Throws BAD_INPUT for a bundle that is broken, of Art. 15, or has what this tenant cannot hold; IMPORT_REFUSED where it is
 * at odds with what is held; NOT_FOUND for an unknown tenant; CANCELLED. Then nothing is written.
 */
export async function receiveBundle(options: ReceiveOptions): Promise<ReceiveReport> {
  const { pool, file, trust } = options;
  assertGoingOn(options.signal);
  await using bundle = await openVerified(file, trust, options);
  if (bundle.heading.scope !== 'PORTABILITY')
    throw new CarryallError(
      'BAD_INPUT',
      `${file} answers Art. 15: it holds what Art. 20 lets nobody take along. Ask its sender for a bundle of the scope PORTABILITY.`,
    );
  options.expected?.(bundle.heading);
  // Awaited here: the bundle stays open until all of it was read.
  return await withTransaction(pool, options.tenant, (writer) => receive(writer, bundle, options));
}

async function receive(writer: Writer, bundle: VerifiedBundle, options: ReceiveOptions): Promise<ReceiveReport> {
  const { tenant: tenantId, policies, clock, blobs } = options;
  await writer.execute(sql`SET LOCAL TimeZone = 'UTC'`);
  // One import of a tenant at a time: two could create the same person twice.
  await writer.query(sql`SELECT pg_advisory_xact_lock(hashtextextended(${`carryall import ${tenantId}`}, 0))`);
  const { policyCode, country } = await readTenant(writer, tenantId);
  const policy = policies.policyOf(policyCode);
  const { heading, listed, kid } = bundle;
  const stage = openStage(writer);
  const files = rowFilesOf(policy, listed.values());
  await stageRows(stage, bundle, files, { policy, country, subjectId: heading.subject.id, listed }, options);
  await assertNamed(writer, stage, bundle);
  const receipt = openReceipt();
  const person = await settlePerson(writer, stage, tenantId, heading);
  const rules: LinkRules = {
    subject: person,
    keys: await readForeignKeys(writer),
    required: await readRequired(writer),
    placeholders: placeholdersOf(policy, clock.now()),
  };
  await dropHeld(writer, stage, person, receipt);
  await fillGaps(writer, stage, rules, receipt);
  await settleLinks(writer, stage, rules, receipt);
  await storeFiles(writer, stage, bundle, blobs, tenantId, receipt);
  await storeRows(writer, stage, rules, receipt);
  assertGoingOn(options.signal);
  return {
    file: basename(options.file),
    tenant: tenantId,
    subjectId: person.subjectId,
    subjectCreated: person.created,
    from: heading.tenant.id,
    kid,
    ...receipt.counts(),
  };
}

async function stageRows(
  stage: Stage,
  bundle: VerifiedBundle,
  files: ReadonlyMap<string, RowFile>,
  rules: RowRules,
  { signal, onProgress }: ReceiveOptions,
): Promise<void> {
  const faults: Fault[] = [];
  let rows = 0;
  for (const each of bundle.files()) {
    const file = files.get(each.path);
    if (file === undefined) continue;
    for await (const batch of readRows(file, each, rules, faults)) {
      assertGoingOn(signal);
      if (faults.length > 0) continue;
      if (!(await stage.add(file, batch))) faults.push({ path: each.path, reason: 'has two rows with one id' });
      rows += batch.length;
      onProgress?.(rows);
    }
  }
  if (faults.length === 0) return;
  const [first] = faults;
  throw new CarryallError(
    'BAD_INPUT',
    `The bundle has rows that cannot be received, first in ${first?.path}: ${first?.reason}. Nothing was written.`,
    { faults },
  );
}

function assertGoingOn(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true)
    throw new CarryallError('CANCELLED', 'The import was cancelled, and nothing of it was kept.', {
      cause: signal.reason,
    });
}
