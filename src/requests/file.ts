import { timingSafeEqual } from 'node:crypto';
import { CarryallError } from '../errors.ts';
import type { Writer } from '../store/session.ts';
import { sql } from '../store/sql.ts';
import { idFor, insertFiled, routeFiled, type Filed, type Filing } from './filing.ts';
import { answerWith, mismatch } from './idempotency.ts';
import { coolingOff } from './identity/cooling-off.ts';
import { readRequest, type RequestKey } from './read.ts';
import { readSealing, type SealedTo } from './sealing.ts';
import { ACTIVE_STATUSES, isBuilt, isOpen, type RequestRight } from './states.ts';
import { checkWish, type CheckedWish } from './wish.ts';
import type { RequestDesk } from './write.ts';

/**
 * Files a request of a recognised person and routes it. The same question under the same key, and the same wish for a copy that
 * is under way, get the request that is there (U-13, U-36). Throws BAD_INPUT, IDEMPOTENCY_MISMATCH, NOT_FOUND for a person who
 * is not the tenant's, and WRONG_STATE where another copy of the kind is under way.
 */
export async function fileRequest(
  desk: RequestDesk,
  writer: Writer,
  filing: Filing & { readonly subjectId: string },
): Promise<Filed> {
  const { tenantId, subjectId } = filing;
  const wish = checkWish(filing.wish);
  // One at a time for each person: the second waits here, and then finds the first.
  const people = await writer.query(
    sql`SELECT id FROM subject WHERE tenant_id = ${tenantId} AND id = ${subjectId} FOR NO KEY UPDATE`,
  );
  if (people.length === 0) throw new CarryallError('NOT_FOUND', 'No such subject.');
  const { id, isFresh } = await idFor(desk, writer, filing, wish);
  if (!isFresh) return sameAgain(desk, writer, { tenantId, requestId: id }, wish, mismatch());
  const active = isBuilt(wish.right) ? await activeRequest(writer, filing, wish.right) : null;
  if (active !== null) {
    await answerWith(writer, tenantId, id, active);
    return sameAgain(desk, writer, { tenantId, requestId: active }, wish, underWay(wish.right, active));
  }
  const heldUntil = filing.heldUntil ?? (isBuilt(wish.right) ? await coolingOff(desk, writer, filing) : null);
  return routeFiled(desk, writer, await insertFiled(desk, writer, 'FILE', id, { ...filing, heldUntil }, wish), filing);
}

async function activeRequest(
  writer: Writer,
  { tenantId, subjectId }: Filing,
  right: RequestRight,
): Promise<string | null> {
  const [row] = await writer.query<{ id: string }>(sql`SELECT r.id FROM data_subject_request r
    WHERE r.tenant_id = ${tenantId} AND r.subject_id = ${subjectId} AND r."right" = ${right}
      AND r.status = ANY(${[...ACTIVE_STATUSES]}::text[])`);
  return row?.id ?? null;
}

/** The request that is there, if it is just what is asked for; otherwise throws `other`. */
async function sameAgain(
  desk: RequestDesk,
  writer: Writer,
  key: RequestKey,
  { format, language, sealedTo }: CheckedWish,
  other: CarryallError,
): Promise<Filed> {
  const row = await readRequest(writer, key.tenantId, key.requestId);
  const sealed = await readSealing(writer, desk.box, key);
  // What it was sealed with is forgotten once it is made, and then there is nothing left to compare.
  const isSealedAlike = !isOpen(row.status) || isSame(sealed, sealedTo);
  const isInLanguage = language === null || row.language === language;
  if (row.format !== format || !isInLanguage || !isSealedAlike) throw other;
  return { row, entries: [] };
}

function isSame(one: SealedTo | null, other: SealedTo | null): boolean {
  const [a, b] = [one, other].map((each) => Buffer.from(JSON.stringify(each)));
  return a !== undefined && b !== undefined && a.byteLength === b.byteLength && timingSafeEqual(a, b);
}

function underWay(right: RequestRight, id: string): CarryallError {
  return new CarryallError(
    'WRONG_STATE',
    `A request for ${right} is under way, and asks for it in another way: ${id}. Wait for it, or cancel it.`,
  );
}
