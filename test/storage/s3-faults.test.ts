import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CarryallError } from '../../src/errors.ts';
import { failureOf, filledWith, KEY, openS3Place, someBytes } from './places.ts';
import type { Operation } from './s3/operations.ts';
import type { Call, S3Server, Trouble } from './s3/server.ts';

let place: Awaited<ReturnType<typeof openS3Place>>;
let server: S3Server;

beforeEach(async () => {
  place = await openS3Place({}, PART);
  server = place.server;
});

afterEach(() => place[Symbol.asyncDispose]());

// Small, that the many faults take little time.
const PART = 65_536;
const BYTES = someBytes(2 * PART + 1000);
const write = () => place.storage.write(KEY, filledWith(BYTES));
const count = (operation: Operation) => server.calls.filter((call) => call.operation === operation).length;
const soon = () => new Date(Date.now() + 60_000);
/** The trouble for the k-th part, however often it is sent. */
const forPart = (number: number, trouble: Trouble) => (call: Call) =>
  call.operation === 'PART' && call.part === number ? trouble : null;
const isWhole = async () => (await buffer(await place.storage.read(KEY))).equals(BYTES);

describe('U-21: a part that does not arrive', () => {
  const troubles = [
    ['is refused with 500', { kind: 'STATUS', status: 500, code: 'InternalError' }],
    ['is refused with 503', { kind: 'STATUS', status: 503, code: 'SlowDown' }],
    ['is never answered', { kind: 'HANG' }],
    ['breaks the connection', { kind: 'DROP', done: false }],
    ['arrives, and the answer does not', { kind: 'DROP', done: true }],
  ] as const;

  test.each(troubles)('%s once: is sent again, and the object is whole', async (_name, trouble) => {
    let first = true;
    server.trouble = (call) => {
      const now = first ? forPart(2, trouble)(call) : null;
      if (now !== null) first = false;
      return now;
    };
    await write();
    expect(count('PART')).toBe(4);
    expect(await isWhole()).toBe(true);
    expect(server.bucket.uploads.size).toBe(0);
  });

  test.each(
    troubles.flatMap(([name, trouble]) =>
      // Waiting takes long: once is enough.
      (trouble.kind === 'HANG' ? [2] : [1, 2, 3]).map((part) => [part, name, trouble] as const),
    ),
  )('part %i %s each time: three tries, then all is aborted', async (part, _name, trouble) => {
    server.trouble = forPart(part, trouble);
    expect(await failureOf(write())).toMatchObject({ code: 'OUTPUT_FAILED' });
    expect(server.calls.filter((call) => call.part === part)).toHaveLength(3);
    expect(await place.everything()).toEqual([]);
    expect(count('COMPLETE')).toBe(0);
  });

  test.each([
    ['a wrong ETag', { kind: 'ALTERED', headers: { etag: '"00000000000000000000000000000000"' } }],
    ['no ETag', { kind: 'ANSWER', done: true, body: '' }],
  ] as const)('is answered with %s: all is aborted', async (_name, trouble) => {
    server.trouble = forPart(2, trouble);
    expect(await failureOf(write())).toMatchObject({ code: 'OUTPUT_FAILED' });
    expect(await place.everything()).toEqual([]);
  });

  test('makes the builder stop, however much it still has to write', async () => {
    server.trouble = forPart(1, { kind: 'STATUS', status: 403, code: 'AccessDenied' });
    let written = 0;
    const endless = place.storage.write(KEY, async (destination) => {
      for (; !destination.destroyed; written += 8192)
        if (!destination.write(Buffer.alloc(8192))) await once(destination, 'drain');
    });
    expect(await failureOf(endless)).toMatchObject({ message: expect.stringContaining('AccessDenied, 403') });
    expect(written).toBeLessThanOrEqual(8 * PART);
    expect(await place.everything()).toEqual([]);
  });
});

test('U-21: a builder that waits is told of a part that did not arrive', async () => {
  server.trouble = forPart(1, { kind: 'STATUS', status: 403, code: 'AccessDenied' });
  const waiting = place.storage.write(KEY, async (destination) => {
    destination.write(Buffer.alloc(PART));
    await new Promise((resolve) => destination.once('close', resolve));
  });
  expect(await failureOf(waiting)).toMatchObject({ message: expect.stringContaining('AccessDenied, 403') });
});

describe('U-22: a completion that answers 200 and tells of an error', () => {
  const error =
    '<?xml version="1.0" encoding="UTF-8"?>\n\n<Error><Code>InternalError</Code><Message>No.</Message></Error>';

  test.each([
    ['as S3 writes it', error, 3],
    ['after spaces that kept the connection', `${' '.repeat(50)}${error}`, 3],
    ['with a line break at its end', `${error}\n`, 1],
    ['with an empty answer', '', 3],
    ['with the answer of another call', '<?xml version="1.0"?><ListBucketResult></ListBucketResult>', 1],
  ])('is a failure: %s', async (_name, body, tries) => {
    server.trouble = ({ operation }) => (operation === 'COMPLETE' ? { kind: 'ANSWER', done: false, body } : null);
    expect(await failureOf(write())).toMatchObject({ code: 'OUTPUT_FAILED' });
    expect(count('COMPLETE')).toBe(tries);
    expect(await place.everything()).toEqual([]);
  });

  test('is a failure even when an object is there', async () => {
    server.trouble = ({ operation }) =>
      operation === 'COMPLETE' ? { kind: 'ANSWER', done: true, body: `${error}\n` } : null;
    expect(await failureOf(write())).toMatchObject({ message: expect.stringContaining('did not confirm the object') });
    expect(await place.everything()).toEqual([]);
  });

  test('is tried again, and may succeed then', async () => {
    server.trouble = ({ operation }) =>
      operation === 'COMPLETE' && count('COMPLETE') === 1 ? { kind: 'ANSWER', done: false, body: error } : null;
    await write();
    expect(await isWhole()).toBe(true);
  });

  test('is a failure also when an object of another size is there', async () => {
    server.trouble = ({ operation }) => {
      for (const [key, object] of server.bucket.objects)
        if (operation === 'HEAD') server.bucket.objects.set(key, { ...object, body: object.body.subarray(1) });
      return null;
    };
    expect(await failureOf(write())).toMatchObject({ message: expect.stringContaining('bytes were sent') });
    expect(await place.everything()).toEqual([]);
  });
});

describe('a fault at any call', () => {
  const faults = [
    ['500', { kind: 'STATUS', status: 500, code: 'InternalError' }],
    ['403', { kind: 'STATUS', status: 403, code: 'AccessDenied' }],
    ['a broken connection', { kind: 'DROP', done: false }],
    ['a lost answer', { kind: 'DROP', done: true }],
    ['an empty answer', { kind: 'ANSWER', done: true, body: '' }],
  ] as const;
  // HEAD, CREATE, three parts, COMPLETE, HEAD; and some that only a failure causes.
  const numbers = [1, 2, 3, 4, 5, 6, 7, 8, 9];

  const each = faults.flatMap(([name, fault]) => numbers.map((number) => [number, name, fault] as const));
  const lasting = each.filter(([, , { kind }]) => kind !== 'ANSWER');

  /** True for a bundle that is there and whole, false for a failure that is named. */
  const outcome = async () => {
    const failure = await write().then(
      () => null,
      (error: unknown) => error,
    );
    server.trouble = () => null;
    if (failure === null) expect(await isWhole()).toBe(true);
    // A first HEAD with another answer may say that the key is taken.
    else
      expect(failure).toMatchObject({ name: 'CarryallError', code: expect.stringMatching(/OUTPUT_FAILED|BAD_INPUT/) });
    return failure === null;
  };

  test.each(each)('number %i, %s once: the bundle is there and whole, or not there', async (at, _name, fault) => {
    server.trouble = ({ number }) => (number === at ? fault : null);
    const there = await outcome();
    expect(server.bucket.objects.size).toBe(there ? 1 : 0);
    // An upload of which S3 never told us is all that may be left.
    await place.storage.sweep(soon());
    expect(server.bucket.uploads.size).toBe(0);
  });

  test.each(lasting)(
    'from number %i on, %s: nothing is left that a sweep and a removal do not take',
    async (from, _name, fault) => {
      server.trouble = ({ number }) => (number >= from ? fault : null);
      await outcome();
      await place.storage.sweep(soon());
      await place.storage.remove(KEY);
      expect(await place.everything()).toEqual([]);
    },
  );

  test('says so when S3 would not let go of what it has', async () => {
    server.trouble = ({ operation }) =>
      operation === 'PART' || operation === 'ABORT' ? { kind: 'STATUS', status: 403, code: 'AccessDenied' } : null;
    expect(await failureOf(write())).toMatchObject({ message: expect.stringContaining('may be left') });
    expect(server.bucket.uploads.size).toBe(1);
  });

  test('does not hide why the builder failed', async () => {
    server.trouble = ({ operation }) =>
      operation === 'ABORT' ? { kind: 'STATUS', status: 403, code: 'AccessDenied' } : null;
    const writing = place.storage.write(KEY, async (destination) => {
      destination.write(BYTES);
      await server.called(({ operation }) => operation === 'PART');
      throw new CarryallError('FOREIGN_ROW', 'A row of somebody else.');
    });
    expect(await failureOf(writing)).toMatchObject({ code: 'FOREIGN_ROW' });
  });
});
