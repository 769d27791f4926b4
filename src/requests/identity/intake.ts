import { CarryallError } from '../../errors.ts';
import { newId } from '../../ids.ts';
import { identifier, type Identifier } from '../../sources/values/identifiers.ts';
import { withTransaction, type Reader, type Writer } from '../../store/session.ts';
import { sql } from '../../store/sql.ts';
import { insertFiled } from '../filing.ts';
import { readRequest, type RequestKey, type RequestRow } from '../read.ts';
import { checkWish, type RequestWish } from '../wish.ts';
import { lockRequest } from '../write.ts';
import { sendAnother, sendCode, type IdentityDesk } from './challenges.ts';

/*
 * Somebody who is not signed in says who they are and what they want, and a code goes to the address, if it is held. Until the
 * code has come back the request belongs to nobody: it is in no person's list, and finds nothing out about what else is under
 * way. What is done, and how long it takes, is the same whether the address is somebody's or not.
 */

/** The address that somebody gives, as it is held; null for what is neither an e-mail address nor a number with its country code. */
export function identifierOf(text: string): Identifier | null {
  return text.includes('@') ? identifier('EMAIL', text, null) : identifier('PHONE', text, null);
}

/** Files a request of somebody who has shown nothing, and sends a code to the address. Throws BAD_INPUT with all faults. */
export async function fileAtIntake(
  desk: IdentityDesk,
  { tenantId, address, wish }: { readonly tenantId: string; readonly address: Identifier; readonly wish: RequestWish },
): Promise<RequestRow> {
  const checked = checkWish(wish);
  return withTransaction(desk.pool, tenantId, async (writer) => {
    const filing = {
      tenantId,
      subjectId: null,
      by: { kind: 'ANONYMOUS', tenant: tenantId },
      channel: 'INTAKE',
    } as const;
    const { row, entry } = await insertFiled(desk, writer, 'FILE_UNPROVEN', newId('req'), filing, checked);
    await sendCode(desk, writer, row, await addresseeOf(desk, writer, tenantId, address));
    await desk.audit.append(writer, entry);
    return row;
  });
}

/** The identifier to which a code can be sent; null for one that is nobody's, and for a number where nothing sends messages. */
async function addresseeOf(
  { takesNumbers }: IdentityDesk,
  reader: Reader,
  tenantId: string,
  { kind, value }: Identifier,
): Promise<string | null> {
  const [row] = await reader.query<{ id: string }>(sql`SELECT id FROM subject_identifier
    WHERE tenant_id = ${tenantId} AND kind = ${kind}::identifier_kind AND value = ${value}`);
  return row === undefined || (kind === 'PHONE' && !takesNumbers) ? null : row.id;
}

/** Sends another code for a request; false when no more are sent. Throws NOT_FOUND. */
export function sendCodeAgain(desk: IdentityDesk, key: RequestKey): Promise<boolean> {
  return withTransaction(desk.pool, key.tenantId, async (writer) =>
    sendAnother(desk, writer, await lockAtIntake(writer, key)),
  );
}

/** Reads a request that came in this way. Throws NOT_FOUND for any other, and for one that is refused or taken back. */
export async function readAtIntake(reader: Reader, { tenantId, requestId }: RequestKey): Promise<RequestRow> {
  return atIntake(await readRequest(reader, tenantId, requestId));
}

/** The same, locked. */
export async function lockAtIntake(writer: Writer, key: RequestKey): Promise<RequestRow> {
  return atIntake(await lockRequest(writer, key));
}

function atIntake(row: RequestRow): RequestRow {
  const isOver =
    row.status === 'REFUSED' || row.status === 'CANCELLED' || (row.status === 'EXPIRED' && row.subjectId === null);
  if (row.channel === 'INTAKE' && !isOver) return row;
  throw new CarryallError('NOT_FOUND', 'There is no such request.');
}
