import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStorage } from '../../src/bundle/storage/open.ts';
import type { BundleStorage } from '../../src/bundle/storage/storage.ts';
import { expireBundles } from '../../src/delivery/expire.ts';
import { auditing } from '../graphql/audit-log.ts';
import { subject } from '../graphql/people.ts';
import { openTestDelivery, type ReadyBundle, type TestDelivery } from './open-delivery.ts';

let on: TestDelivery;
let ann: Record<string, string>;
/** What the storage is to do in place of removing, once. */
let interruption: ((remove: () => Promise<void>) => Promise<void>) | null = null;

beforeAll(async () => {
  on = await openTestDelivery();
  ann = await on.as(subject('cp', 'ann'));
});

afterAll(() => on[Symbol.asyncDispose]());

/** The sweep as a process does it that may be killed while it removes. */
async function sweep(): Promise<unknown> {
  const real = await openStorage({ kind: 'DISK', folder: on.bundles });
  const storage: BundleStorage = {
    ...real,
    remove: (key) => {
      const interrupt = interruption;
      interruption = null;
      return interrupt === null ? real.remove(key) : interrupt(() => real.remove(key));
    },
  };
  return expireBundles({ ...on.desk, storage }, 'cp');
}

async function over(): Promise<ReadyBundle & { readonly path: string }> {
  const bundle = await on.publish('ann');
  const path = await on.link(bundle);
  await on.at.pool.query('UPDATE portability_bundle SET expires_at = clock_timestamp() WHERE id = $1', [
    bundle.bundleId,
  ]);
  return { ...bundle, path };
}

async function stateOf({ bundleId, requestId, key }: ReadyBundle): Promise<unknown> {
  const row = await on.at.prisma.portabilityBundle.findFirstOrThrow({ where: { id: bundleId } });
  const request = await on.at.prisma.dataSubjectRequest.findFirstOrThrow({ where: { id: requestId } });
  return [
    row.status,
    request.status,
    row.storageKey === null ? 'forgotten' : 'noted',
    existsSync(join(on.bundles, key)),
  ];
}

const ENDED = ['EXPIRED', 'EXPIRED', 'forgotten', false];
const statusOf = async (path: string): Promise<number> => (await on.get(`${path}/file`, ann)).status;

test('U-30: what is over ends, with its object and its request, and what is not stays', async () => {
  const [gone, stays] = [await over(), await on.publish('ann')];
  const { result, entries } = await auditing(on.at, 'cp', sweep);
  expect(result).toEqual({ bundles: 1, objects: 1 });
  expect(await stateOf(gone)).toEqual(ENDED);
  expect(await stateOf(stays)).toEqual(['READY', 'READY', 'noted', true]);
  expect(await statusOf(gone.path)).toBe(410);
  expect(entries.map(({ action, actorKind, detail }) => [action, actorKind, detail['step']])).toEqual([
    ['REQUEST', 'GATEWAY', 'EXPIRE'],
    ['SWEEP', 'GATEWAY', 'BUNDLE_EXPIRED'],
  ]);
  expect(await sweep()).toEqual({ bundles: 0, objects: 0 });
});

test('U-30: what was delivered and what is damaged ends too', async () => {
  const [delivered, lost, quarantined] = [await over(), await over(), await over()];
  await on.at.pool.query("UPDATE data_subject_request SET status = 'DELIVERED' WHERE id = $1", [delivered.requestId]);
  for (const [{ bundleId }, status] of [
    [lost, 'LOST'],
    [quarantined, 'QUARANTINED'],
  ] as const)
    await on.at.pool.query('UPDATE portability_bundle SET status = $2 WHERE id = $1', [bundleId, status]);
  await sweep();
  for (const bundle of [delivered, lost, quarantined]) expect(await stateOf(bundle)).toEqual(ENDED);
});

test.each([
  ['before it removes the object', async () => Promise.reject(new Error('killed'))],
  [
    'after it has removed the object',
    async (remove: () => Promise<void>) => {
      await remove();
      throw new Error('killed');
    },
  ],
])('U-30: killed %s, the sweep serves nobody, and the next one ends it', async (_when, interrupt) => {
  const bundle = await over();
  interruption = interrupt;
  await sweep();
  expect(await stateOf(bundle)).toEqual(['EXPIRED', 'EXPIRED', 'noted', expect.any(Boolean)]);
  expect(await statusOf(bundle.path)).toBe(410);
  expect(await sweep()).toEqual({ bundles: 0, objects: 1 });
  expect(await stateOf(bundle)).toEqual(ENDED);
});

test('U-30: killed before it has noted anything, the sweep has removed nothing', async () => {
  const bundle = await over();
  await on.at.pool.query('ALTER TABLE audit_event ADD CONSTRAINT killed CHECK (false) NOT VALID');
  await expect(sweep()).rejects.toThrow();
  expect(await stateOf(bundle)).toEqual(['READY', 'READY', 'noted', true]);
  await on.at.pool.query('ALTER TABLE audit_event DROP CONSTRAINT killed');
  await sweep();
  expect(await stateOf(bundle)).toEqual(ENDED);
});

test('one object that cannot be removed keeps no other, and is told', async () => {
  const bundles = [await over(), await over(), await over()];
  on.faults.length = 0;
  interruption = () => Promise.reject(new Error('busy'));
  expect(await sweep()).toEqual({ bundles: 3, objects: 2 });
  expect(on.faults).toHaveLength(1);
  expect(await sweep()).toEqual({ bundles: 0, objects: 1 });
  for (const bundle of bundles) expect(await stateOf(bundle)).toEqual(ENDED);
});

test('sweeps at the same time end each bundle once', async () => {
  const bundles = [await over(), await over(), await over(), await over()];
  const { entries } = await auditing(on.at, 'cp', () => Promise.all([sweep(), sweep(), sweep()]));
  expect(entries.filter(({ action }) => action === 'SWEEP')).toHaveLength(4);
  for (const bundle of bundles) expect(await stateOf(bundle)).toEqual(ENDED);
});

test('U-12: an app whose clock is a day ahead ends nothing early', async () => {
  const bundle = await on.publish('ann');
  const ahead = { ...on.desk, clock: { now: () => new Date(Date.now() + 30 * 86_400_000) } };
  expect(await expireBundles(ahead, 'cp')).toEqual({ bundles: 0, objects: 0 });
  expect(await stateOf(bundle)).toEqual(['READY', 'READY', 'noted', true]);
});
