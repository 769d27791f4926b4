import type pg from 'pg';
import type { AuditEntry } from '../audit/entry.ts';
import type { Clock } from '../clock.ts';
import { newId } from '../ids.ts';
import { withTransaction, type Writer } from '../store/session.ts';
import { sql } from '../store/sql.ts';
import type { BundleAudit } from './build.ts';
import type { Digest } from './digesting-writer.ts';
import type { BuiltBundle } from './finish.ts';
import type { BundleRequest } from './prepare.ts';

/** What is noted of a bundle that was written. */
export interface BundleRecord {
  readonly request: BundleRequest;
  readonly built: Pick<BuiltBundle, 'datasetFiles'>;
  /** Of the whole file, signature and all. */
  readonly digest: Digest;
  /** The bundle's id; without it, a new one. */
  readonly id?: string;
  readonly audit?: BundleAudit | undefined;
  /** Where it lies in the storage. */
  readonly storageKey?: string | undefined;
  readonly publication?: Publication | undefined;
}

/** A bundle that answers a request, and how it does so in the transaction that notes it. */
export interface Publication {
  readonly requestId: string | null;
  /** Whether it is encrypted to the person's own recipient or passphrase. */
  readonly sealed: boolean;
  /** How long it is kept, by the database's time (ISO 8601). */
  readonly keptFor: string;
  /**
   * Called first, and says what else is to stand in the audit log. Throws where the bundle is not wanted any more; then
   * nothing is noted.
   */
  readonly publish: (writer: Writer, bundle: Digest & { readonly id: string }) => Promise<AuditEntry>;
}

/**
 * Notes in the store that a bundle was made, with the digest of the whole file and of each file of rows. Stored files are
 * not noted one by one: there may be any number, and the manifest has them. The audit log gets its entry in the same
 * transaction: what cannot be recorded is not handed out. Returns the bundle's id. Throws DATABASE_FAILED.
 */
export async function recordBundle(
  pool: pg.Pool,
  clock: Clock,
  { request, built, digest, id = newId('bundle'), audit, storageKey, publication }: BundleRecord,
): Promise<string> {
  const { tenantId, subjectId, scope, format } = request;
  const files = built.datasetFiles;
  await withTransaction(pool, tenantId, async (writer) => {
    const published = await publication?.publish(writer, { ...digest, id });
    const bundle = sql`
      INSERT INTO portability_bundle (tenant_id, id, subject_id, request_id, scope, format, status, sha256, bytes, storage_key, sealed,
        created_at, expires_at)
      VALUES (${tenantId}, ${id}, ${subjectId}, ${publication?.requestId ?? null}, ${scope}, ${format}, 'READY', ${digest.sha256},
        ${digest.bytes}, ${storageKey ?? null}, ${publication?.sealed ?? false}, ${clock.now().toISOString()}::timestamptz,
        now() + ${publication?.keptFor ?? null}::interval)`;
    const entries = sql`
      INSERT INTO bundle_entry (tenant_id, id, subject_id, source_system, bundle_id, path, count, bytes, sha256)
      SELECT ${tenantId}, entry.id, ${subjectId}, 'carryall', ${id}, entry.path, entry.count, entry.bytes, entry.sha256
      FROM unnest(
        ${files.map(() => newId('entry'))}::text[],
        ${files.map(({ path }) => path)}::text[],
        ${files.map(({ rows }) => String(rows))}::bigint[],
        ${files.map(({ bytes }) => String(bytes))}::bigint[],
        ${files.map(({ sha256 }) => sha256)}::text[]
      ) AS entry (id, path, count, bytes, sha256)`;
    // In one packet, and planned once.
    await Promise.all([bundle, entries].map((each) => writer.query(each, { isPrepared: true })));
    // Last, for the log is locked until the commit.
    await audit?.log.append(
      writer,
      {
        actor: audit.actor,
        action: 'EXPORT',
        outcome: 'ALLOWED',
        subjectId,
        detail: { bundle: id, scope, format, files: files.length },
      },
      ...(published === undefined ? [] : [published]),
    );
  });
  return id;
}

/** Notes that the file of a bundle never got its name: it is nowhere. Throws DATABASE_FAILED. */
export async function recordLoss(pool: pg.Pool, tenantId: string, id: string): Promise<void> {
  await withTransaction(pool, tenantId, (writer) =>
    writer.execute(sql`UPDATE portability_bundle SET status = 'LOST' WHERE tenant_id = ${tenantId} AND id = ${id}`),
  );
}
