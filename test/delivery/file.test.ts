import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { privacyStaff, subject } from '../graphql/people.ts';
import { auditing } from '../graphql/audit-log.ts';
import { openTestDelivery, sha256Of, type ReadyBundle, type TestDelivery } from './open-delivery.ts';

let on: TestDelivery;
let ann: Record<string, string>;

beforeAll(async () => {
  on = await openTestDelivery();
  ann = await on.as(subject('cp', 'ann'));
});

afterAll(() => {
  return on[Symbol.asyncDispose]();
});

async function ready(): Promise<ReadyBundle & { readonly file: string; readonly page: string }> {
  const bundle = await on.publish('ann');
  const page = await on.link(bundle);
  return { ...bundle, page, file: `${page}/file` };
}

const bytesOf = async (response: Response): Promise<Buffer> => Buffer.from(await response.arrayBuffer());
const statusOf = async (file: string, headers: Record<string, string> = ann, method = 'GET'): Promise<number> =>
  (await on.get(file, headers, method)).status;
const shift = (bundle: ReadyBundle, by: string): Promise<unknown> =>
  on.at.pool.query('UPDATE download_link SET expires_at = clock_timestamp() + $2::interval WHERE bundle_id = $1', [
    bundle.bundleId,
    by,
  ]);
const statusInStore = async ({ requestId }: ReadyBundle): Promise<string | undefined> =>
  (await on.at.prisma.dataSubjectRequest.findFirst({ where: { id: requestId } }))?.status;

test('D-01: a fresh link gives the bytes whose digest is on record', async () => {
  const { file, sha256 } = await ready();
  const response = await on.get(file, ann);
  expect(response.status).toBe(200);
  expect(sha256Of(await bytesOf(response))).toBe(sha256);
});

test('D-02: a link is good until its instant by the clock of the database, and not at it', async () => {
  const bundle = await ready();
  await shift(bundle, '1 second');
  expect(await statusOf(bundle.page)).toBe(200);
  for (const by of ['0 seconds', '-1 second']) {
    await shift(bundle, by);
    expect([await statusOf(bundle.page), await statusOf(bundle.file)]).toEqual([410, 410]);
  }
});

test('D-35: an app whose clock is an hour behind revives no link', async () => {
  const bundle = await ready();
  await shift(bundle, '-1 minute');
  // The clock of these tests stands still, before the link was made.
  expect(on.desk.clock.now().getTime()).toBeLessThan(Date.now());
  expect(await statusOf(bundle.file)).toBe(410);
});

test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('D-07: %s of a link is refused', async (method) => {
  const { page, file } = await ready();
  for (const path of [page, file]) {
    const response = await on.get(path, ann, method);
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  }
});

test('D-10: after the last byte the link is used up, the request delivered, the person told and the log kept', async () => {
  const bundle = await ready();
  const { result, entries } = await auditing(on.at, 'cp', async () => [
    (await bytesOf(await on.get(bundle.file, ann))).length,
    await statusOf(bundle.file),
  ]);
  expect(result).toEqual([1000, 410]);
  expect(await statusInStore(bundle)).toBe('DELIVERED');
  const written = entries.map(({ action, actorKind, subjectId, detail }) => [
    action,
    actorKind,
    subjectId,
    detail['step'],
  ]);
  expect(written).toEqual([
    ['DOWNLOAD', 'SUBJECT', 'ann', 'BEGUN'],
    ['REQUEST', 'SUBJECT', 'ann', 'DELIVER'],
    ['DOWNLOAD', 'SUBJECT', 'ann', 'COMPLETE'],
  ]);
  const notices = await on.at.prisma.notice.findMany({ where: { bundleId: bundle.bundleId } });
  expect(notices.map(({ kind, identifierId }) => [kind, identifierId])).toEqual([['BUNDLE_DOWNLOADED', 'email_ann']]);
  const [download] = await on.at.prisma.download.findMany({ where: { bundleId: bundle.bundleId } });
  expect(download).toMatchObject({ outcome: 'COMPLETE', sentBytes: 1000n, network: '127.0.0.0/24', stream: null });
});

test('a second link to a bundle that was delivered is good for one more download', async () => {
  const bundle = await ready();
  await bytesOf(await on.get(bundle.file, ann));
  const again = `${await on.link(bundle)}/file`;
  expect(sha256Of(await bytesOf(await on.get(again, ann)))).toBe(bundle.sha256);
  expect([await statusOf(again), await statusInStore(bundle)]).toEqual([410, 'DELIVERED']);
});

test('D-12: a download goes on in parts, and counts once, at its last byte', async () => {
  const bundle = await ready();
  const parts = ['bytes=0-99', 'bytes=100-599', 'bytes=600-'];
  const got: Buffer[] = [];
  for (const range of parts) {
    expect(await statusInStore(bundle)).toBe('READY');
    const response = await on.get(bundle.file, { ...ann, range });
    expect(response.status).toBe(206);
    got.push(await bytesOf(response));
  }
  expect(sha256Of(Buffer.concat(got))).toBe(bundle.sha256);
  expect(await statusOf(bundle.file)).toBe(410);
  expect(await on.at.prisma.download.count({ where: { bundleId: bundle.bundleId } })).toBe(1);
});

test('the last bytes alone use nothing up', async () => {
  const bundle = await ready();
  expect((await bytesOf(await on.get(bundle.file, { ...ann, range: 'bytes=-10' }))).length).toBe(10);
  expect(await statusInStore(bundle)).toBe('READY');
  expect(await statusOf(bundle.file)).toBe(200);
});

test('somebody who signs in anew begins anew', async () => {
  const bundle = await ready();
  await on.get(bundle.file, { ...ann, range: 'bytes=0-499' });
  const later = await on.as(subject('cp', 'ann'), 5);
  await on.get(bundle.file, { ...later, range: 'bytes=500-' });
  expect(await statusInStore(bundle)).toBe('READY');
  const outcomes = await on.at.prisma.download.findMany({
    where: { bundleId: bundle.bundleId },
    orderBy: { startedAt: 'asc' },
  });
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(['ABANDONED', null]);
});

describe('D-14: a link is gone', () => {
  test.each([
    [
      'when its person’s sign-ins were ended',
      "INSERT INTO principal (tenant_id, id, kind, actor_id, role_at, ended_at) VALUES ('cp', $1, 'SUBJECT', 'ann', now(), now() + interval '1 hour')",
    ],
    ['when it was revoked', 'UPDATE download_link SET revoked_at = now() WHERE bundle_id = $1'],
    ['when its bundle was recalled', "UPDATE portability_bundle SET status = 'RECALLED' WHERE id = $1"],
    [
      'when its bundle has expired, before anybody has noted it',
      'UPDATE portability_bundle SET expires_at = now() WHERE id = $1',
    ],
    ['when nothing is left of it', 'WITH l AS (DELETE FROM download_link WHERE bundle_id = $1) SELECT'],
  ])('%s', async (_when, statement) => {
    const { page, file, bundleId } = await ready();
    expect(await statusOf(page)).toBe(200);
    await on.at.pool.query(statement, [bundleId]);
    expect([await statusOf(page), await statusOf(file)]).toEqual([410, 410]);
    await on.at.pool.query('DELETE FROM principal');
  });
});

test('X-09: who has not proved lately who they are must do it again', async () => {
  const { file, page } = await ready();
  const stale = await on.as(subject('cp', 'ann'), 3601);
  for (const path of [page, file]) {
    const response = await on.get(path, stale);
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([
      401,
      'Bearer error="insufficient_user_authentication", max_age="3600"',
    ]);
  }
  expect(await statusOf(file, await on.as(subject('cp', 'ann'), 3600))).toBe(200);
});

test('A-19: a link that was passed on is nothing to anybody else, and that is on record', async () => {
  const { file, page } = await ready();
  // What an earlier test has left unread is noted when it ends.
  await expect.poll(() => on.at.prisma.download.count({ where: { stream: { not: null } } })).toBe(0);
  const others = [subject('cp', 'ben'), subject('other', 'ann'), privacyStaff('cp')];
  for (const actor of others) {
    const headers = await on.as(actor);
    const { entries } = await auditing(on.at, actor.tenant, async () => {
      expect([await statusOf(page, headers), await statusOf(file, headers)]).toEqual([404, 404]);
    });
    expect(entries).toMatchObject([
      { action: 'DOWNLOAD', outcome: 'DENIED', subjectId: actor.tenant === 'cp' ? 'ann' : null },
    ]);
  }
  expect(await statusOf(file)).toBe(200);
});

test('L-09: what cannot be recorded is not handed out', async () => {
  const { file } = await ready();
  await on.at.pool.query('ALTER TABLE audit_event ADD CONSTRAINT full_disk CHECK (false) NOT VALID');
  try {
    expect(await statusOf(file)).toBe(500);
  } finally {
    await on.at.pool.query('ALTER TABLE audit_event DROP CONSTRAINT full_disk');
  }
  expect(await statusOf(file)).toBe(200);
});
