import { CarryallError } from '../../errors.ts';
import { withTransaction, type Reader, type Writer } from '../../store/session.ts';
import { readRequest, type RequestKey, type RequestRow } from '../read.ts';
import { lockRequest, take, type RequestDesk } from '../write.ts';

/** Reads a request that waits because something is fresh. Throws NOT_FOUND for any other. */
export async function readHeld(desk: Pick<RequestDesk, 'clock'>, reader: Reader, key: RequestKey): Promise<RequestRow> {
  return held(desk, await readRequest(reader, key.tenantId, key.requestId));
}

/**
 * Cancels a request that waits, for whoever has its id from the notice that went to every address of the person: it may be one
 * who can no longer sign in, since somebody else does. All it can do is that nothing leaves. The operator hears of it.
 * Throws NOT_FOUND.
 */
export function cancelHeld(desk: RequestDesk, key: RequestKey): Promise<void> {
  return withTransaction(desk.pool, key.tenantId, async (writer: Writer) => {
    held(desk, await lockRequest(writer, key));
    const { tenantId, requestId } = key;
    const by = { kind: 'ANONYMOUS', tenant: tenantId } as const;
    const { entry } = await take(desk, writer, { tenantId, requestId, step: 'CANCEL', by });
    await desk.outbox.put(writer, { tenantId, kind: 'INCIDENT', event: requestId, requestId });
    await desk.audit.append(writer, entry);
  });
}

function held({ clock }: Pick<RequestDesk, 'clock'>, row: RequestRow): RequestRow {
  const isHeld = row.heldUntil !== null && row.heldUntil > clock.now();
  if (isHeld && row.closedAt === null) return row;
  throw new CarryallError('NOT_FOUND', 'There is no such request, or it waits no longer.');
}
