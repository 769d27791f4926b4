import { hash } from 'node:crypto';
import { actorIdOf, type Actor } from '../../access/actor.ts';
import { mayDecideGrants } from '../../access/mandating.ts';
import type { AuditEntry } from '../../audit/entry.ts';
import { CarryallError } from '../../errors.ts';
import type { Reader, Writer } from '../../store/session.ts';
import { sql } from '../../store/sql.ts';
import type { RequestKey } from '../read.ts';
import { prove } from '../unproven.ts';
import { lockRequest, noteEvidence, type Declared, type RequestDesk } from '../write.ts';
import { coolingOff } from './cooling-off.ts';
import { isBuilt } from '../states.ts';

/*
 * Who cannot be sent a code may show who they are in another way, which people judge: one of the operator says so, with a
 * reason, and a second one who answers for requests says the same of the same person. Neither keeps what they were shown
 * of it there is no more than that two people judged it.
 */

export interface Vouch extends RequestKey {
  readonly subjectId: string;
  readonly by: Actor;
  readonly declared: Declared & { readonly reason: string };
}

/** What came of it, and what the audit log is to say as the last thing. */
export interface Vouched {
  readonly status: 'ONE_OF_TWO' | 'PROVEN';
  readonly entries: readonly AuditEntry[];
}

interface Evidence {
  readonly method: string;
  readonly by?: string;
  readonly subject?: string;
  readonly at: string;
}

/** What one person said and nobody has confirmed for so long is no longer what was judged. */
const CONFIRMED_WITHIN_MS = 24 * 3_600_000;

/**
 * Says that whoever filed a request is this person. Throws FORBIDDEN to whoever may not, and to one person twice, NOT_FOUND for a
 * request or person that is not there, and WRONG_STATE for a request that waits for no proof.
 */
export async function vouch(desk: RequestDesk, writer: Writer, said: Vouch): Promise<Vouched> {
  const { tenantId, requestId, subjectId, by, declared } = said;
  assertMayVouch(by);
  const row = await lockRequest(writer, said);
  if (row.status !== 'AWAITING_IDENTITY')
    throw new CarryallError(
      'WRONG_STATE',
      `Only a request that waits for proof is vouched for; this one is ${row.status}.`,
    );
  if (row.subjectId !== null && row.subjectId !== subjectId)
    throw new CarryallError('BAD_INPUT', 'This request was filed for somebody else.');
  await assertPerson(writer, tenantId, subjectId);
  const now = desk.clock.now();
  const first = await readEvidence(writer, said);
  const self = hash('sha256', JSON.stringify([by.kind, actorIdOf(by)]));
  const isWaiting =
    first?.method === 'ONE_OF_TWO' &&
    first.subject === subjectId &&
    now.getTime() - Date.parse(first.at) < CONFIRMED_WITHIN_MS;
  if (!isWaiting) {
    const evidence: Evidence = { method: 'ONE_OF_TWO', by: self, subject: subjectId, at: now.toISOString() };
    await noteEvidence(writer, said, { identityEvidence: { ...evidence } });
    const detail = { step: 'VOUCH', request: requestId };
    return {
      status: 'ONE_OF_TWO',
      entries: [{ ...declared, actor: by, action: 'REQUEST', outcome: 'ALLOWED', subjectId, detail }],
    };
  }
  if (first.by === self) throw new CarryallError('FORBIDDEN', 'A second person has to say so too: you were the first.');
  if (!mayDecideGrants(by))
    throw new CarryallError('FORBIDDEN', 'The second to say so is of the privacy staff, or an administrator.');
  const heldUntil = isBuilt(row.right) ? await coolingOff(desk, writer, said) : null;
  const identityEvidence = { method: 'STAFF', at: now.toISOString() };
  const changes = { subjectId, identityEvidence, ...(heldUntil === null ? {} : { heldUntil }) };
  const { entries } = await prove(desk, writer, { tenantId, requestId, by, declared, changes });
  return { status: 'PROVEN', entries };
}

function assertMayVouch(actor: Actor): void {
  if (actor.kind === 'SUPPORT_AGENT' || mayDecideGrants(actor)) return;
  throw new CarryallError(
    'FORBIDDEN',
    'Who somebody is, is judged by support agents and privacy staff of the operator.',
  );
}

async function assertPerson(reader: Reader, tenantId: string, subjectId: string): Promise<void> {
  const found = await reader.query(sql`SELECT id FROM subject WHERE tenant_id = ${tenantId} AND id = ${subjectId}`);
  if (found.length === 0) throw new CarryallError('NOT_FOUND', 'No such subject.');
}

async function readEvidence(reader: Reader, { tenantId, requestId }: RequestKey): Promise<Evidence | null> {
  const [row] = await reader.query<{ evidence: Evidence | null }>(sql`SELECT identity_evidence AS evidence
    FROM data_subject_request WHERE tenant_id = ${tenantId} AND id = ${requestId}`);
  return row?.evidence ?? null;
}
