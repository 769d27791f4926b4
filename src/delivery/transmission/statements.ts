import { hash } from 'node:crypto';
import { z } from 'zod';
import { STATED } from '../stated.ts';

/*
 * What two controllers state to each other while a bundle goes from one to the other, each time signed: who sends it to whom,
 * which bytes, about whom. Nothing of it is personal: the person is a digest that only who has the bundle can check.
 */

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().min(0);

const common = { ...STATED, sha256: digest, bytes: count.min(1), subject: digest } as const;

const announcement = z.strictObject({ ...common, act: z.literal('ANNOUNCE') });
const piece = z.strictObject({
  ...common,
  act: z.literal('PIECE'),
  reception: z.string().max(64),
  offset: count,
  pieceBytes: count.min(1),
  pieceSha256: digest,
});
const end = z.strictObject({ ...common, act: z.literal('FINISH'), reception: z.string().max(64) });

export const statementSchema = z.discriminatedUnion('act', [announcement, piece, end]);
export type Statement = z.infer<typeof statementSchema>;
export type Announcement = z.infer<typeof announcement>;
export type Piece = z.infer<typeof piece>;
export type Finish = z.infer<typeof end>;

/** What the receiver signs when it has all of a bundle and has decided on it. */
export const receiptSchema = z.strictObject({
  iss: z.string().max(2048),
  aud: z.string().max(63),
  sha256: digest,
  bytes: count,
  sender: z.string().max(63),
  receivedAt: z.iso.datetime(),
  status: z.enum(['TAKEN', 'REFUSED']),
});
export type Receipt = z.infer<typeof receiptSchema>;

/** What the receiver says of how far a bundle is. */
export const progressSchema = z.object({
  id: z.string().regex(/^rec_[0-9a-z]{24}$/),
  offset: count,
  status: z.enum(['RECEIVING', 'TAKEN', 'REFUSED']),
  receipt: z.string().max(8000).nullable(),
});
export type Progress = z.infer<typeof progressSchema>;

/** The person, as a statement names them: of no use to who has not got the bundle. */
export function subjectBinding(sha256: string, subjectId: string): string {
  return hash('sha256', `carryall transmission\n${sha256}\n${subjectId}`);
}
