import type { Scope } from '../catalogue/vocabulary.ts';
import { CarryallError } from '../errors.ts';
import { readSubjectFacts, type SubjectFacts } from '../holdings/subject-facts.ts';
import { instructionsFor } from '../mandates/standing.ts';
import type { PolicyBook } from '../policy/book.ts';
import type { Reader } from '../store/session.ts';
import { sql } from '../store/sql.ts';
import { onBehalfOf, scopeOfAnybody, type Somebody } from './anybody.ts';
import { countSections, MANY, surveySections, type SectionCounts } from './count.ts';
import type { Heading } from './manifest.ts';
import { readOwnIdentifiers, type OtherParties } from './other-parties.ts';
import { planBundle, withoutEmptyUndeclared, type ReviewedPart } from './plan.ts';
import type { SelectScope } from './select.ts';

/** What is asked for. */
export interface BundleRequest {
  readonly tenantId: string;
  readonly subjectId: string;
  readonly scope: Scope;
  readonly format: 'ZIP' | 'JSON';
  /** The most rows that may be in it; above that it is refused before a row is read. */
  readonly maxRows?: number;
  /** How other people are treated in it; without it they are named, as for the person's own use. */
  readonly otherParties?: OtherParties;
  /** What a person has found to be the operator's own to answer for, of what the policy leaves open. */
  readonly reviewed?: readonly ReviewedPart[];
  /** The language of its pages, as a tag; without it, the person's own. */
  readonly language?: string;
}

/** What is decided, and roughly known, before anything is counted. */
export interface Survey {
  readonly heading: Heading;
  readonly contact: string | null;
  readonly plan: SelectScope['plan'];
  /** The scope of anybody's queries; what is asked by it is asked on behalf of `somebody`. */
  readonly select: SelectScope;
  readonly somebody: Somebody;
  /** What is known to be the person's own, where other people are not to be named. */
  readonly own: ReadonlySet<string>;
  /** How many rows are held in each section of the plan, up to MANY. */
  readonly held: readonly number[];
}

/** What is decided and counted before a row is read. */
export interface Prepared extends Omit<Survey, 'held'> {
  readonly counts: readonly SectionCounts[];
}

/** Plans a bundle in the reader's snapshot, and looks what is held at all. Throws NOT_FOUND. */
export async function survey(reader: Reader, policies: PolicyBook, request: BundleRequest, now: Date): Promise<Survey> {
  const { tenantId, subjectId, scope, format, otherParties, reviewed = [] } = request;
  const subject = { tenantId, subjectId };
  // All in one packet, and planned once: they are the same for everybody.
  const asking: Reader = {
    isIdle: () => reader.isIdle(),
    query: (fragment) => reader.query(fragment, { isPrepared: true }),
    copyOut: (fragment, format, options) => reader.copyOut(fragment, format, options),
  };
  const [tenant, known, { release: instruction }, own] = await Promise.all([
    readTenant(asking, request),
    readSubjectFacts(asking, subject, now),
    instructionsFor(asking, subject, now),
    otherParties === undefined ? new Set<string>() : readOwnIdentifiers(asking, request),
  ]);
  const policy = policies.policyOf(tenant.policy_code);
  const facts: SubjectFacts = { ...known, language: request.language ?? known.language };
  const plan = planBundle(policy, scope, {
    facts,
    instruction,
    otherParties: otherParties === undefined ? 'NAMED' : 'PSEUDONYMISED',
    reviewed,
  });
  const select = scopeOfAnybody(plan, format, facts);
  const somebody = { subject, facts, now };
  const heading = {
    tenant: { id: tenantId, name: tenant.name },
    subjectId,
    format,
    snapshot: { id: tenant.snapshot, at: now.toISOString() },
  };
  const held = await surveySections(onBehalfOf(reader, somebody), select);
  return { heading, contact: tenant.contact, plan, select, somebody, own, held };
}

/** Whether there are so few rows that all of them may be in memory. */
export function areFew({ held }: Survey): boolean {
  return held.reduce((sum, rows) => sum + rows, 0) < MANY;
}

/** Counts what must be in the bundle, in the same snapshot. */
export async function prepare(reader: Reader, { held, ...surveyed }: Survey): Promise<Prepared> {
  const { select, somebody } = surveyed;
  const counts = (await countSections(onBehalfOf(reader, somebody), select, held)).map((counted) => {
    return { ...counted, section: withoutEmptyUndeclared(counted.section, counted.undeclared) };
  });
  return { ...surveyed, counts };
}

interface Tenant {
  readonly policy_code: string;
  readonly name: string;
  readonly contact: string | null;
  readonly snapshot: string;
}

async function readTenant(reader: Reader, { tenantId, subjectId }: BundleRequest): Promise<Tenant> {
  const [tenant] = await reader.query<Tenant & { readonly subject: string | null }>(sql`
    SELECT t.policy_code, t.name, t.contact, pg_current_snapshot()::text AS snapshot, s.id AS subject
    FROM tenant t LEFT JOIN subject s ON s.tenant_id = t.tenant_id AND s.id = ${subjectId} WHERE t.tenant_id = ${tenantId}`);
  if (tenant === undefined)
    throw new CarryallError('NOT_FOUND', 'There is no such tenant. List them with: carryall tenant list');
  if (tenant.subject === null)
    throw new CarryallError(
      'NOT_FOUND',
      'There is no such subject at this tenant. Find the id with: carryall subject find',
    );
  return tenant;
}

/** How many rows must be in the bundle. */
export function expectedRows({ counts }: Prepared): number {
  return counts.reduce((sum, { expected }) => sum + expected.data + expected.context, 0);
}
