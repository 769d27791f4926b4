import type { Actor } from '../access/actor.ts';
import type { AuditActor, AuditEntry } from '../audit/entry.ts';
import { readSubjectFacts } from '../holdings/subject-facts.ts';
import { readTenant } from '../holdings/tenants.ts';
import { newId } from '../ids.ts';
import { languageOf } from '../languages.ts';
import { dueAt } from '../policy/deadline.ts';
import type { Writer } from '../store/session.ts';
import { holidaysAfter } from './holidays.ts';
import { answerOnce } from './idempotency.ts';
import { isExcessive } from './limits.ts';
import type { RequestRow } from './read.ts';
import { route } from './route.ts';
import { closeSealing } from './sealing.ts';
import { isBuilt, type FilingStep } from './states.ts';
import type { CheckedWish, RequestWish } from './wish.ts';
import { insertRequest, type Declared, type RequestDesk, type Taken } from './write.ts';

/** Who files what, and how they came in. */
export interface Filing {
  readonly tenantId: string;
  /** Whose data it is; null where nobody is recognised. */
  readonly subjectId: string | null;
  readonly by: Actor;
  readonly channel: 'PORTAL' | 'APP' | 'STAFF' | 'INTAKE';
  readonly wish: RequestWish;
  readonly idempotencyKey: string;
  /** Not to be built before this: a changed address or a fresh credential cools off. */
  readonly heldUntil?: Date | null;
  readonly declared?: Declared;
}

/** The same of somebody who has no name to keep a key under. */
type Unkeyed = Omit<Filing, 'by' | 'wish' | 'idempotencyKey'> & { readonly by: AuditActor };

/** A request, and what the audit log is to say as the last thing of the transaction: of one that was there before, nothing. */
export interface Filed {
  readonly row: RequestRow;
  readonly entries: readonly AuditEntry[];
}

/** A fresh id for what is asked under a key, or the id of the request that answered it. */
export async function idFor(
  desk: Pick<RequestDesk, 'clock'>,
  writer: Writer,
  { tenantId, subjectId, by, idempotencyKey }: Filing,
  { sealedTo, ...wish }: CheckedWish,
): Promise<{ readonly id: string; readonly isFresh: boolean }> {
  const fresh = newId('req');
  // A digest of a passphrase could be guessed at, so it is no part of the question: `fileRequest` compares it.
  const recipient = sealedTo?.kind === 'RECIPIENT' ? sealedTo.recipient : null;
  const question = { ...wish, subjectId, sealed: sealedTo?.kind ?? null, recipient };
  const asked = { tenantId, actor: by, key: idempotencyKey, question };
  const id = await answerOnce(writer, asked, fresh, desk.clock.now());
  return { id, isFresh: id === fresh };
}

/** Makes the request, with its clock (Art. 12(3)). */
export async function insertFiled(
  desk: RequestDesk,
  writer: Writer,
  step: FilingStep,
  id: string,
  { tenantId, subjectId, by, channel, heldUntil = null, declared }: Unkeyed,
  { sealedTo, ...wish }: CheckedWish,
): Promise<Taken> {
  const receivedAt = desk.clock.now();
  const tenant = await readTenant(writer, tenantId);
  const policy = desk.policies.policyOf(tenant.policyCode);
  const request = {
    ...wish,
    language: wish.language ?? (await languageFor(writer, tenantId, subjectId, receivedAt)),
    id,
    tenantId,
    subjectId,
    relation: 'ACCOUNT_HOLDER',
    channel,
    receivedAt,
    dueAt: dueAt(policy, receivedAt, holidaysAfter(tenant.country, receivedAt)),
    heldUntil,
    sealing: sealedTo === null ? null : closeSealing(desk.box, { tenantId, requestId: id }, sealedTo),
  };
  return insertRequest(desk, writer, step, request, by, declared);
}

/** The language of ours that a person chose elsewhere; null for who chose none, and for nobody. */
async function languageFor(
  writer: Writer,
  tenantId: string,
  subjectId: string | null,
  now: Date,
): Promise<string | null> {
  if (subjectId === null) return null;
  const { language } = await readSubjectFacts(writer, { tenantId, subjectId }, now);
  return language === null ? null : languageOf(language);
}

/** Routes what has just been received, with what was taken before. */
export async function routeFiled(
  desk: RequestDesk,
  writer: Writer,
  { row, entry }: Taken,
  { by, declared }: Pick<Filing, 'by' | 'declared'>,
): Promise<Filed> {
  const excessive = isBuilt(row.right) && (await isExcessive(writer, row, desk.limits));
  const routed = await route(desk, writer, row, { by, declared, isExcessive: excessive });
  return { row: routed.row, entries: [entry, routed.entry] };
}
