import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { OPEN, startNode } from './child.ts';
import { failureOf, KEY, openS3Place, PART, placeOn } from './places.ts';
import type { S3Server } from './s3/server.ts';

let place: Awaited<ReturnType<typeof openS3Place>>;
let server: S3Server;

beforeEach(async () => {
  place = await openS3Place();
  server = place.server;
});

afterEach(() => place[Symbol.asyncDispose]());

const soon = () => new Date(Date.now() + 60_000);

describe('U-23: uploads that a crash left', () => {
  const begun = (key: string, at: string) => server.bucket.begin(key, { contentType: 'application/zip' }, new Date(at));
  const keys = () => [...server.bucket.uploads.values()].map(({ key }) => key).toSorted();

  test('by a process that was killed: no object, and the sweep takes the parts', async () => {
    const child = startNode(`
      const { openStorage } = await import(${OPEN});
      const options = { credentials: ${JSON.stringify(server.account)}, parts: { bytes: ${PART}, queue: 2 } };
      const storage = await openStorage(${JSON.stringify(placeOn(server))}, options);
      await storage.write('${KEY}', async (destination) => {
        destination.write(Buffer.alloc(${PART + 1}));
        await new Promise((resolve) => setInterval(() => {}, 1000));
      });`);
    await server.called(({ operation }) => operation === 'PART');
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(server.bucket.uploads.size).toBe(1);
    expect(await place.storage.stat(KEY)).toBeNull();
    expect(await place.storage.sweep(new Date(Date.now() - 60_000))).toEqual([]);
    expect(await place.storage.sweep(soon())).toEqual([{ key: KEY, since: expect.any(Date) }]);
    expect(await place.everything()).toEqual([]);
  });

  test('are aborted when they are older, ours, and on whatever page', async () => {
    server.pageSize = 3;
    const old = Array.from({ length: 10 }, (_, at) => `cp/bundle_${at}/attempt_1.zip`);
    for (const key of old) begun(`of/us/${key}`, '2026-01-01T00:00:00Z');
    begun('of/us/cp/bundle_3/attempt_1.zip', '2026-01-02T00:00:00Z');
    const others = [
      'of/us/cp/bundle_x/late.zip',
      'of/us/photos',
      'of/us/a/b/c/d.zip',
      'other/cp/bundle_1/attempt_1.zip',
    ];
    for (const key of others) begun(key, key.includes('late') ? '2026-03-01T00:00:00Z' : '2026-01-01T00:00:00Z');
    const swept = await place.storage.sweep(new Date('2026-02-01T00:00:00Z'));
    expect(swept.map(({ key }) => key).toSorted()).toEqual([...old, 'cp/bundle_3/attempt_1.zip'].toSorted());
    expect(swept[0]?.since).toEqual(new Date('2026-01-01T00:00:00Z'));
    expect(keys()).toEqual(others.toSorted());
  });

  test('that will not go do not keep the others', async () => {
    for (const at of [1, 2, 3]) begun(`of/us/cp/bundle_${at}/a.zip`, '2026-01-01T00:00:00Z');
    server.trouble = ({ operation, path }) =>
      operation === 'ABORT' && path.includes('bundle_2') ? { kind: 'STATUS', status: 403, code: 'AccessDenied' } : null;
    expect(await failureOf(place.storage.sweep(soon()))).toMatchObject({ code: 'OUTPUT_FAILED' });
    expect(keys()).toEqual(['of/us/cp/bundle_2/a.zip']);
  });

  test('are not listed for ever by a server that repeats its page', async () => {
    server.pageSize = 1;
    for (const at of [1, 2]) begun(`of/us/cp/bundle_${at}/a.zip`, '2026-01-01T00:00:00Z');
    const page =
      '<ListMultipartUploadsResult><IsTruncated>true</IsTruncated><NextKeyMarker>a</NextKeyMarker><NextUploadIdMarker>b</NextUploadIdMarker></ListMultipartUploadsResult>';
    server.trouble = ({ operation }) => (operation === 'LIST' ? { kind: 'ANSWER', done: false, body: page } : null);
    expect(await failureOf(place.storage.sweep(soon()))).toMatchObject({ code: 'OUTPUT_FAILED' });
  });
});
