import type { NoticeKind } from '../notices/kinds.ts';
import type { Outbox } from '../notices/outbox.ts';
import type { Writer } from '../store/session.ts';
import type { RequestRow } from './read.ts';
import type { Customer } from './standing.ts';
import type { RequestStep } from './states.ts';

/**
 * What a step tells. Steps that are not here tell nothing, or are told by whoever takes them, who alone knows the bundle or the
 * code: PUBLISH, DELIVER and RECALL, and FILE_UNPROVEN. What goes on to a controller is told by `tellControllers`.
 */
const TOLD: Readonly<Partial<Record<RequestStep, NoticeKind>>> = {
  FILE: 'REQUEST_RECEIVED',
  PROVE: 'REQUEST_RECEIVED',
  ANSWER: 'REQUEST_ANSWERED',
  EXTEND: 'REQUEST_EXTENDED',
  REFUSE: 'REQUEST_REFUSED',
  FAIL: 'REQUEST_FAILED',
  GIVE_UP: 'REQUEST_GIVEN_UP',
  REBUILD: 'REQUEST_REBUILDING',
};

/** Leaves the notices of a step in the outbox. `event` is the step's own id. */
export async function putNotices(
  outbox: Outbox,
  writer: Writer,
  { row, step, event }: { readonly row: RequestRow; readonly step: RequestStep; readonly event: string },
): Promise<void> {
  const { tenantId, id, subjectId, language, heldUntil, receivedAt } = row;
  const about = { tenantId, requestId: id, subjectId, language, event };
  const kind = TOLD[step];
  if (kind !== undefined) await outbox.put(writer, { ...about, kind });
  const isHeld = heldUntil !== null && heldUntil > receivedAt;
  if (kind === 'REQUEST_RECEIVED' && isHeld) await outbox.put(writer, { ...about, kind: 'REQUEST_HELD' });
}

/**
 * Tells controllers that a request was passed on to them, which its person hears too, or that an instruction is wanted, which
 * goes to nobody but them. Where none is known the operator hears instead, and finds out who it is.
 */
export async function tellControllers(
  { outbox }: { readonly outbox: Outbox },
  writer: Writer,
  kind: 'REQUEST_FORWARDED' | 'INSTRUCTION_WANTED',
  { tenantId, id, subjectId, language }: RequestRow,
  controllers: readonly Customer[],
): Promise<void> {
  const about = { tenantId, requestId: id, subjectId, language, kind, event: id };
  if (controllers.length === 0) await outbox.put(writer, about);
  for (const { id: organisationId } of controllers) await outbox.put(writer, { ...about, organisationId });
}
