import { afterAll, beforeAll, expect, test } from 'vitest';
import { subject } from '../graphql/people.ts';
import { openS3Place, PART } from '../storage/places.ts';
import { openTestDelivery, sha256Of, type TestDelivery } from './open-delivery.ts';

let place: Awaited<ReturnType<typeof openS3Place>>;
let on: TestDelivery;
let ann: Record<string, string>;

beforeAll(async () => {
  place = await openS3Place();
  on = await openTestDelivery({ storage: place.storage });
  ann = await on.as(subject('cp', 'ann'));
});

afterAll(async () => {
  await on[Symbol.asyncDispose]();
  await place[Symbol.asyncDispose]();
});

test('D-33: S3 sends the bytes itself, by a short link that says how, and it counts as delivered', async () => {
  const bundle = await on.publish('ann', { bytes: Buffer.alloc(PART + 1, 'x') });
  const path = await on.link(bundle);
  const response = await on.get(`${path}/file`, ann);
  expect([response.status, response.headers.get('cache-control')]).toEqual([303, 'private, no-store']);
  const location = new URL(response.headers.get('location') ?? '');
  expect(Number(location.searchParams.get('X-Amz-Expires'))).toBeLessThanOrEqual(60);
  expect(location.searchParams.get('response-content-disposition')).toMatch(
    /^attachment; filename="cp-access-[\d-]+\.zip"$/,
  );
  expect(location.searchParams.get('response-content-type')).toBe('application/zip');
  expect(location.href).not.toContain(path.split('/').at(-1) ?? '');
  const sent = await fetch(location);
  expect(sha256Of(new Uint8Array(await sent.arrayBuffer()))).toBe(bundle.sha256);
  expect((await on.get(`${path}/file`, ann)).status).toBe(410);
  const request = await on.at.prisma.dataSubjectRequest.findFirst({ where: { id: bundle.requestId } });
  expect(request?.status).toBe('DELIVERED');
});

test('HEAD tells of the bundle without going to S3', async () => {
  const path = await on.link(await on.publish('ann'));
  const response = await on.get(`${path}/file`, ann, 'HEAD');
  expect([response.status, response.headers.get('content-length')]).toEqual([200, '1000']);
});

test('U-31: what S3 has not, or has in another size, is not sent to', async () => {
  const [lost, other] = [await on.publish('ann'), await on.publish('ann')];
  const paths = [await on.link(lost), await on.link(other)];
  await place.storage.remove(lost.key);
  await place.storage.remove(other.key);
  await place.storage.write(other.key, async (destination) => void destination.end('short'));
  const answers = await Promise.all(paths.map((path) => on.get(`${path}/file`, ann)));
  expect(answers.map(({ status }) => status)).toEqual([410, 500]);
  const rows = await on.at.prisma.portabilityBundle.findMany({
    where: { id: { in: [lost.bundleId, other.bundleId] } },
  });
  expect(rows.map(({ status }) => status).toSorted()).toEqual(['LOST', 'QUARANTINED']);
});
