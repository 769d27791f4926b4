import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStorage } from '../../src/bundle/storage/open.ts';
import { failureOf, filledWith, KEY, openS3Place, PART, placeOn, someBytes } from './places.ts';
import type { S3Server } from './s3/server.ts';

let place: Awaited<ReturnType<typeof openS3Place>>;
let server: S3Server;

beforeEach(async () => {
  place = await openS3Place();
  server = place.server;
});

afterEach(() => place[Symbol.asyncDispose]());

const callsOf = (operation: string) => server.calls.filter((call) => call.operation === operation);

describe('an object of S3', () => {
  test('lies below the prefix, with its type', async () => {
    await place.storage.write(KEY, filledWith(someBytes(10)));
    expect([...server.bucket.objects.keys()]).toEqual([`of/us/${KEY}`]);
    expect(server.bucket.object(`of/us/${KEY}`).contentType).toBe('application/zip');
  });

  test('has the digest of each of its parts signed', async () => {
    await place.storage.write(KEY, filledWith(someBytes(PART + 1)));
    const digests = callsOf('PART').map(({ headers }) => headers['x-amz-content-sha256']);
    expect(digests).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/), expect.stringMatching(/^[0-9a-f]{64}$/)]);
  });

  test('is not taken from somebody with another key', async () => {
    const credentials = { accessKeyId: server.account.accessKeyId, secretAccessKey: 'another' };
    await using storage = await openStorage(placeOn(server), { credentials });
    const error = await failureOf(storage.write(KEY, filledWith(someBytes(10))));
    expect(error).toMatchObject({ code: 'OUTPUT_FAILED' });
    expect(error.message).not.toMatch(/AKIA|another/);
    expect(await place.everything()).toEqual([]);
  });

  test.each([
    ['AES256', { algorithm: 'AES256' }, undefined],
    [
      'aws:kms',
      { algorithm: 'aws:kms', keyId: 'arn:aws:kms:eu-central-1:1:key/2' },
      'arn:aws:kms:eu-central-1:1:key/2',
    ],
    ['aws:kms', { algorithm: 'aws:kms' }, undefined],
  ] as const)('is encrypted as wanted: %s', async (algorithm, encryption, kmsKey) => {
    await using encrypted = await openS3Place({ encryption });
    await encrypted.storage.write(KEY, filledWith(someBytes(10)));
    expect(encrypted.server.bucket.object(`of/us/${KEY}`)).toMatchObject({ encryption: algorithm, kmsKey });
  });

  test('is not kept by a server that does not encrypt as wanted', async () => {
    await using encrypted = await openS3Place({ encryption: { algorithm: 'AES256' } });
    encrypted.server.trouble = ({ operation }) => {
      for (const [key, object] of encrypted.server.bucket.objects)
        if (operation === 'HEAD') encrypted.server.bucket.objects.set(key, { ...object, encryption: undefined });
      return null;
    };
    const error = await failureOf(encrypted.storage.write(KEY, filledWith(someBytes(10))));
    expect(error).toMatchObject({ code: 'OUTPUT_FAILED', message: expect.stringContaining('AES256') });
    expect(await encrypted.everything()).toEqual([]);
  });

  test('needs no more memory than its parts on their way', async () => {
    let written = 0;
    let ahead = 0;
    await place.storage.write(KEY, async (destination) => {
      for (; written < 8 * PART; written += 65_536) {
        const [upload] = server.bucket.uploads.values();
        ahead = Math.max(ahead, written - (upload?.parts.size ?? 0) * PART);
        if (!destination.write(Buffer.alloc(65_536)))
          await new Promise((resolve) => destination.once('drain', resolve));
      }
    });
    expect(ahead).toBeLessThanOrEqual(3 * PART + 2 * 65_536);
  });

  test('has never more parts on their way than it may', async () => {
    let waiting: (() => void)[] = [];
    let most = 0;
    server.trouble = ({ operation }) => {
      if (operation !== 'PART') return null;
      return new Promise((resolve) => {
        waiting.push(() => resolve(null));
        most = Math.max(most, waiting.length);
        // Answered in pairs, the later one first; the fifth is the last.
        if (waiting.length < 2 && callsOf('PART').length < 5) return;
        for (const go of waiting.toReversed()) go();
        waiting = [];
      });
    };
    const bytes = someBytes(5 * PART);
    await place.storage.write(KEY, filledWith(bytes));
    expect(most).toBe(2);
    expect((await buffer(await place.storage.read(KEY))).equals(bytes)).toBe(true);
  });
});

describe('reading from S3', () => {
  beforeEach(() => place.storage.write(KEY, filledWith(Buffer.alloc(200_000, 'x'))));

  test.each(['BREAK', 'SILENCE'] as const)('fails when the bytes end too soon (%s)', async (end) => {
    server.trouble = ({ operation }) => (operation === 'GET' ? { kind: 'CUT', bytes: 1000, end } : null);
    const reading = place.storage.read(KEY).then((body) => buffer(body));
    await expect(reading).rejects.toThrow();
  });

  test('refuses the whole object where a range was asked for', async () => {
    server.trouble = ({ operation }) =>
      operation === 'GET' ? { kind: 'ANSWER', done: false, body: 'x'.repeat(200_000) } : null;
    expect(await failureOf(place.storage.read(KEY, { start: 5, end: 9 }))).toMatchObject({ code: 'OUTPUT_FAILED' });
  });

  test('tells a server that is ill from an object that is not there', async () => {
    server.trouble = () => ({ kind: 'STATUS', status: 403, code: 'AccessDenied' });
    for (const attempt of [() => place.storage.read(KEY), () => place.storage.stat(KEY)])
      expect(await failureOf(attempt())).toMatchObject({ code: 'OUTPUT_FAILED' });
  });
});

describe('a link to an object of S3', () => {
  const link = (seconds: number, filename: string) => place.storage.presign?.(KEY, { seconds, filename }) ?? '';

  test('downloads it, and only as a file of the name that was signed', async () => {
    const bytes = someBytes(1000);
    await place.storage.write(KEY, filledWith(bytes));
    const url = await link(30, 'your-data.zip');
    const response = await fetch(url);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/zip',
      'content-disposition': 'attachment; filename="your-data.zip"',
      'cache-control': 'no-store, private',
    });
    expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
    for (const other of [
      url.replace('your-data', 'other'),
      url.replace('attempt_1', 'attempt_2'),
      url.replace('X-Amz-Expires=30', 'X-Amz-Expires=3000'),
      url.replace(/&response-content-disposition=[^&]*/, ''),
    ]) {
      expect(other).not.toBe(url);
      expect((await fetch(other)).status).toBe(403);
    }
    expect((await fetch(url, { method: 'DELETE' })).status).toBe(403);
    expect(url).not.toContain(encodeURIComponent(server.account.secretAccessKey));
  });

  test.each([
    [0, 'a.zip'],
    [61, 'a.zip'],
    [1.5, 'a.zip'],
    [Number.NaN, 'a.zip'],
    [30, ''],
    [30, '../a.zip'],
    [30, 'a"; x="b.zip'],
    [30, 'a\r\nset-cookie: x'],
  ])('is not made for %f s and the name %j', async (seconds, filename) => {
    expect(await failureOf(Promise.resolve(link(seconds, filename)))).toMatchObject({ code: 'BAD_INPUT' });
  });
});

test('a folder has no links', async () => {
  await using storage = await openStorage({ kind: 'DISK', folder: '/nowhere' });
  expect(storage.presign).toBeNull();
});
