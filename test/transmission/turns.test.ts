import { afterAll, beforeAll, expect, test } from 'vitest';
import { workTransmissions } from '../../src/delivery/transmission/send.ts';
import { openExchange, type Exchange } from './exchange.ts';

let at: Exchange;

beforeAll(async () => {
  at = await openExchange({ pieceBytes: 3000, turnMs: 0 });
});

afterAll(() => at[Symbol.asyncDispose]());

test('bundles take turns, piece by piece, so that a large one keeps nobody waiting, and all arrive', async () => {
  const asked: { readonly id: string; readonly request: string }[] = [];
  for (const id of ['first', 'second', 'third']) {
    const request = await at.person(id);
    await at.transmit(id, request);
    asked.push({ id, request });
  }
  const seen = async () => {
    const found = [];
    for (const { id, request } of asked) found.push(...(await at.seen(id, request)));
    return found;
  };
  for (const sentBytes of [3000, 6000]) {
    await workTransmissions(at.alpha.transmissions.send, 'cp', new AbortController().signal);
    expect(await seen()).toMatchObject(asked.map(() => ({ status: 'SENDING', sentBytes, failureCode: null })));
  }
  const times = await at.work();
  expect(times).toBeGreaterThan(1);
  expect(await seen()).toMatchObject(asked.map(() => ({ status: 'RECEIVED' })));
  for (const { id } of asked) expect((await at.beta.export(id)).data.get('call-records')).toHaveLength(40);
});
