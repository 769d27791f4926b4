import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readStatement } from '../../src/bundle/sign/statement.ts';
import { workTransmissions } from '../../src/delivery/transmission/send.ts';
import { sweepReceptions } from '../../src/delivery/transmission/sweep.ts';
import type { Point } from '../jobs/doom.ts';
import { startKilled } from '../jobs/killed.ts';
import { file, sql } from '../jobs/points.ts';
import type { DoomedReceiver } from './doomed-receiver.ts';
import { openExchange, type Exchange } from './exchange.ts';

let at: Exchange;

beforeAll(async () => {
  at = await openExchange({ pieceBytes: 3000 });
  // Made by whoever needs it first: what a child writes to files is to be the bundle alone.
  await at.beta.transmissions.send.signing.published();
});

afterAll(() => at[Symbol.asyncDispose]());

const CHILD = new URL('doomed-receiver.ts', import.meta.url);

const ANNOUNCED = 'INSERT INTO reception';
const NOTED = 'SET held_bytes';
const ROWS = 'INSERT INTO "call_record"';
const CLOSED = 'UPDATE reception SET status';

const POINTS: readonly [string, Point][] = [
  ['before the bundle is announced', sql('BEFORE_COMMIT', ANNOUNCED)],
  ['after the bundle was announced, before the sender hears of it', sql('AFTER_COMMIT', ANNOUNCED)],
  ['while its first piece is written', file('after', 'write')],
  ['before a piece is durable', file('before', 'sync', null, 2)],
  ['after a piece is durable, before that is noted', file('after', 'sync', null, 2)],
  ['before it is noted that a piece is held', sql('BEFORE_COMMIT', NOTED, 2)],
  ['after it was noted that a piece is held, before the sender hears of it', sql('AFTER_COMMIT', NOTED, 2)],
  ['before its rows are stored', sql('BEFORE', ROWS)],
  ['before its rows are committed', sql('BEFORE_COMMIT', ROWS)],
  ['after its rows are committed, before that is noted', sql('AFTER_COMMIT', ROWS)],
  ['before it is noted that it was taken in', sql('BEFORE_COMMIT', CLOSED)],
  ['after it was noted that it was taken in, before the sender has its receipt', sql('AFTER_COMMIT', CLOSED)],
  ['before what was held is removed', file('before', 'rm', 'receptions')],
  ['after what was held is removed', file('after', 'rm', 'receptions')],
];

/** Has the sender speak to a process of the receiver's that is killed at the point, and then to one that is not. */
async function kill(point: Point): Promise<void> {
  const { databaseUrl: url, folder, transmissions } = at.beta;
  const partners = { recipients: [], senders: [...(transmissions.receive?.senders ?? [])] };
  const now = at.clock.now().toISOString();
  const given: DoomedReceiver = { url, folder, now, partners, publicOrigin: at.line.url, point };
  // The sender has kept none of its connections to the other process.
  at.line.cutAfter([]);
  const child = startKilled(CHILD, folder, given);
  const port = await child.word;
  if (port !== null) {
    at.line.leadTo(Number(port));
    await workTransmissions(at.alpha.transmissions.send, 'cp', new AbortController().signal);
  }
  await child.killed();
  at.line.leadTo(Number(new URL(at.beta.url).port));
}

let people = 0;

describe('U-30: a receiver that is killed', () => {
  test.each(POINTS)('%s, is spoken to again, and has the bundle once', async (_, point) => {
    people += 1;
    const id = `taken-${people}`;
    const request = await at.person(id);
    await at.transmit(id, request);
    at.alpha.faults.length = 0;
    await kill(point);
    const [cut] = await at.seen(id, request);
    expect(cut).toMatchObject({ status: 'SENDING', failureCode: 'UNREACHABLE', receipt: null });
    at.clock.pass(60_000);
    await at.work();
    const [sent, ...others] = await at.seen(id, request);
    expect(others).toEqual([]);
    expect(sent).toMatchObject({ status: 'RECEIVED', failureCode: null, sentBytes: sent?.bytes });
    const published = await at.beta.transmissions.send.signing.published();
    const receipt = await readStatement(sent?.receipt ?? '', 'carryall-receipt+jws', published);
    expect(receipt).toMatchObject({ sha256: sent?.sha256, bytes: Number(sent?.bytes), status: 'TAKEN' });
    // It went on from where it was: what was held had not to be sent again from the beginning.
    expect(at.alpha.faults.map((fault) => (fault as { code?: string }).code)).toEqual(['UNREACHABLE']);
    // One reception, each row once, on record once, and no bundle of it that somebody would have to look at.
    const { prisma } = at.beta.at;
    expect(await prisma.reception.findMany({ where: { sha256: sent?.sha256 ?? '' } })).toMatchObject([
      { status: 'TAKEN', failureCode: null },
    ]);
    expect(await prisma.callRecord.count({ where: { subjectId: id } })).toBe(40);
    expect(await prisma.auditEvent.count({ where: { subjectId: id, action: 'IMPORT', outcome: 'ALLOWED' } })).toBe(1);
    expect(await prisma.notice.count({ where: { kind: 'INCIDENT' } })).toBe(0);
    // What was held of it is gone, with the next sweep at the latest.
    if (at.beta.transmissions.receive !== null) await sweepReceptions(at.beta.transmissions.receive, 'cp');
    expect(await readdir(join(at.beta.folder, 'receptions'))).toEqual([]);
  });
});
