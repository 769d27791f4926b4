import type pg from 'pg';
import type { Auditor } from '../audit/auditor.ts';
import type { AuditActor, AuditEntry } from '../audit/entry.ts';
import type { Clock } from '../clock.ts';
import { CarryallError, isCarryallError } from '../errors.ts';
import type { Outbox } from '../notices/outbox.ts';
import type { PolicyBook } from '../policy/book.ts';
import { sqlState } from '../store/failure.ts';
import type { SecretBox } from '../store/secret-box.ts';
import type { Writer } from '../store/session.ts';
import { sql, type Sql } from '../store/sql.ts';
import { insertStep } from './history.ts';
import type { RequestLimits } from './limits.ts';
import { putNotices } from './notices.ts';
import type { BuildQueue } from './queue.ts';
import { noRequest, requestColumns, type RequestKey, type RequestRow } from './read.ts';
import {
  BUNDLE_STEPS,
  isBuilt,
  isOpen,
  statusAfter,
  TRANSITIONS,
  wrongState,
  type FilingStep,
  type RequestStatus,
  type RequestStep,
} from './states.ts';

/** What requests are worked with. */
export interface RequestDesk {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly policies: PolicyBook;
  readonly audit: Pick<Auditor, 'append'>;
  readonly queue: BuildQueue;
  readonly outbox: Outbox;
  /** Seals what people's bundles are to be sealed with. */
  readonly box: SecretBox;
  readonly limits: RequestLimits;
}

/** What a step needs of a desk. */
export type StepDesk = Pick<RequestDesk, 'clock' | 'audit' | 'queue' | 'outbox'>;

/** What a step may write beside the status. */
export type RequestChanges = Partial<
  Pick<
    RequestRow,
    | 'subjectId'
    | 'relation'
    | 'acknowledgedAt'
    | 'dueAt'
    | 'extendedAt'
    | 'extensionReason'
    | 'heldUntil'
    | 'refusalGround'
    | 'answer'
    | 'failureCode'
  >
> & {
  /** That and how it was shown who asks: a method and a time, never a code or a document. */
  readonly identityEvidence?: Readonly<Record<string, string>>;
};

/** What the caller has said of why, for the audit log. */
export type Declared = Pick<AuditEntry, 'purpose' | 'reason' | 'ticket' | 'policy'>;

export interface Move extends RequestKey {
  readonly step: Exclude<RequestStep, FilingStep>;
  readonly by: AuditActor;
  /** The attempt that speaks; any but the present one is refused. */
  readonly attempt?: number;
  readonly changes?: RequestChanges;
  readonly declared?: Declared;
}

/** A request after a step, and what the audit log is to say of it. */
export interface Taken {
  readonly row: RequestRow;
  readonly entry: AuditEntry;
}

/**
 * Takes one step: the request, its history, what is told of it and what is queued for it change in the caller's transaction,
 * with an entry in the audit log as the last thing. Throws NOT_FOUND, and WRONG_STATE for a step that does not begin where
 * the request is, or is another attempt's.
 */
export async function advance(desk: StepDesk, writer: Writer, move: Move): Promise<RequestRow> {
  const { row, entry } = await take(desk, writer, move);
  await desk.audit.append(writer, entry);
  return row;
}

/** The same without the entry, for whoever takes several steps at once and must append last. */
export async function take(desk: StepDesk, writer: Writer, move: Move): Promise<Taken> {
  const { step, attempt } = move;
  const known = await lockRequest(writer, move);
  const to = statusAfter(step, known.status);
  if (to === null) throw wrongState(step, known.status);
  if (BUNDLE_STEPS.has(step) && !isBuilt(known.right))
    throw new CarryallError('WRONG_STATE', `Nothing is built for ${known.right}: it is answered by hand.`);
  if (attempt !== undefined && attempt !== known.attempt)
    throw new CarryallError('WRONG_STATE', `Attempt ${attempt} is over: the present one is ${known.attempt}.`);
  const row = await update(writer, move, known, to, desk.clock.now());
  return settle(desk, writer, { row, step, by: move.by, from: known.status, declared: move.declared });
}

/** The same as `lockRequest`; null for a request that is gone. */
export function lockIfThere(writer: Writer, key: RequestKey): Promise<RequestRow | null> {
  return lockRequest(writer, key).catch((error: unknown) => {
    if (isCarryallError(error, 'NOT_FOUND')) return null;
    throw error;
  });
}

/** Reads a request and keeps others from changing it until the transaction ends. Throws NOT_FOUND. */
export async function lockRequest(writer: Writer, { tenantId, requestId }: RequestKey): Promise<RequestRow> {
  const [row] = await writer.query<RequestRow>(
    sql`SELECT ${requestColumns} FROM data_subject_request r WHERE r.tenant_id = ${tenantId} AND r.id = ${requestId} FOR UPDATE`,
  );
  if (row === undefined) throw noRequest();
  return row;
}

/** What a request begins with. */
export interface NewRequest extends Pick<
  RequestRow,
  'tenantId' | 'subjectId' | 'right' | 'relation' | 'channel' | 'dueAt' | 'details' | 'format' | 'language'
> {
  readonly id: string;
  readonly receivedAt: Date;
  readonly heldUntil: Date | null;
  readonly sealing: Uint8Array | null;
}

/** Makes a request. Throws WRONG_STATE where its person has an active one of the right. */
export async function insertRequest(
  desk: StepDesk,
  writer: Writer,
  step: FilingStep,
  request: NewRequest,
  by: AuditActor,
  declared?: Declared,
): Promise<Taken> {
  const { id, tenantId, subjectId, right, relation, channel, receivedAt, dueAt, heldUntil } = request;
  const { details, format, language, sealing } = request;
  const row = await only(
    right,
    writer.query<RequestRow>(sql`
      INSERT INTO data_subject_request AS r (tenant_id, id, subject_id, "right", relation, status, channel, received_at, acknowledged_at,
        due_at, held_until, details, format, language, sealing)
      VALUES (${tenantId}, ${id}, ${subjectId}, ${right}, ${relation}, ${TRANSITIONS[step].to}, ${channel}, ${receivedAt}::timestamptz,
        ${step === 'FILE' ? receivedAt : null}::timestamptz, ${dueAt}::timestamptz, ${heldUntil}::timestamptz, ${details}, ${format},
        ${language}, ${sealing}::bytea)
      RETURNING ${requestColumns}`),
  );
  return settle(desk, writer, { row, step, by, from: null, declared });
}

async function update(
  writer: Writer,
  move: Move,
  known: RequestRow,
  to: RequestStatus,
  now: Date,
): Promise<RequestRow> {
  const { tenantId, requestId, step, changes = {} } = move;
  const next = { ...known, ...changes };
  // Once nobody waits for an answer it has been given; what is retried waits again.
  const closedAt = isOpen(to) ? null : (known.closedAt ?? now);
  const attempt = step === 'BUILD' ? known.attempt + 1 : known.attempt;
  return only(
    known.right,
    writer.query<RequestRow>(sql`
      UPDATE data_subject_request r SET status = ${to}, attempt = ${attempt}::int, closed_at = ${closedAt}::timestamptz,
        sealing = ${keepsSealing(to)}, subject_id = ${next.subjectId}, relation = ${next.relation},
        acknowledged_at = ${next.acknowledgedAt}::timestamptz, due_at = ${next.dueAt}::timestamptz,
        extended_at = ${next.extendedAt}::timestamptz, extension_reason = ${next.extensionReason},
        held_until = ${next.heldUntil}::timestamptz, refusal_ground = ${next.refusalGround}, answer = ${next.answer},
        failure_code = ${step === 'RETRY' || step === 'FIND' ? null : next.failureCode},
        identity_evidence = coalesce(${evidenceOf(changes)}::jsonb, r.identity_evidence)
      WHERE r.tenant_id = ${tenantId} AND r.id = ${requestId} RETURNING ${requestColumns}`),
  );
}

/** Notes what one of two people has judged of who asks, as long as the second has not: with that nothing goes on. */
export async function noteEvidence(
  writer: Writer,
  { tenantId, requestId }: RequestKey,
  said: Pick<RequestChanges, 'identityEvidence'>,
): Promise<void> {
  await writer.execute(sql`UPDATE data_subject_request SET identity_evidence = ${evidenceOf(said)}::jsonb
    WHERE tenant_id = ${tenantId} AND id = ${requestId}`);
}

function evidenceOf({ identityEvidence }: RequestChanges): string | null {
  return identityEvidence === undefined ? null : JSON.stringify(identityEvidence);
}

/** What seals a bundle is kept until there is one, or there will be none. */
function keepsSealing(to: RequestStatus): Sql {
  return isOpen(to) ? sql`r.sealing` : sql`NULL`;
}

/** The row of a statement that the index of active requests may refuse. */
async function only(right: string, found: Promise<RequestRow[]>): Promise<RequestRow> {
  let rows: RequestRow[];
  try {
    rows = await found;
  } catch (error) {
    if (sqlState(error) !== '23505') throw error;
    const message = `There is another ${right} request under way. Wait for it, or cancel it.`;
    throw new CarryallError('WRONG_STATE', message, { cause: error });
  }
  const [row] = rows;
  if (row === undefined) throw new TypeError('A locked row is there');
  return row;
}

interface Settled {
  readonly row: RequestRow;
  readonly step: RequestStep;
  readonly by: AuditActor;
  readonly from: RequestStatus | null;
  readonly declared: Declared | undefined;
}

/** After these a build is wanted. A build that was released has its place in the queue already. */
const QUEUED: ReadonlySet<RequestStep> = new Set(['ROUTE_BUILD', 'APPROVE', 'RETRY', 'REBUILD']);

/** All that goes with a step: its place in the history, what is told, what is queued, and what the audit log is to say. */
async function settle(desk: StepDesk, writer: Writer, { row, step, by, from, declared }: Settled): Promise<Taken> {
  const { tenantId, id, subjectId, status, heldUntil } = row;
  const at = desk.clock.now();
  const event = await insertStep(writer, row, { step, from, at, actorKind: by.kind });
  await putNotices(desk.outbox, writer, { row, step, event });
  if (QUEUED.has(step) && isBuilt(row.right)) {
    const notBefore = heldUntil !== null && heldUntil > at ? { notBefore: heldUntil } : {};
    await desk.queue.enqueue(writer, { tenantId, requestId: id, ...notBefore });
  }
  const entry: AuditEntry = {
    ...declared,
    actor: by,
    action: 'REQUEST',
    outcome: 'ALLOWED',
    subjectId,
    detail: { step, request: id, right: row.right, from, to: status },
  };
  return { row, entry };
}
