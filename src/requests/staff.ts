import type { AuditActor } from '../audit/entry.ts';
import { CarryallError } from '../errors.ts';
import type { Writer } from '../store/session.ts';
import { checkText } from './checked-text.ts';
import { stepFor } from './decide.ts';
import { tellControllers } from './notices.ts';
import type { RequestKey, RequestRow } from './read.ts';
import { isSealForgotten, lockPerson } from './rebuild.ts';
import type { RefusalGround } from './refusals.ts';
import { isReviewed, readDecisions } from './reviews.ts';
import { readRouting, storeDecisions } from './route.ts';
import { isBuilt } from './states.ts';
import { lockRequest, take, type Declared, type RequestDesk, type Taken } from './write.ts';

/** Who does something about which request, and why. */
export interface Act extends RequestKey {
  readonly by: AuditActor;
  readonly declared?: Declared;
}

/**
 * Lets a request go on to be built. What waits for an instruction goes on when there is one, what waits for a review when
 * everything in it has been reviewed. Throws NOT_FOUND and WRONG_STATE.
 */
export async function approve(desk: RequestDesk, writer: Writer, act: Act): Promise<Taken> {
  const row = await lockRequest(writer, act);
  if (isBuilt(row.right) && row.status === 'INSTRUCTION_REQUIRED') {
    const routing = await readRouting(desk, writer, row);
    if (stepFor(row.right, routing.decisions) !== 'ROUTE_BUILD')
      throw new CarryallError(
        'WRONG_STATE',
        'No controller has instructed it: record an instruction first, or forward the request.',
      );
    await storeDecisions(desk, writer, row, routing);
  }
  if (isBuilt(row.right) && row.status === 'NEEDS_REVIEW') {
    const decisions = await readDecisions(writer, act);
    if (!decisions.every(isReviewed))
      throw new CarryallError('WRONG_STATE', 'Some of its decisions wait for a review. Review them first.');
    const isOwn = decisions.some(({ outcome, review }) => outcome === 'BUILD' || review === 'OPERATOR_IS_CONTROLLER');
    if (decisions.length > 0 && !isOwn)
      throw new CarryallError('WRONG_STATE', 'Nothing in it is the operator’s own to give. Forward the request.');
  }
  return take(desk, writer, { ...act, step: 'APPROVE' });
}

/** Passes a request on to the controller who answers for it, of which both hear. Throws NOT_FOUND and WRONG_STATE. */
export async function forward(desk: RequestDesk, writer: Writer, act: Act): Promise<Taken> {
  const taken = await take(desk, writer, { ...act, step: 'FORWARD' });
  const { standing } = await readRouting(desk, writer, taken.row);
  const { endUserOf, memberOf } = standing;
  await tellControllers(desk, writer, 'REQUEST_FORWARDED', taken.row, [...endUserOf, ...memberOf]);
  return taken;
}

/** Refuses a request, with the reasons that the person is told (Art. 12(4)). Throws BAD_INPUT, NOT_FOUND and WRONG_STATE. */
export async function refuse(
  desk: RequestDesk,
  writer: Writer,
  act: Act,
  { ground, answer }: { readonly ground: RefusalGround; readonly answer: string },
): Promise<Taken> {
  const changes = { refusalGround: ground, answer: checkText('answer', answer) };
  return take(desk, writer, { ...act, step: 'REFUSE', changes });
}

/**
 * Answers a right that no machine fulfils, and a copy that failed or was taken back. Throws BAD_INPUT, NOT_FOUND, and
 * WRONG_STATE, also for any other copy.
 */
export async function answerByHand(desk: RequestDesk, writer: Writer, act: Act, answer: string): Promise<Taken> {
  const changes = { answer: checkText('answer', answer) };
  const { right, status } = await lockRequest(writer, act);
  if (isBuilt(right) && status !== 'FAILED' && status !== 'RECALLED')
    throw new CarryallError('WRONG_STATE', 'A copy is answered with a bundle. Approve it, or refuse it.');
  return take(desk, writer, { ...act, step: 'ANSWER', changes });
}

/** Takes a request back. Throws NOT_FOUND and WRONG_STATE. */
export function cancel(desk: RequestDesk, writer: Writer, act: Act): Promise<Taken> {
  return take(desk, writer, { ...act, step: 'CANCEL' });
}

/**
 * Asks again for what failed, and for staff for what was taken back. Throws NOT_FOUND and WRONG_STATE, also for a copy that was
 * sealed for its person alone: with what, is forgotten, and without it nothing may go out.
 */
export async function retry(desk: RequestDesk, writer: Writer, act: Act): Promise<Taken> {
  const known = await lockRequest(writer, act);
  if (!mayRetry(known, act.by))
    throw new CarryallError('WRONG_STATE', 'This copy was taken back. Those who did so decide how it goes on.');
  await lockPerson(writer, known);
  if (await isSealForgotten(writer, known))
    throw new CarryallError('WRONG_STATE', 'With what this copy was sealed is forgotten: file a new request.');
  return take(desk, writer, { ...act, step: 'RETRY' });
}

/** Whether it is for this actor to ask again: a copy that staff have taken back would hold the same. */
export function mayRetry({ status }: Pick<RequestRow, 'status'>, by: Pick<AuditActor, 'kind'>): boolean {
  return status !== 'RECALLED' || by.kind !== 'SUBJECT';
}
