import { unlink } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { measureWith } from '../../src/metrics.ts';
import { subject } from '../graphql/people.ts';
import { openTestDelivery, type TestDelivery } from '../delivery/open-delivery.ts';
import { openOffice, type Office } from '../jobs/office.ts';
import { startWorker } from '../../src/jobs/worker.ts';

let counted: Record<string, number>;
let measuring: Disposable;

beforeEach(() => {
  counted = {};
});
beforeAll(() => {
  const add = (name: string, labels: object, by: number): void => {
    const series = [name, ...Object.values(labels)].join(' ');
    counted[series] = (counted[series] ?? 0) + by;
  };
  measuring = measureWith({ count: add, observe: (name, labels) => add(name, labels, 1) });
});
afterAll(() => measuring[Symbol.dispose]());

test('a download is counted with its bytes, one that goes on in parts as each of them, and one that finds no file', async () => {
  await using on: TestDelivery = await openTestDelivery();
  const ann = await on.as(subject('cp', 'ann'));
  const whole = await on.publish('ann');
  await (await on.get(`${await on.link(whole)}/file`, ann)).arrayBuffer();
  await expect.poll(() => counted).toMatchObject({ 'carryall_downloads_total COMPLETE': 1 });
  expect(counted['carryall_download_bytes_total']).toBe(whole.bytes.byteLength);

  const file = `${await on.link(await on.publish('ann'))}/file`;
  await (await on.get(file, { ...ann, range: 'bytes=0-9' })).arrayBuffer();
  await expect.poll(() => counted).toMatchObject({ 'carryall_downloads_total PART': 1 });
  expect(counted['carryall_download_bytes_total']).toBe(whole.bytes.byteLength + 10);

  const lost = await on.publish('ann');
  await unlink(`${on.bundles}/${lost.key}`);
  await on.get(`${await on.link(lost)}/file`, ann);
  expect(counted).toMatchObject({ 'carryall_downloads_total LOST': 1 });
});

test('a build is counted as it begins and ends, with its rows and bytes', async () => {
  await using office: Office = await openOffice();
  await office.addPerson('cr', 'ann');
  const request = await office.ask('cr', 'ann');
  {
    await using _worker = startWorker(office.process.desk, office.process.boss, { concurrency: 1, pollMs: 50 });
    await office.until('cr', [request], 'READY');
  }
  expect(counted).toMatchObject({
    carryall_builds_started_total: 1,
    'carryall_builds_ended_total PUBLISHED': 1,
    'carryall_build_seconds PUBLISHED': 1,
  });
  const [attempt] = await office.attempts(request);
  expect(counted['carryall_build_rows_total']).toBe(attempt?.rows);
  expect(counted['carryall_build_bytes_total']).toBeGreaterThan(0);
});
