import { actorIdOf, type Actor } from '../access/actor.ts';
import type { AuditEntry } from '../audit/entry.ts';
import { RELATIONS, type Relation } from '../catalogue/vocabulary.ts';
import { CarryallError } from '../errors.ts';
import type { Reader, Writer } from '../store/session.ts';
import { sql } from '../store/sql.ts';
import type { Outcome } from './parts.ts';
import type { RequestKey, RequestRow } from './read.ts';
import { isOpen } from './states.ts';
import { lockRequest, type Declared, type RequestDesk } from './write.ts';

/** Who answers, once a person has looked at what the policy leaves open. */
export const REVIEWS = ['OPERATOR_IS_CONTROLLER', 'FORWARDED'] as const;
export type Review = (typeof REVIEWS)[number];

/** A decision on record. */
export interface DecisionRow {
  readonly id: string;
  readonly requestId: string;
  readonly role: string;
  readonly relation: string;
  readonly outcome: Outcome;
  readonly items: readonly string[];
  readonly review: Review | null;
}

const columns = sql`d.id, d.request_id AS "requestId", d.role, d.relation, d.outcome, d.items, d.review`;

/** The decisions of a request, with what was said of them since. */
export function readDecisions(reader: Reader, { tenantId, requestId }: RequestKey): Promise<DecisionRow[]> {
  return reader.query<DecisionRow>(sql`SELECT ${columns} FROM routing_decision d
    WHERE d.tenant_id = ${tenantId} AND d.request_id = ${requestId} ORDER BY d.role, d.relation, d.outcome`);
}

/** The parts of a request that a person has found to be the operator's own to answer for. */
export async function reviewedParts(
  reader: Reader,
  request: RequestKey,
): Promise<readonly { readonly role: string; readonly relation: Relation }[]> {
  const decisions = await readDecisions(reader, request);
  return decisions.flatMap(({ role, relation: word, review }) => {
    const relation = RELATIONS.find((each) => each === word);
    return review === 'OPERATOR_IS_CONTROLLER' && relation !== undefined ? [{ role, relation }] : [];
  });
}

export function isReviewed({ outcome, review }: Pick<DecisionRow, 'outcome' | 'review'>): boolean {
  return outcome !== 'NEEDS_REVIEW' || review !== null;
}

export interface Reviewing {
  readonly tenantId: string;
  readonly decisionId: string;
  readonly review: Review;
  readonly by: Actor;
  readonly declared?: Declared;
}

/** Settles whose a part is that the policy leaves open. Throws NOT_FOUND, and WRONG_STATE for one that is settled or whose request is over. */
export async function reviewDecision(
  { clock }: Pick<RequestDesk, 'clock'>,
  writer: Writer,
  { tenantId, decisionId, review, by, declared }: Reviewing,
): Promise<{ readonly row: RequestRow; readonly entry: AuditEntry }> {
  const [found] = await writer.query<DecisionRow>(
    sql`SELECT ${columns} FROM routing_decision d WHERE d.tenant_id = ${tenantId} AND d.id = ${decisionId}`,
  );
  if (found === undefined) throw new CarryallError('NOT_FOUND', 'There is no such decision.');
  const row = await lockRequest(writer, { tenantId, requestId: found.requestId });
  if (!isOpen(row.status))
    throw new CarryallError(
      'WRONG_STATE',
      `Decisions are reviewed while a request is open; this one is ${row.status}.`,
    );
  const settled =
    await writer.execute(sql`UPDATE routing_decision SET review = ${review}, reviewed_by = ${actorIdOf(by)},
      reviewed_at = ${clock.now()}::timestamptz
    WHERE tenant_id = ${tenantId} AND id = ${decisionId} AND outcome = 'NEEDS_REVIEW' AND review IS NULL`);
  if (settled !== 1) throw new CarryallError('WRONG_STATE', 'This decision is settled, or needs no review.');
  const { subjectId, id } = row;
  const detail = { step: 'REVIEW', request: id, review, items: [...found.items] };
  return { row, entry: { ...declared, actor: by, action: 'REQUEST', outcome: 'ALLOWED', subjectId, detail } };
}
