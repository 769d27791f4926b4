import { afterAll, beforeAll, expect, test } from 'vitest';
import { forgetOld } from '../../src/delivery/forget.ts';
import { auditing } from '../graphql/audit-log.ts';
import { NOW } from '../graphql/open-gateway.ts';
import { subject } from '../graphql/people.ts';
import { openTestDelivery, type TestDelivery } from './open-delivery.ts';

let on: TestDelivery;

beforeAll(async () => {
  on = await openTestDelivery();
});

afterAll(() => on[Symbol.asyncDispose]());

const DAY_MS = 86_400_000;

/** A bundle that was fetched so many days ago. */
async function fetchedDaysAgo(days: number, status: string): Promise<string> {
  const bundle = await on.publish('ann');
  const path = await on.link(bundle);
  await (await on.get(`${path}/file`, await on.as(subject('cp', 'ann')))).arrayBuffer();
  await expect
    .poll(() => on.at.prisma.download.count({ where: { outcome: 'COMPLETE', bundleId: bundle.bundleId } }))
    .toBe(1);
  await on.link(bundle);
  for (const [table, column] of [
    ['download', 'started_at'],
    ['download_link', 'created_at'],
  ])
    await on.at.pool.query(`UPDATE ${table} SET ${column} = ${column} - $1 * interval '1 day' WHERE bundle_id = $2`, [
      days,
      bundle.bundleId,
    ]);
  await on.at.pool.query('UPDATE portability_bundle SET status = $1 WHERE id = $2', [status, bundle.bundleId]);
  return bundle.bundleId;
}

async function closedDaysAgo(id: string, days: number | null): Promise<void> {
  await on.at.prisma.organisation.upsert({
    where: { tenantId_id: { tenantId: 'cp', id: 'org' } },
    create: { tenantId: 'cp', id: 'org', sourceSystem: 'test', name: 'Customer' },
    update: {},
  });
  await on.at.prisma.processorRequest.create({
    data: {
      tenantId: 'cp',
      id,
      sender: 'alpha',
      organisationId: 'org',
      externalId: id,
      question: 'q',
      kind: 'ACCESS',
      subjectId: 'ann',
      status: days === null ? 'RECEIVED' : 'ANSWERED',
      createdAt: new Date(NOW.getTime() - 900 * DAY_MS),
      dueAt: NOW,
      closedAt: days === null ? null : new Date(NOW.getTime() - days * DAY_MS),
      toldStatus: 'RECEIVED',
    },
  });
}

test('who fetched a bundle, and what controllers asked, is forgotten a year after it is over, and counted in the audit log', async () => {
  const gone = await fetchedDaysAgo(370, 'EXPIRED');
  const kept = [await fetchedDaysAgo(360, 'EXPIRED'), await fetchedDaysAgo(370, 'READY')];
  await closedDaysAgo('prq_gone', 370);
  await closedDaysAgo('prq_young', 360);
  await closedDaysAgo('prq_open', null);
  const { result, entries } = await auditing(on.at, 'cp', () => forgetOld(on.desk, 'cp'));
  const counts = { downloads: 1, links: 2, processorRequests: 1 };
  expect(result).toEqual(counts);
  expect(entries).toMatchObject([
    { action: 'SWEEP', actorKind: 'GATEWAY', subjectId: null, detail: { step: 'RECORDS_FORGOTTEN', ...counts } },
  ]);
  const of = async (bundleId: string) => [
    await on.at.prisma.download.count({ where: { bundleId } }),
    await on.at.prisma.downloadLink.count({ where: { bundleId } }),
  ];
  expect(await of(gone)).toEqual([0, 0]);
  for (const each of kept) expect(await of(each)).toEqual([1, 2]);
  const left = await on.at.prisma.processorRequest.findMany({ orderBy: { id: 'asc' } });
  expect(left.map(({ id }) => id)).toEqual(['prq_open', 'prq_young']);
  const again = await auditing(on.at, 'cp', () => forgetOld(on.desk, 'cp'));
  expect(again.entries).toEqual([]);
});
