import { randomBytes } from 'node:crypto';
import { rmSync, symlinkSync, utimesSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Listening } from '../../src/http/listen.ts';
import { auditing } from '../graphql/audit-log.ts';
import { subject } from '../graphql/people.ts';
import { openTestDelivery, replaceStored, type ReadyBundle, type TestDelivery } from './open-delivery.ts';

let on: TestDelivery;
let ann: Record<string, string>;
let listening: Listening;

beforeAll(async () => {
  on = await openTestDelivery();
  ann = await on.as(subject('cp', 'ann'));
  listening = await on.at.gateway.listen({ port: 0 });
});

afterAll(async () => {
  await listening[Symbol.asyncDispose]();
  await on[Symbol.asyncDispose]();
});

const LARGE = 3 * 2 ** 20;

/** What a client gets of a link: its status, and the bytes that came before the connection broke off, if it did. */
async function fetched(
  path: string,
  headers: Record<string, string> = ann,
): Promise<{ status: number; bytes: Buffer; whole: boolean }> {
  const response = await fetch(`${listening.url}${path}/file`, { headers, redirect: 'manual' });
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of response.body ?? []) chunks.push(chunk);
    return { status: response.status, bytes: Buffer.concat(chunks), whole: true };
  } catch {
    return { status: response.status, bytes: Buffer.concat(chunks), whole: false };
  }
}

const statusOf = async ({ bundleId }: ReadyBundle): Promise<string | undefined> =>
  (await on.at.prisma.portabilityBundle.findFirst({ where: { id: bundleId } }))?.status;
const incidents = async ({ bundleId }: ReadyBundle): Promise<number> =>
  on.at.prisma.notice.count({ where: { bundleId, kind: 'INCIDENT' } });

/** Nobody has all of it, nobody gets any more of it, it is on record, and it is built again. */
async function expectContained(
  bundle: ReadyBundle,
  path: string,
  damage: string,
  status: string,
  work: () => Promise<void>,
) {
  const { entries } = await auditing(on.at, 'cp', work);
  expect(entries.filter(({ outcome }) => outcome === 'FAILED')).toMatchObject([
    { action: 'DOWNLOAD', subjectId: 'ann', detail: { damage, bundle: bundle.bundleId } },
  ]);
  expect([await statusOf(bundle), await incidents(bundle)]).toEqual([status, 1]);
  expect((await fetched(path)).status).toBe(410);
  const request = await on.at.prisma.dataSubjectRequest.findFirst({ where: { id: bundle.requestId } });
  expect(request?.status).toBe('APPROVED');
  expect(on.queued.filter((each) => each === bundle.requestId)).toHaveLength(1);
  // Of two copies for the same person only one is built again.
  await on.at.pool.query("UPDATE data_subject_request SET status = 'CANCELLED' WHERE id = $1", [bundle.requestId]);
}

test('D-30: of bytes that were changed on the disk nobody gets the last, and it is on record', async () => {
  const bundle = await on.publish('ann', { bytes: randomBytes(LARGE) });
  const path = await on.link(bundle);
  const changed = Buffer.from(bundle.bytes);
  changed[1000] = (changed[1000] ?? 0) ^ 1;
  replaceStored(on, bundle, changed);
  await expectContained(bundle, path, 'MISMATCH', 'QUARANTINED', async () => {
    const { bytes, whole } = await fetched(path);
    expect([whole, bytes.length < LARGE]).toEqual([false, true]);
  });
});

test('D-30: in a bundle of one piece a change is found before anything is sent', async () => {
  const bundle = await on.publish('ann', { bytes: randomBytes(100) });
  const path = await on.link(bundle);
  replaceStored(on, bundle, bundle.bytes.with(99, (bundle.bytes[99] ?? 0) ^ 1));
  await expectContained(bundle, path, 'MISMATCH', 'QUARANTINED', async () => {
    expect((await fetched(path)).status).toBe(500);
  });
});

test('D-30: another size is found before anything is sent', async () => {
  const bundle = await on.publish('ann');
  const path = await on.link(bundle);
  replaceStored(on, bundle, randomBytes(999));
  await expectContained(bundle, path, 'MISMATCH', 'QUARANTINED', async () => {
    expect((await fetched(path)).status).toBe(500);
  });
});

test('D-30: a part of changed bytes is not sent, wherever the change is', async () => {
  const bundle = await on.publish('ann', { bytes: randomBytes(LARGE) });
  const path = await on.link(bundle);
  replaceStored(on, bundle, bundle.bytes.with(LARGE - 1, (bundle.bytes[LARGE - 1] ?? 0) ^ 1));
  await expectContained(bundle, path, 'MISMATCH', 'QUARANTINED', async () => {
    expect(await fetched(path, { ...ann, range: 'bytes=0-9' })).toMatchObject({ status: 500 });
  });
});

test('D-30: bytes that were found right once are read through again after somebody has touched them', async () => {
  const bundle = await on.publish('ann', { bytes: randomBytes(LARGE) });
  const path = await on.link(bundle);
  expect((await fetched(path, { ...ann, range: 'bytes=0-9' })).bytes).toHaveLength(10);
  const place = join(on.bundles, bundle.key);
  const times = readFileSync(place).length;
  replaceStored(on, bundle, bundle.bytes.with(0, (bundle.bytes[0] ?? 0) ^ 1));
  // Set back, as whoever hides a change would.
  utimesSync(place, 0, times);
  await expectContained(bundle, path, 'MISMATCH', 'QUARANTINED', async () => {
    expect((await fetched(path, { ...ann, range: 'bytes=10-' })).status).toBe(500);
  });
});

test('X-16: the bundle of another person in its place is not handed out', async () => {
  const [mine, theirs] = [
    await on.publish('ann', { bytes: randomBytes(LARGE) }),
    await on.publish('ben', { bytes: randomBytes(LARGE) }),
  ];
  const path = await on.link(mine);
  replaceStored(on, mine, theirs.bytes);
  await expectContained(mine, path, 'MISMATCH', 'QUARANTINED', async () => {
    expect((await fetched(path)).whole).toBe(false);
  });
  expect(await statusOf(theirs)).toBe('READY');
});

test('U-31: a file that is gone is 410 and LOST, and not an error of ours', async () => {
  const bundle = await on.publish('ann');
  const path = await on.link(bundle);
  rmSync(join(on.bundles, bundle.key));
  await expectContained(bundle, path, 'LOST', 'LOST', async () => {
    expect((await fetched(path)).status).toBe(410);
  });
});

test('D-29: a link in place of the file is not followed, and is on record', async () => {
  const bundle = await on.publish('ann');
  const path = await on.link(bundle);
  const place = join(on.bundles, bundle.key);
  rmSync(place);
  symlinkSync('/etc/passwd', place);
  const { entries } = await auditing(on.at, 'cp', async () => {
    const { status, bytes } = await fetched(path);
    expect([status, bytes.includes('root:')]).toEqual([500, false]);
  });
  expect(entries.at(-1)).toMatchObject({ outcome: 'FAILED', detail: { damage: 'UNREADABLE' } });
  expect(await incidents(bundle)).toBe(1);
});
