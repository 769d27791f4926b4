import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openExchange, type Exchange } from './exchange.ts';

let at: Exchange;

beforeAll(async () => {
  at = await openExchange();
});

afterAll(() => at[Symbol.asyncDispose]());

/** Since when an address is held is each side's own. */
const timeless = (rows: readonly object[]): object[] => rows.map((row) => ({ ...row, heldSince: null }));

test('a person has their data sent to another controller, who holds the same and nobody else’s number', async () => {
  const request = await at.person('ann');
  const begun = await at.transmit('ann', request);
  expect(begun).toMatchObject({ status: 'BUILDING', receipt: null });
  expect(await at.transmit('ann', request)).toMatchObject({ id: (begun as { id: string }).id });
  expect(await at.work()).toBe(1);
  expect(at.alpha.faults).toEqual([]);
  const [sent] = await at.seen('ann', request);
  expect(sent).toMatchObject({ status: 'RECEIVED', failureCode: null, sentBytes: sent?.bytes });
  expect(sent?.receipt).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);

  const [here, there] = [await at.alpha.export('ann'), await at.beta.export('ann')];
  expect([...there.data.keys()].toSorted()).toEqual([...here.data.keys()].toSorted());
  for (const [name, rows] of here.data) {
    if (name !== 'call-records') expect(timeless(there.data.get(name) ?? []), name).toEqual(timeless(rows));
  }
  const [calls, callsThere] = [here.data.get('call-records') ?? [], there.data.get('call-records') ?? []];
  const unnamed = (rows: typeof calls): unknown[] => rows.map(({ calledNumber: _number, ...rest }) => rest);
  expect(calls).toHaveLength(40);
  expect(unnamed(callsThere)).toEqual(unnamed(calls));
  for (const { calledNumber } of callsThere) expect(calledNumber).toMatch(/^other-party-[0-9a-f]{32}$/);
  expect(new Set(callsThere.map(({ calledNumber }) => calledNumber)).size).toBe(40);
});

test('both sides have it on record, the person is told, and nothing of it lies about', async () => {
  const [sent, received] = [at.alpha.at.prisma, at.beta.at.prisma];
  const asked = await sent.auditEvent.findMany({ where: { action: 'DOWNLOAD' }, orderBy: { seq: 'asc' } });
  const steps = asked.map(({ detail }) => (detail as { step?: string }).step);
  expect(steps).toEqual(['TRANSMIT', 'TRANSMIT', 'SENDING', 'RECEIVED']);
  for (const { detail } of asked) expect(detail).toMatchObject({ recipient: 'beta', request: 'req_of_ann' });
  const [taken] = await received.auditEvent.findMany({ where: { action: 'IMPORT' } });
  expect(taken).toMatchObject({ outcome: 'ALLOWED', detail: { sender: 'alpha', reviewer: 'privacy-desk' } });

  const notices = await sent.notice.findMany({ where: { kind: 'BUNDLE_TRANSMITTED' } });
  expect(notices).toMatchObject([{ role: 'PERSON', identifierId: 'email_ann', language: 'nl' }]);
  expect(await received.reception.findMany()).toMatchObject([{ status: 'TAKEN', sender: 'alpha', failureCode: null }]);
  expect(await readdir(join(at.beta.folder, 'receptions'))).toEqual([]);

  // It answers nobody: whoever asks for the bundle of the request does not get this one, and it is swept.
  expect(await sent.portabilityBundle.findMany()).toMatchObject([{ status: 'EXPIRED', requestId: null }]);
});
