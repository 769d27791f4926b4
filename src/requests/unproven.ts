import type { Actor } from '../access/actor.ts';
import type { Writer } from '../store/session.ts';
import { idFor, insertFiled, routeFiled, type Filed, type Filing } from './filing.ts';
import { readRequest, type RequestKey } from './read.ts';
import { checkWish } from './wish.ts';
import { take, type Declared, type RequestChanges, type RequestDesk } from './write.ts';

/**
 * Files a request of somebody who has only said who they are. Nothing is routed before they prove it, and an address that is
 * nobody's gets the same answer as one that is somebody's: then `subjectId` is null. What is under way for the same
 * person is not looked at, so that a request in another's name neither finds out about theirs nor takes over its proof.
 * Throws BAD_INPUT and IDEMPOTENCY_MISMATCH.
 */
export async function fileUnproven(desk: RequestDesk, writer: Writer, filing: Filing): Promise<Filed> {
  const wish = checkWish(filing.wish);
  const { id, isFresh } = await idFor(desk, writer, filing, wish);
  if (!isFresh) return { row: await readRequest(writer, filing.tenantId, id), entries: [] };
  const { row, entry } = await insertFiled(desk, writer, 'FILE_UNPROVEN', id, filing, wish);
  return { row, entries: [entry] };
}

export interface Proof extends RequestKey {
  readonly by: Actor;
  readonly declared?: Declared;
  /** Who it turned out to be, how that was shown, and until when the request waits all the same. */
  readonly changes?: Pick<RequestChanges, 'subjectId' | 'identityEvidence' | 'heldUntil'>;
}

/**
 * Takes it as shown that whoever filed a request is who they said, and routes it. Throws NOT_FOUND, and WRONG_STATE for one that
 * waits for no proof, or whose person has another copy of the kind under way.
 */
export async function prove(desk: RequestDesk, writer: Writer, proof: Proof): Promise<Filed> {
  const changes = { acknowledgedAt: desk.clock.now(), ...proof.changes };
  return routeFiled(desk, writer, await take(desk, writer, { ...proof, step: 'PROVE', changes }), proof);
}
