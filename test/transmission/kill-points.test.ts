import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { removeObjects } from '../../src/delivery/expire.ts';
import { readStatement } from '../../src/bundle/sign/statement.ts';
import type { Point } from '../jobs/doom.ts';
import { runKilled } from '../jobs/killed.ts';
import { file, sql } from '../jobs/points.ts';
import type { DoomedSender } from './doomed-sender.ts';
import { openExchange, type Exchange } from './exchange.ts';

let at: Exchange;

beforeAll(async () => {
  at = await openExchange({ pieceBytes: 3000 });
});

afterAll(() => at[Symbol.asyncDispose]());

const CHILD = new URL('doomed-sender.ts', import.meta.url);
const NOTED = 'SET sent_bytes';
const CLOSED = 'receipt = $';

const POINTS: readonly [string, Point][] = [
  ['after it is noted where it will lie', sql('AFTER_COMMIT', 'UPDATE transmission SET storage_key')],
  ['while its bundle is written', file('after', 'write')],
  ['after its bundle has its name', file('after', 'rename', 'bundles')],
  ['before it is noted that it is made', sql('BEFORE_COMMIT', "SET status = 'SENDING'")],
  ['after it is noted that it is made', sql('AFTER_COMMIT', "SET status = 'SENDING'")],
  ['after its first piece was taken, before that is noted', sql('BEFORE', NOTED)],
  ['after its first piece', sql('AFTER_COMMIT', NOTED)],
  ['in the middle of its pieces', sql('BEFORE_COMMIT', NOTED, 3)],
  ['before the receipt is noted', sql('BEFORE', CLOSED)],
  ['before the receipt is committed', sql('BEFORE_COMMIT', CLOSED)],
  ['after the receipt is committed', sql('AFTER_COMMIT', CLOSED)],
];

async function kill(point: Point): Promise<void> {
  const { databaseUrl: url, folder, transmissions } = at.alpha;
  const { recipients, pieceBytes } = transmissions.send;
  const partners = { recipients: [...recipients], senders: [] };
  const given: DoomedSender = { url, folder, now: at.clock.now().toISOString(), partners, pieceBytes, point };
  await runKilled(CHILD, folder, given);
}

/** How often each end of a transmission is on record, here and there. */
async function recorded(side: Exchange['alpha'], subjectId: string, steps: readonly string[]): Promise<number> {
  const { rows } = await side.at.pool.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM audit_event WHERE subject_id = $1 AND outcome = 'ALLOWED'
       AND (detail->>'step' = ANY($2) OR action = 'IMPORT')`,
    [subjectId, [...steps]],
  );
  return rows[0]?.count ?? 0;
}

let people = 0;

describe('U-30: a sender that is killed', () => {
  test.each(POINTS)('%s, is gone on with, and the other side has it once', async (_, point) => {
    people += 1;
    const id = `killed-${people}`;
    const request = await at.person(id);
    await at.transmit(id, request);
    await kill(point);
    await at.work();
    const [sent, ...others] = await at.seen(id, request);
    expect(others).toEqual([]);
    expect(sent).toMatchObject({ status: 'RECEIVED', failureCode: null, sentBytes: sent?.bytes });
    const published = await at.beta.transmissions.send.signing.published();
    const receipt = await readStatement(sent?.receipt ?? '', 'carryall-receipt+jws', published);
    expect(receipt).toMatchObject({ sha256: sent?.sha256, bytes: Number(sent?.bytes), status: 'TAKEN' });
    expect(await recorded(at.alpha, id, ['RECEIVED'])).toBe(1);
    // There: one reception, taken in once, with each row once, and nothing held any more.
    const receptions = await at.beta.at.prisma.reception.findMany({ where: { sha256: sent?.sha256 ?? '' } });
    expect(receptions).toMatchObject([{ status: 'TAKEN' }]);
    expect(await at.beta.at.prisma.callRecord.count({ where: { subjectId: id } })).toBe(40);
    expect(await recorded(at.beta, id, [])).toBe(1);
    expect(await readdir(join(at.beta.folder, 'receptions'))).toEqual([]);
    // Here: nothing is left of what was sent, nor of what the killed process had built.
    await removeObjects({ ...at.alpha.transmissions.send }, 'cp');
    const left = await readdir(join(at.alpha.folder, 'bundles'), { recursive: true, withFileTypes: true });
    expect(left.filter((entry) => entry.isFile() && entry.name.endsWith('.zip')).map(({ name }) => name)).toEqual([]);
  });
});
