import { createHash } from 'node:crypto';
import { digestOfFile } from '../../bundle/file-digest.ts';
import { CarryallError } from '../../errors.ts';
import { newId } from '../../ids.ts';
import { withTransaction, type Reader, type Writer } from '../../store/session.ts';
import { sql, type Sql } from '../../store/sql.ts';
import type { ReceiveDesk } from './desk.ts';
import { heldBytes, heldFile, removeHeld, writePiece } from './held-file.ts';
import type { Sender } from './partners.ts';
import type { Announcement, Finish, Piece, Progress, Receipt, Statement } from './statements.ts';
import { takeIn } from './take-in.ts';

/** How many bundles of one sender may be under way. */
const MOST_OPEN = 20;

/** A bundle that comes in. */
export interface ReceptionRow {
  readonly id: string;
  readonly bytes: number;
  readonly heldBytes: number;
  readonly status: Progress['status'];
  readonly closedAt: Date | null;
}

const columns: Sql = sql`id, bytes::float8 AS bytes, held_bytes::float8 AS "heldBytes", status, closed_at AS "closedAt"`;

/**
 * Begins a bundle, or goes on with one: says how far it is. Announced again, it gets the same answer. Throws BAD_INPUT for
 * one that was announced with other bytes, and WRONG_STATE where too many are under way.
 */
export async function announce(desk: ReceiveDesk, sender: Sender, { sha256, bytes }: Announcement): Promise<Progress> {
  const { tenant, name } = sender;
  const row = await withTransaction(desk.pool, tenant, async (writer) => {
    await writer.execute(sql`
      INSERT INTO reception (tenant_id, id, sender, sha256, bytes, status, created_at)
      SELECT ${tenant}, ${newId('rec')}, ${name}, ${sha256}, ${bytes}, 'RECEIVING', ${desk.clock.now()}::timestamptz
      WHERE (SELECT count(*) FROM reception WHERE tenant_id = ${tenant} AND sender = ${name} AND status = 'RECEIVING') < ${MOST_OPEN}
      ON CONFLICT (tenant_id, sender, sha256) DO NOTHING`);
    const known = await find(writer, sender, sql`sha256 = ${sha256}`);
    if (known === null)
      throw new CarryallError('WRONG_STATE', `${MOST_OPEN} bundles of yours are under way: end some of them first.`);
    if (known.bytes !== bytes) throw new CarryallError('BAD_INPUT', 'This bundle was announced with other bytes.');
    return known.status === 'RECEIVING' ? settled(desk, writer, sender, known) : known;
  });
  return progressOf(desk, sender, sha256, row);
}

/** What is held is what lies on the disk: after a crash there may be less, or a piece of which nobody was told. */
async function settled(
  { folder }: ReceiveDesk,
  writer: Writer,
  { tenant }: Sender,
  row: ReceptionRow,
): Promise<ReceptionRow> {
  if (row.heldBytes === 0 || (await heldBytes(heldFile(folder, row.id))) >= row.heldBytes) return row;
  await setHeld(writer, tenant, row.id, 0);
  return { ...row, heldBytes: 0 };
}

/**
 * Takes a piece. One that came before is taken once; of one that does not begin where the last ended, it is said where that
 * is. Throws NOT_FOUND, and BAD_INPUT for bytes that are not what was stated.
 */
export async function takePiece(
  desk: ReceiveDesk,
  sender: Sender,
  statement: Piece,
  bytes: Uint8Array,
): Promise<Progress> {
  const { reception, offset, pieceBytes, pieceSha256, sha256 } = statement;
  if (bytes.length !== pieceBytes || createHash('sha256').update(bytes).digest('hex') !== pieceSha256)
    throw new CarryallError('BAD_INPUT', 'The piece is not what was stated of it: it was changed on its way.');
  const row = await withTransaction(desk.pool, sender.tenant, async (writer) => {
    const known = await lock(writer, sender, statement, reception);
    if (known.status !== 'RECEIVING' || known.heldBytes !== offset) return known;
    const held = offset + bytes.length;
    if (held > known.bytes) throw new CarryallError('BAD_INPUT', 'The piece goes beyond the end of its bundle.');
    await writePiece(heldFile(desk.folder, known.id), offset, bytes);
    await setHeld(writer, sender.tenant, known.id, held);
    return { ...known, heldBytes: held };
  });
  return progressOf(desk, sender, sha256, row);
}

const ending = new Map<string, Promise<unknown>>();

/**
 * Ends a bundle: checks all of it and takes it in, or keeps that it was refused, and gives the receipt. Throws NOT_FOUND,
 * WRONG_STATE for one of which something is missing, and DATABASE_FAILED; then it can be ended again.
 */
export async function finish(desk: ReceiveDesk, sender: Sender, statement: Finish): Promise<Progress> {
  const { reception, sha256 } = statement;
  const read = (): Promise<ReceptionRow> =>
    withTransaction(desk.pool, sender.tenant, (writer) => lock(writer, sender, statement, reception));
  let row = await read();
  if (row.status === 'RECEIVING') {
    if (row.heldBytes !== row.bytes) throw new CarryallError('WRONG_STATE', 'Some pieces of the bundle are missing.');
    // Whoever asks again meanwhile waits for the same end. Another process may be at it too: that changes nothing twice.
    const key = JSON.stringify([sender.tenant, reception]);
    const end = ending.get(key) ?? endOf(desk, sender, statement, row).finally(() => ending.delete(key));
    ending.set(key, end);
    await end;
    row = await read();
  }
  return progressOf(desk, sender, sha256, row);
}

async function endOf(desk: ReceiveDesk, sender: Sender, statement: Finish, row: ReceptionRow): Promise<void> {
  const path = heldFile(desk.folder, row.id);
  const found = await digestOfFile(path).catch(() => null);
  if (found?.sha256 !== statement.sha256 || found.bytes !== row.bytes) {
    // Each piece was right as it came: our disk is not, or what was announced. From the beginning, then.
    await withTransaction(desk.pool, sender.tenant, (writer) => setHeld(writer, sender.tenant, row.id, 0));
    await removeHeld(path);
    throw new CarryallError('WRONG_STATE', 'The pieces do not make the bundle that was announced: send it again.');
  }
  await takeIn(desk, sender, statement, { id: row.id, path });
  await removeHeld(path);
}

/** The bundle of a statement. Throws NOT_FOUND for one that is not this sender's, and for other bytes. */
async function lock(writer: Writer, sender: Sender, { sha256, bytes }: Statement, id: string): Promise<ReceptionRow> {
  const row = await find(writer, sender, sql`id = ${id} AND sha256 = ${sha256}`);
  if (row?.bytes === bytes) return row;
  throw new CarryallError('NOT_FOUND', 'No such bundle is coming in.');
}

async function find(reader: Reader, { tenant, name }: Sender, which: Sql): Promise<ReceptionRow | null> {
  const [row] = await reader.query<ReceptionRow>(
    sql`SELECT ${columns} FROM reception WHERE tenant_id = ${tenant} AND sender = ${name} AND ${which} FOR UPDATE`,
  );
  return row ?? null;
}

async function setHeld(writer: Writer, tenantId: string, id: string, bytes: number): Promise<void> {
  await writer.execute(sql`UPDATE reception SET held_bytes = ${bytes}
    WHERE tenant_id = ${tenantId} AND id = ${id} AND status = 'RECEIVING'`);
}

/** How far a bundle is; of one that has ended always the same receipt, as long as the key is. */
async function progressOf(desk: ReceiveDesk, sender: Sender, sha256: string, row: ReceptionRow): Promise<Progress> {
  const { id, heldBytes: offset, status, closedAt, bytes } = row;
  if (status === 'RECEIVING' || closedAt === null) return { id, offset, status, receipt: null };
  const receipt: Receipt = {
    iss: desk.intake,
    aud: sender.name,
    sha256,
    bytes,
    sender: sender.name,
    receivedAt: closedAt.toISOString(),
    status,
  };
  const signer = await desk.signing.active();
  return { id, offset, status, receipt: await signer.state('carryall-receipt+jws', receipt) };
}
