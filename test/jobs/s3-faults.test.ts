import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { openS3Place, PART } from '../storage/places.ts';
import type { Call, Trouble } from '../storage/s3/server.ts';
import { canariesOf } from './aftermath.ts';
import { openOffice, type Office } from './office.ts';
import { workshop, type Workshop } from './workshop.ts';

let office: Office;
let at: Workshop;
let place: Awaited<ReturnType<typeof openS3Place>>;

beforeAll(async () => {
  office = await openOffice();
  at = workshop(office);
});
beforeEach(async () => {
  place = await openS3Place({}, PART);
});
afterEach(() => place[Symbol.asyncDispose]());
afterAll(() => office[Symbol.asyncDispose]());

const ofKind =
  (operation: Call['operation'], trouble: Trouble) =>
  (call: Call): Trouble =>
    call.operation === operation ? trouble : null;

/** What S3 does to the first attempt, however often that asks again. */
const TROUBLES: readonly [string, (call: Call) => Trouble][] = [
  ['takes no part', ofKind('PART', { kind: 'STATUS', status: 500, code: 'InternalError' })],
  ['drops each part', ofKind('PART', { kind: 'DROP', done: false })],
  ['has each part, and drops the answer', ofKind('PART', { kind: 'DROP', done: true })],
  ['begins nothing', ofKind('CREATE', { kind: 'STATUS', status: 503, code: 'SlowDown' })],
  ['ends nothing', ofKind('COMPLETE', { kind: 'STATUS', status: 500, code: 'InternalError' })],
  ['has ended it, and drops the answer', ofKind('COMPLETE', { kind: 'DROP', done: true })],
  [
    'answers 200 to the end and means an error',
    ofKind('COMPLETE', { kind: 'ANSWER', done: false, body: '<Error><Code>InternalError</Code></Error>' }),
  ],
  ['refuses whatever is asked', () => ({ kind: 'STATUS', status: 403, code: 'AccessDenied' })],
];

test.each(TROUBLES)(
  'U-09: an S3 that %s while a bundle is built has it in the end, whole and once, and nothing half of it',
  async (_name, trouble) => {
    const person = `canary${Date.now()}x`;
    await office.addPerson('cr', person);
    const request = await office.ask('cr', person);
    let isBad = true;
    place.server.trouble = (call) => (isBad ? trouble(call) : null);
    {
      await using _ = at.worker({ storage: place.storage });
      // Until the first attempt has ended: with a failure, or after all with the bundle.
      await expect
        .poll(async () => (await office.attempts(request))[0]?.outcome ?? null, { timeout: 120_000 })
        .not.toBeNull();
      isBad = false;
      await office.until('cr', [request], 'READY');
    }
    const [bundle, ...others] = await office.bundles(request);
    expect(others).toEqual([]);
    const bytes = await buffer(await place.storage.read(bundle!.storage_key));
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(bundle!.sha256);
    expect(await canariesOf(bytes)).toEqual([person]);
    const outcomes = (await office.attempts(request)).map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome !== 'PUBLISHED')).toEqual(outcomes.slice(0, -1));
    for (const outcome of outcomes.slice(0, -1)) expect(outcome).toBe('OUTPUT_FAILED');
    expect((await at.notices(request)).filter((kind) => kind === 'BUNDLE_READY')).toHaveLength(1);
    await place.storage.sweep(new Date(Date.now() + 60_000));
    // Uploads that were begun, and objects without a row.
    expect(place.server.bucket.uploads.size).toBe(0);
    const keys = [...place.server.bucket.objects.keys()];
    expect(keys.filter((key) => !key.endsWith(bundle!.storage_key))).toEqual([]);
  },
);
