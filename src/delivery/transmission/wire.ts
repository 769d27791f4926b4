import { hash, randomUUID } from 'node:crypto';
import { readStatement, signerOfStatement } from '../../bundle/sign/statement.ts';
import { isCarryallError } from '../../errors.ts';
import { readAtMost, type Incoming } from '../../notices/outgoing.ts';
import type { SendDesk } from './desk.ts';
import type { Recipient } from './partners.ts';
import {
  progressSchema,
  receiptSchema,
  subjectBinding,
  type Announcement,
  type Finish,
  type Piece,
  type Progress,
  type Receipt,
} from './statements.ts';
import type { SendingRow } from './transmissions.ts';

/** Why the other side could not be spoken to; a code, and no word of what it answered. */
export class WireFault extends Error {
  override readonly name = 'WireFault';
  readonly code: string;

  constructor(code: string, cause?: unknown) {
    super(`The recipient could not be spoken to: ${code}.`, { cause });
    this.code = code;
  }
}

const PATIENCE_MS = 30_000;
/** The other side checks and reads the whole of it before it answers. */
const ENDING_MS = 600_000;
const LARGEST_ANSWER = 16_384;

/** What one bundle is to one recipient. */
export interface Sending {
  readonly row: SendingRow & { readonly sha256: string; readonly bytes: number };
  readonly recipient: Recipient;
  readonly signal: AbortSignal;
}

type Body<S> = Omit<S, keyof Announcement> & Pick<Announcement, never>;

export function announceTo(desk: SendDesk, sending: Sending): Promise<Progress> {
  return speak(desk, sending, '', { act: 'ANNOUNCE' }, null, PATIENCE_MS);
}

/** Sends a piece that begins at `offset`. */
export function sendPiece(
  desk: SendDesk,
  sending: Sending,
  reception: string,
  offset: number,
  piece: Uint8Array,
): Promise<Progress> {
  const stated: Body<Piece> & { act: 'PIECE' } = {
    act: 'PIECE',
    reception,
    offset,
    pieceBytes: piece.length,
    pieceSha256: hash('sha256', piece),
  };
  return speak(desk, sending, `/${reception}`, stated, piece, PATIENCE_MS);
}

export function endAt(desk: SendDesk, sending: Sending, reception: string): Promise<Progress> {
  const stated: Body<Finish> & { act: 'FINISH' } = { act: 'FINISH', reception };
  return speak(desk, sending, `/${reception}/finish`, stated, null, ENDING_MS);
}

async function speak(
  desk: SendDesk,
  { row, recipient, signal }: Sending,
  path: string,
  stated: object,
  body: Uint8Array | null,
  patienceMs: number,
): Promise<Progress> {
  const signer = await desk.signing.active();
  const statement = {
    iss: recipient.as,
    aud: recipient.url,
    iat: Math.floor(desk.clock.now().getTime() / 1000),
    jti: randomUUID(),
    tenant: recipient.tenantThere,
    sha256: row.sha256,
    bytes: row.bytes,
    subject: subjectBinding(row.sha256, row.subjectId),
    ...stated,
  };
  const authorization = `Carryall ${await signer.state('carryall-transmission+jws', statement)}`;
  let answer: Incoming;
  let text: string;
  try {
    answer = await desk.door.send(`${recipient.url}${path}`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/octet-stream' },
      ...(body === null ? {} : { body }),
      signal,
      patienceMs,
    });
    text = await readAtMost(answer.body, LARGEST_ANSWER);
  } catch (cause) {
    throw new WireFault(isCarryallError(cause, 'BAD_INPUT') ? 'ADDRESS_REFUSED' : 'UNREACHABLE', cause);
  }
  // Whoever sends us elsewhere is not followed: there, nobody has agreed to anything.
  if (answer.status !== 200) throw new WireFault(`ANSWERED_${answer.status}`);
  const { success, data } = progressSchema.safeParse(jsonOf(text));
  if (!success || data.offset > row.bytes) throw new WireFault('ANSWER_INVALID');
  return data;
}

/** What the recipient signed of exactly this bundle. Throws WireFault. */
export async function readReceipt(desk: SendDesk, { row, recipient }: Sending, jws: string): Promise<Receipt> {
  const type = 'carryall-receipt+jws';
  let said: unknown;
  try {
    said = await readStatement(jws, type, await desk.keys.of(recipient.keys, signerOfStatement(jws, type)));
  } catch (cause) {
    throw new WireFault('KEYS_UNAVAILABLE', cause);
  }
  const { success, data: receipt } = receiptSchema.safeParse(said);
  const isOurs =
    success &&
    receipt.iss === recipient.url &&
    receipt.aud === recipient.as &&
    receipt.sender === recipient.as &&
    receipt.sha256 === row.sha256 &&
    receipt.bytes === row.bytes;
  if (!isOurs) throw new WireFault('RECEIPT_INVALID');
  return receipt;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
