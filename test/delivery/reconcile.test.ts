import { existsSync, renameSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { reconcileStorage } from '../../src/delivery/reconcile.ts';
import { subject } from '../graphql/people.ts';
import { openTestDelivery, type TestDelivery } from './open-delivery.ts';

let on: TestDelivery;

beforeAll(async () => {
  on = await openTestDelivery();
});

afterAll(() => on[Symbol.asyncDispose]());

/** The bundle, as if it had been made so long ago. */
async function madeDaysAgo(days: number, rows: 'KEPT' | 'LOST') {
  const bundle = await on.publish('ann');
  const at = Date.now() / 1000 - days * 86_400;
  utimesSync(join(on.bundles, bundle.key), at, at);
  if (rows === 'LOST') await on.at.pool.query('DELETE FROM portability_bundle WHERE id = $1', [bundle.bundleId]);
  return bundle;
}

test('U-32: an object without a row is set aside and told; one with a row, or a young one, stays', async () => {
  const [orphan, young, kept] = [
    await madeDaysAgo(2, 'LOST'),
    await madeDaysAgo(0, 'LOST'),
    await madeDaysAgo(2, 'KEPT'),
  ];
  expect(await reconcileStorage(on.desk, 'cp')).toEqual({ foundAgain: 0, setAside: 1 });
  const isThere = (key: string): boolean => existsSync(join(on.bundles, key));
  expect([orphan, young, kept].map(({ key }) => isThere(key))).toEqual([false, true, true]);
  expect(isThere(join('.set-aside', orphan.key))).toBe(true);
  const notices = await on.at.prisma.notice.findMany({ where: { kind: 'INCIDENT' } });
  expect(notices.map(({ bundleId }) => bundleId)).toEqual([orphan.bundleId]);
  expect(await reconcileStorage(on.desk, 'cp')).toEqual({ foundAgain: 0, setAside: 0 });
});

test('U-31: a bundle whose file was away is handed out again when it is back, and only then', async () => {
  const bundle = await on.publish('ann');
  const file = `${await on.link(bundle)}/file`;
  const ann = await on.as(subject('cp', 'ann'));
  const place = join(on.bundles, bundle.key);
  renameSync(place, `${place}.away`);
  expect((await on.get(file, ann)).status).toBe(410);
  expect((await reconcileStorage(on.desk, 'cp')).foundAgain).toBe(0);
  renameSync(`${place}.away`, place);
  expect((await on.get(file, ann)).status).toBe(410);
  expect((await reconcileStorage(on.desk, 'cp')).foundAgain).toBe(1);
  expect((await on.get(file, ann)).status).toBe(200);
});
