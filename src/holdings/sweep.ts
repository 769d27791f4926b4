import type pg from 'pg';
import { datasets, type AnyDataset } from '../catalogue/look-up.ts';
import type { TriggerName } from '../catalogue/dataset.ts';
import type { Clock } from '../clock.ts';
import type { PolicyBook } from '../policy/book.ts';
import type { Policy } from '../policy/schema.ts';
import { readForeignKeys } from '../store/foreign-keys.ts';
import { withTransaction, type Reader, type Writer } from '../store/session.ts';
import { sql, type Sql } from '../store/sql.ts';
import { rowExpiresAt, rowRules } from './row-retention.ts';
import { readSubjectFacts, type SubjectFacts } from './subject-facts.ts';
import { column, table } from './subject-path.ts';
import { deleteMarked, markDependants, unmarkNeeded } from './sweep-edges.ts';
import { unmarkLegalHolds, unmarkSubject } from './sweep-holds.ts';
import { readTenant } from './tenants.ts';

/**
 * The sweep deletes what has expired, and nothing else ever does. It goes from rows that hang off others to those others;
 * with a row that expires go the rows that cannot be without it (a call's recording, a recording's transcript: trap X49),
 * and rows that merely point at it forget it. A row under a legal hold stays, and so does what it hangs off; so do the rows
 * of whoever has asked for a copy of them and waits for it.
 */
export interface SweepReport {
  /** Rows deleted, by dataset. */
  readonly deleted: Readonly<Record<string, number>>;
}

/** What a sweep needs. */
export interface SweepSources {
  readonly pool: pg.Pool;
  readonly policies: PolicyBook;
  readonly clock: Clock;
  /** Ids of the people who wait for a copy of what is held. */
  readonly readAsking: (reader: Reader, tenantId: string) => Promise<readonly string[]>;
  /** Hears last of what was deleted, in the same transaction: what cannot be put on record stays. */
  readonly record: (writer: Writer, report: SweepReport) => Promise<void>;
}

/** Deletes the expired rows of a tenant, in one transaction. Throws NOT_FOUND for an unknown tenant. */
export async function sweepTenant(sources: SweepSources, tenantId: string): Promise<SweepReport> {
  const { pool, policies, clock, readAsking, record } = sources;
  const now = clock.now();
  return withTransaction(pool, tenantId, async (writer) => {
    await writer.execute(sql`SET LOCAL TimeZone = 'UTC'`);
    const tenant = await readTenant(writer, tenantId);
    const policy = policies.policyOf(tenant.policyCode);
    await writer.execute(sql`CREATE TEMP TABLE swept (model text, id text, PRIMARY KEY (model, id)) ON COMMIT DROP`);
    for (const [subjectId, facts] of await factsBySubject(writer, policy, tenantId, now)) {
      for (const dataset of datasets) await mark(writer, { policy, tenantId, subjectId, facts, now }, dataset);
    }
    const keys = (await readForeignKeys(writer)).filter(({ parent }) => parent !== 'Tenant' && parent !== 'Subject');
    await markDependants(writer, tenantId, keys);
    await unmarkLegalHolds(writer, tenantId, now);
    for (const subjectId of await readAsking(writer, tenantId)) await unmarkSubject(writer, { tenantId, subjectId });
    await unmarkNeeded(writer, tenantId, keys);
    const report = { deleted: await deleteMarked(writer, tenantId, keys) };
    await record(writer, report);
    return report;
  });
}

interface SweepScope {
  readonly policy: Policy;
  readonly tenantId: string;
  /** Null for everyone whose rows are decided by dates of their own. */
  readonly subjectId: string | null;
  readonly facts: SubjectFacts;
  readonly now: Date;
}

const NO_FACTS: SubjectFacts = { triggers: {}, contractAlive: true, deletionPending: false, language: null };

/** Everyone at once for rows with dates of their own; one by one those for whom a clock has started that all their rows share. */
async function factsBySubject(
  reader: Reader,
  policy: Policy,
  tenantId: string,
  now: Date,
): Promise<[string | null, SubjectFacts][]> {
  if (!policy.retention.some((rule) => 'trigger' in rule && SHARED.has(rule.trigger))) return [[null, NO_FACTS]];
  const rows = await reader.query<{ id: string }>(sql`
    SELECT subject_id AS id FROM account WHERE tenant_id = ${tenantId} AND (deletion_requested_at IS NOT NULL OR closed_at IS NOT NULL)
    UNION SELECT m.subject_id FROM membership m JOIN licence_agreement l ON l.tenant_id = m.tenant_id AND l.organisation_id = m.organisation_id
      WHERE m.tenant_id = ${tenantId} AND l.terminated_at IS NOT NULL
    UNION SELECT subject_id FROM invoice WHERE tenant_id = ${tenantId}`);
  const each: [string | null, SubjectFacts][] = [];
  for (const { id } of rows) each.push([id, await readSubjectFacts(reader, { tenantId, subjectId: id }, now)]);
  return [[null, NO_FACTS], ...each];
}

const SHARED: ReadonlySet<TriggerName> = new Set([
  'account.deletionRequestedAt',
  'account.closedAt',
  'licence.terminatedAt',
  'invoice.issuedAt',
]);

async function mark(
  writer: Writer,
  { policy, tenantId, subjectId, facts, now }: SweepScope,
  dataset: AnyDataset,
): Promise<void> {
  if (!rowRules(policy, dataset).some(({ retention }) => retention.kind === 'COMPUTABLE')) return;
  const owner = subjectId === null ? sql`true` : ownerCondition(dataset, subjectId);
  if (owner === null) return;
  await writer.execute(sql`INSERT INTO swept SELECT ${dataset.model}, t.id FROM ${table(dataset)} t
    WHERE t.tenant_id = ${tenantId} AND ${owner} AND ${rowExpiresAt(policy, dataset, facts)} <= ${now.toISOString()}::timestamptz ON CONFLICT DO NOTHING`);
}

/** Rows of a person; of an organisation, those whose members are that person alone. */
function ownerCondition(dataset: AnyDataset, subjectId: string): Sql | null {
  if ('subjectId' in dataset.fields) return sql`t.subject_id = ${subjectId}`;
  for (const path of Object.values(dataset.subjects)) {
    if (typeof path === 'string' || !('membership' in path)) continue;
    return sql`(SELECT bool_and(m.subject_id = ${subjectId}) FROM membership m
      WHERE m.tenant_id = t.tenant_id AND m.organisation_id = ${column('t', path.membership)})`;
  }
  return null;
}
