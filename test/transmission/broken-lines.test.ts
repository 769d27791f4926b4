import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { workTransmissions } from '../../src/delivery/transmission/send.ts';
import { openExchange, type Exchange } from './exchange.ts';

let at: Exchange;

beforeAll(async () => {
  at = await openExchange({ pieceBytes: 3000 });
});

afterAll(() => at[Symbol.asyncDispose]());

let people = 0;

test('wherever the line breaks, it is gone on with, and what arrives is whole', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 9000 }), { maxLength: 8 }), async (cuts) => {
      people += 1;
      const id = `cut-${people}`;
      const request = await at.person(id);
      await at.transmit(id, request);
      at.line.cutAfter(cuts);
      await at.work();
      expect(await at.seen(id, request)).toMatchObject([{ status: 'RECEIVED' }]);
      const { data } = await at.beta.export(id);
      expect(data.get('call-records')).toHaveLength(40);
    }),
    { numRuns: 12 },
  );
  expect(at.line.cuts).toBeGreaterThan(5);
});

test('a piece of which the sender did not hear is not taken twice, and one that the disk has lost is asked for again', async () => {
  const { alpha, beta } = at;
  const once = (): Promise<void> => workTransmissions(alpha.transmissions.send, 'cp', new AbortController().signal);
  const { reception } = beta.at.prisma;
  const open = { where: { status: 'RECEIVING' } };
  const request = await at.person('lost');
  await at.transmit('lost', request);
  // As far as the third piece, about.
  at.line.cutAfter([14_000]);
  await once();
  const held = await reception.findFirstOrThrow(open);
  expect(held.heldBytes).toBeGreaterThan(3000n);
  // A piece was written, and its process was killed before it was noted.
  await reception.updateMany({ ...open, data: { heldBytes: held.heldBytes - 3000n } });
  at.clock.pass(60_000);
  at.line.cutAfter([9000]);
  await once();
  await rm(join(beta.folder, 'receptions', `${held.id}.part`));
  await at.work();
  expect(await at.seen('lost', request)).toMatchObject([{ status: 'RECEIVED' }]);
  expect((await beta.export('lost')).data.get('call-records')).toHaveLength(40);
});

test('what lies held and is not what was announced is sent again from the beginning', async () => {
  const request = await at.person('swapped');
  await at.transmit('swapped', request);
  at.line.cutAfter([14_000]);
  await workTransmissions(at.alpha.transmissions.send, 'cp', new AbortController().signal);
  const { id } = await at.beta.at.prisma.reception.findFirstOrThrow({ where: { status: 'RECEIVING' } });
  const path = join(at.beta.folder, 'receptions', `${id}.part`);
  const bytes = await readFile(path);
  bytes.writeUInt8(bytes.readUInt8(100) ^ 1, 100);
  await writeFile(path, bytes);
  await at.work();
  expect(at.alpha.faults.map((fault) => (fault as { code?: string }).code)).toContain('ANSWERED_409');
  expect(await at.seen('swapped', request)).toMatchObject([{ status: 'RECEIVED' }]);
});
