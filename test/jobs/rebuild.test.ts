import { randomBytes } from 'node:crypto';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expireBundles } from '../../src/delivery/expire.ts';
import { recall } from '../../src/delivery/recall.ts';
import { reconcileStorage } from '../../src/delivery/reconcile.ts';
import { REQUEST_LIMITS } from '../../src/requests/limits.ts';
import { closeSealing } from '../../src/requests/sealing.ts';
import { answerByHand, cancel, retry, type Act } from '../../src/requests/staff.ts';
import type { RequestDesk, Taken } from '../../src/requests/write.ts';
import { withTransaction, type Writer } from '../../src/store/session.ts';
import { subject } from '../graphql/people.ts';
import { refusal } from '../requests/open-desk.ts';
import { openCounter, type Counter } from './counter.ts';
import { openOffice, type Bundle, type Office } from './office.ts';
import { workshop, type Workshop } from './workshop.ts';

let office: Office;
let at: Workshop;
let counter: Counter;
beforeAll(async () => {
  office = await openOffice();
  at = workshop(office);
  counter = openCounter(office);
});
afterAll(async () => {
  await counter[Symbol.asyncDispose]();
  await office[Symbol.asyncDispose]();
});

const GATEWAY = { kind: 'GATEWAY', tenant: 'cr' } as const;
const within = <T>(work: (writer: Writer) => Promise<T>): Promise<T> =>
  withTransaction(office.database.pool, 'cr', work);
const placeOf = ({ storage_key: key }: Bundle): string => join(office.folder, 'bundles', key);

/** What the person and staff do, in a transaction with its entry in the audit log. */
function doing(step: (desk: RequestDesk, writer: Writer, act: Act) => Promise<Taken>, act: Omit<Act, 'tenantId'>) {
  const { desk } = office.process;
  return within(async (writer) => {
    const own = { ...desk, policies: desk.sources.policies, limits: REQUEST_LIMITS };
    const { entry } = await step(own, writer, { ...act, tenantId: 'cr' });
    await desk.audit.append(writer, entry);
  });
}

async function damaged(bundle: Bundle): Promise<void> {
  await writeFile(placeOf(bundle), randomBytes(5000));
}

const stepsOf = async (request: string): Promise<readonly string[]> => {
  const rows = await office.rows<{ step: string }>('SELECT step FROM request_step WHERE request_id = $1 ORDER BY id', [
    request,
  ]);
  return rows.map(({ step }) => step);
};

test('D-30: a bundle that was changed on the disk is built again, the person is told, and the next one is fetched', async () => {
  const { person, request } = await at.somebody();
  const first = await at.built(request);
  const [good, other] = [await counter.link(person, request), await counter.link(person, request)];
  expect(await counter.opened(person, good)).toBe('WHOLE');
  expect(await office.status('cr', request)).toBe('DELIVERED');
  await damaged(first);
  expect(await counter.opened(person, other)).toBe('DAMAGED');
  expect(await counter.opened(person, other)).toBe('GONE');
  expect(await office.status('cr', request)).toBe('APPROVED');
  const second = await at.built(request);
  expect(second.id).not.toBe(first.id);
  expect(await counter.opened(person, other)).toBe('GONE');
  expect(await counter.opened(person, await counter.link(person, request))).toBe('WHOLE');
  expect((await stepsOf(request)).slice(4)).toEqual(['DELIVER', 'REBUILD', 'BUILD', 'PUBLISH', 'DELIVER']);
  expect(await office.attempts(request)).toMatchObject([
    { outcome: 'PUBLISHED' },
    { attempt: 2, outcome: 'PUBLISHED' },
  ]);
  const told = (await at.notices(request)).filter((kind) => /REBUILDING|BUNDLE_READY/.test(kind));
  expect(told).toEqual(['BUNDLE_READY', 'BUNDLE_READY', 'REQUEST_REBUILDING']);
  const [{ audited } = { audited: [] }] = await office.rows<{ audited: string[] }>(
    `SELECT array_agg(detail->>'step' ORDER BY seq) AS audited FROM audit_event
     WHERE subject_id = $1 AND detail->>'step' IN ('REBUILD', 'DAMAGED')`,
    [person],
  );
  expect(audited).toEqual(['REBUILD', 'DAMAGED']);
});

test('a bundle that was set aside ends in its time, and the request that was answered with another does not', async () => {
  const { person, request } = await at.somebody();
  const first = await at.built(request);
  await damaged(first);
  await counter.opened(person, await counter.link(person, request));
  await at.built(request);
  await office.rows('UPDATE portability_bundle SET expires_at = now() WHERE id = $1', [first.id]);
  expect((await expireBundles(counter.desk, 'cr')).bundles).toBe(1);
  expect(await office.status('cr', request)).toBe('READY');
  expect(await counter.opened(person, await counter.link(person, request))).toBe('WHOLE');
});

test('what is damaged again and again is given up after three builds, and may still be asked for', async () => {
  const { person, request } = await at.somebody();
  for (let times = 0; times < 4; times += 1) {
    await damaged(await at.built(request));
    expect(await counter.opened(person, await counter.link(person, request))).toBe('DAMAGED');
  }
  expect(await office.status('cr', request)).toBe('FAILED');
  expect(await at.notices(request)).toEqual(expect.arrayContaining(['REQUEST_GIVEN_UP']));
  await doing(retry, { requestId: request, by: subject('cr', person) });
  await at.built(request);
  expect(await counter.opened(person, await counter.link(person, request))).toBe('WHOLE');
});

test('what was sealed for its person alone is never built without the seal', async () => {
  const { person, request } = await at.somebody();
  const to = { kind: 'PASSPHRASE', passphrase: 'five random words it is' } as const;
  await office.rows('UPDATE data_subject_request SET sealing = $2 WHERE id = $1', [
    request,
    closeSealing(office.process.desk.box, { tenantId: 'cr', requestId: request }, to),
  ]);
  const bundle = await at.built(request);
  expect(bundle.sealed).toBe(true);
  await damaged(bundle);
  expect(await counter.opened(person, await counter.link(person, request))).toBe('DAMAGED');
  const [row] = await office.rows('SELECT status, failure_code FROM data_subject_request WHERE id = $1', [request]);
  expect(row).toEqual({ status: 'FAILED', failure_code: 'SEAL_FORGOTTEN' });
  for (const by of [subject('cr', person), GATEWAY])
    expect(await refusal(doing(retry, { requestId: request, by }))).toBe('WRONG_STATE');
  await doing(cancel, { requestId: request, by: subject('cr', person) });
});

test('whoever has asked anew is answered with that, and is not built for twice', async () => {
  const { person, request } = await at.somebody();
  const bundle = await at.built(request);
  const again = await office.ask('cr', person);
  await damaged(bundle);
  expect(await counter.opened(person, await counter.link(person, request))).toBe('DAMAGED');
  expect(await office.status('cr', request)).toBe('EXPIRED');
  await at.built(again);
});

test('of two copies of a person that are found damaged at once one is built again', async () => {
  const { person, request } = await at.somebody();
  const first = await at.built(request);
  const again = await office.ask('cr', person);
  const both = [first, await at.built(again)];
  const links = [await counter.link(person, request), await counter.link(person, again)];
  for (const each of both) await damaged(each);
  expect(await Promise.all(links.map((id) => counter.opened(person, id)))).toEqual(['DAMAGED', 'DAMAGED']);
  const stand = [await office.status('cr', request), await office.status('cr', again)];
  expect(stand.toSorted()).toEqual(['APPROVED', 'EXPIRED']);
});

test('U-31: a lost bundle that turns up before its build has begun is ready again, and none is built', async () => {
  const { person, request } = await at.somebody();
  const bundle = await at.built(request);
  const id = await counter.link(person, request);
  await rename(placeOf(bundle), `${placeOf(bundle)}.away`);
  expect(await counter.opened(person, id)).toBe('DAMAGED');
  await rename(`${placeOf(bundle)}.away`, placeOf(bundle));
  expect((await reconcileStorage(counter.desk, 'cr')).foundAgain).toBe(1);
  expect(await office.status('cr', request)).toBe('READY');
  {
    await using _ = at.worker();
    await expect
      .poll(() => office.rows(`SELECT 1 FROM pgboss.job WHERE singleton_key = $1 AND state < 'completed'`, [request]))
      .toEqual([]);
  }
  expect(await office.attempts(request)).toHaveLength(1);
  expect(await counter.opened(person, id)).toBe('WHOLE');
});

test('U-31: a lost bundle that turns up after another was built in its place is handed out to nobody', async () => {
  const { person, request } = await at.somebody();
  const bundle = await at.built(request);
  const id = await counter.link(person, request);
  await rename(placeOf(bundle), `${placeOf(bundle)}.away`);
  expect(await counter.opened(person, id)).toBe('DAMAGED');
  await at.built(request);
  await rename(`${placeOf(bundle)}.away`, placeOf(bundle));
  expect((await reconcileStorage(counter.desk, 'cr')).foundAgain).toBe(0);
  expect(await counter.opened(person, id)).toBe('GONE');
});

test('X-17: what was recalled is not built again by itself nor for the person; staff have it built, or answer by hand', async () => {
  const asked = [await at.somebody(), await at.somebody()];
  for (const { person, request } of asked) {
    const { id } = await at.built(request);
    await within(async (writer) => {
      const { also } = await recall(counter.desk, writer, GATEWAY, id);
      await office.process.desk.audit.append(writer, ...also);
    });
    expect(await office.status('cr', request)).toBe('RECALLED');
    expect(await refusal(doing(retry, { requestId: request, by: subject('cr', person) }))).toBe('WRONG_STATE');
    expect(await refusal(counter.link(person, request))).toBe('WRONG_STATE');
  }
  const [one, other] = asked;
  await doing(retry, { requestId: one!.request, by: GATEWAY });
  await at.built(one!.request);
  expect(await counter.opened(one!.person, await counter.link(one!.person, one!.request))).toBe('WHOLE');
  await doing((desk, writer, act) => answerByHand(desk, writer, act, 'It was sent to you by post.'), {
    requestId: other!.request,
    by: GATEWAY,
  });
  expect(await office.status('cr', other!.request)).toBe('DELIVERED');
});
