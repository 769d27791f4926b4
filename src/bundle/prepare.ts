import type { Scope } from '../catalogue/vocabulary.ts';
import { CarryallError } from '../errors.ts';
import { readSubjectFacts } from '../holdings/subject-facts.ts';
import { instructionsFor } from '../mandates/standing.ts';
import type { PolicyBook } from '../policy/book.ts';
import type { Reader } from '../store/session.ts';
import { sql } from '../store/sql.ts';
import { countSections, type SectionCounts } from './count.ts';
import type { Heading } from './manifest.ts';
import { planBundle, withoutEmptyUndeclared } from './plan.ts';
import type { SelectScope } from './select.ts';

/** What is asked for. */
export interface BundleRequest {
  readonly tenantId: string;
  readonly subjectId: string;
  readonly scope: Scope;
  readonly format: 'ZIP' | 'JSON';
  /** The most rows that may be in it; above that it is refused before a row is read. */
  readonly maxRows?: number;
}

/** What is decided and counted before a row is read. */
export interface Prepared {
  readonly heading: Heading;
  readonly contact: string | null;
  readonly plan: SelectScope['plan'];
  readonly select: SelectScope;
  readonly counts: readonly SectionCounts[];
}

/** Plans a bundle and counts what must be in it, in the reader's snapshot. Throws NOT_FOUND. */
export async function prepare(
  reader: Reader,
  policies: PolicyBook,
  request: BundleRequest,
  now: Date,
): Promise<Prepared> {
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
  const { release: instruction } = await instructionsFor(reader, { tenantId, subjectId }, now);
  const plan = planBundle(policy, scope, { facts, instruction });
  const select = { plan, subject: { tenantId, subjectId }, facts, now, format };
  const counts = (await countSections(reader, select, plan.sections)).map((counted) => {
    return { ...counted, section: withoutEmptyUndeclared(counted.section, counted.undeclared) };
  });
  const heading = {
    tenant: { id: tenantId, name: tenant.name },
    subjectId,
    format,
    snapshot: { id: tenant.snapshot, at: now.toISOString() },
  };
  return { heading, contact: tenant.contact, plan, select, counts };
}

/** How many rows must be in the bundle. */
export function expectedRows({ counts }: Prepared): number {
  return counts.reduce((sum, { expected }) => sum + expected.data + expected.context, 0);
}
