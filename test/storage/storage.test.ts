import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import type { Writable } from 'node:stream';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CarryallError } from '../../src/errors.ts';
import { failureOf, filledWith, KEY, openDiskPlace, openS3Place, PART, someBytes, type Place } from './places.ts';

describe.each([
  ['a folder', openDiskPlace],
  ['S3', openS3Place],
] as const)('bundles in %s', (_name, openPlace) => {
  let place: Place;

  beforeEach(async () => {
    place = await openPlace();
  });

  afterEach(() => place[Symbol.asyncDispose]());

  const stored = async (key: string) => buffer(await place.storage.read(key));

  test.each([0, 1, PART - 1, PART, PART + 1, 2 * PART, 2 * PART + 70_001])(
    'come back as they were, %i bytes',
    async (size) => {
      const bytes = someBytes(size);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      expect(await place.storage.write(KEY, filledWith(bytes))).toEqual({ key: KEY, bytes: size, sha256 });
      expect((await stored(KEY)).equals(bytes)).toBe(true);
      expect(await place.storage.stat(KEY)).toMatchObject({ bytes: size });
      expect(await place.everything()).toHaveLength(1);
    },
  );

  test('are not there before the last byte is out, nor before what fills them has returned', async () => {
    const seen: unknown[] = [];
    await place.storage.write(KEY, async (destination) => {
      destination.write(someBytes(PART));
      seen.push(await place.storage.stat(KEY));
      await filledWith(someBytes(PART))(destination);
      seen.push(await place.storage.stat(KEY));
    });
    expect(seen).toEqual([null, null]);
    expect(await place.storage.stat(KEY)).toMatchObject({ bytes: 2 * PART });
  });

  test.each([
    ['at once', 0, false],
    ['after a few bytes', 100, false],
    ['after three parts', 3 * PART, false],
    ['after the end', 100, true],
    ['after the end of three parts', 3 * PART, true],
  ])('leave nothing when what fills them fails %s', async (_when, size, ended) => {
    const failing = async (destination: Writable) => {
      if (ended) await filledWith(someBytes(size))(destination);
      else if (size > 0) await new Promise((resolve) => destination.write(someBytes(size), resolve));
      throw new CarryallError('FOREIGN_ROW', 'A row of somebody else.');
    };
    expect(await failureOf(place.storage.write(KEY, failing))).toMatchObject({ code: 'FOREIGN_ROW' });
    expect(await place.everything()).toEqual([]);
    expect(await place.storage.stat(KEY)).toBeNull();
  });

  test('leave nothing when their destination is destroyed', async () => {
    const writing = place.storage.write(KEY, async (destination) => {
      destination.write(someBytes(PART + 1));
      destination.destroy();
    });
    expect(await failureOf(writing)).toMatchObject({ code: 'OUTPUT_FAILED' });
    expect(await place.everything()).toEqual([]);
  });

  test('say that they failed, without the words of what failed', async () => {
    const failing = () => Promise.reject(new Error('ann@example.org'));
    const error = await failureOf(place.storage.write(KEY, failing));
    expect(error).toMatchObject({ code: 'OUTPUT_FAILED' });
    expect(error.message).not.toContain('ann');
  });

  test('are read in ranges, both ends included', async () => {
    const bytes = someBytes(1000);
    await place.storage.write(KEY, filledWith(bytes));
    const range = fc
      .tuple(fc.nat(999), fc.nat(1999))
      .map(([one, other]) => [Math.min(one, other), Math.max(one, other)]);
    await fc.assert(
      fc.asyncProperty(range, async ([start = 0, end = 0]) => {
        const part = await buffer(await place.storage.read(KEY, { start, end }));
        expect(part.equals(bytes.subarray(start, end + 1))).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  test.each([
    [5, 4],
    [-1, 4],
    [0.5, 4],
    [0, Number.NaN],
    [1000, 1000],
  ])('have no range %f to %f', async (start, end) => {
    await place.storage.write(KEY, filledWith(someBytes(1000)));
    expect(await failureOf(place.storage.read(KEY, { start, end }))).toMatchObject({ code: 'BAD_INPUT' });
  });

  test('that are not there are not found', async () => {
    expect(await place.storage.stat(KEY)).toBeNull();
    expect(await failureOf(place.storage.read(KEY))).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('can be removed, and again', async () => {
    await place.storage.remove(KEY);
    await place.storage.write(KEY, filledWith(someBytes(10)));
    await place.storage.remove(KEY);
    await place.storage.remove(KEY);
    expect(await place.everything()).toEqual([]);
  });

  test('U-24: two attempts at once do not meet, and each is whole', async () => {
    const [one, other] = [someBytes(PART + 1), someBytes(PART + 2)];
    const keys = ['cp/bundle_1/attempt_1.zip', 'cp/bundle_1/attempt_2.zip'] as const;
    await Promise.all([place.storage.write(keys[0], filledWith(one)), place.storage.write(keys[1], filledWith(other))]);
    expect((await stored(keys[0])).equals(one)).toBe(true);
    expect((await stored(keys[1])).equals(other)).toBe(true);
  });

  test('U-24: a key is written once', async () => {
    const bytes = someBytes(10);
    await place.storage.write(KEY, filledWith(bytes));
    expect(await failureOf(place.storage.write(KEY, filledWith(someBytes(20))))).toMatchObject({ code: 'BAD_INPUT' });
    expect((await stored(KEY)).equals(bytes)).toBe(true);
  });

  test('are listed with their tenant, when they are old enough, and nothing unfinished is', async () => {
    const keys = ['cp/bundle_1/attempt_1.zip', 'cp/bundle_1/attempt_2.zip', 'cp/bundle_2/attempt_1.json'];
    for (const key of [...keys, 'cx/bundle_1/attempt_1.zip']) await place.storage.write(key, filledWith(someBytes(10)));
    const listed = (olderThan: Date) => Array.fromAsync(place.storage.objects('cp', olderThan));
    expect((await listed(new Date(Date.now() + 60_000))).toSorted()).toEqual(keys);
    expect(await listed(new Date(Date.now() - 60_000))).toEqual([]);
    await failureOf(
      place.storage.write('cp/bundle_3/attempt_1.zip', async (destination) => {
        destination.write(someBytes(10));
        expect(await listed(new Date(Date.now() + 60_000))).toHaveLength(3);
        throw new CarryallError('CANCELLED', 'Enough.');
      }),
    );
  });

  test('can be set aside, and are then under no key and still there', async () => {
    await place.storage.write(KEY, filledWith(someBytes(10)));
    await place.storage.setAside(KEY);
    expect(await place.storage.stat(KEY)).toBeNull();
    expect(await Array.fromAsync(place.storage.objects('cp', new Date(Date.now() + 60_000)))).toEqual([]);
    expect(await place.everything()).toEqual([expect.stringContaining('.set-aside/')]);
    expect(await failureOf(place.storage.setAside(KEY))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await place.storage.sweep(new Date(Date.now() + 60_000))).toEqual([]);
    expect(await place.everything()).toHaveLength(1);
  });

  test('a sweep leaves what is finished', async () => {
    await place.storage.write(KEY, filledWith(someBytes(10)));
    expect(await place.storage.sweep(new Date(Date.now() + 60_000))).toEqual([]);
    expect(await place.storage.stat(KEY)).toMatchObject({ bytes: 10 });
  });

  const part = fc.string({ unit: fc.constantFrom(...Array.from('ab9_-./\\\0%A\n')), maxLength: 6 });

  test('have keys of one form, and no other is tried', async () => {
    const keys = fc.oneof(
      fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('/')),
      fc.constantFrom(
        '../../etc/passwd',
        'cp/../a/b.zip',
        'cp/b/..zip',
        `cp/b/${'a'.repeat(65)}.zip`,
        'cp/b/a.zip\n',
        '',
      ),
    );
    const isKey = (key: string) =>
      key.split('/').length === 3 &&
      key
        .split('/')
        .every(
          (name, at) => (at === 2 ? /^[a-b9][ab9_-]*\.[ab9]+$/ : /^[ab9][ab9_-]*$/).test(name) && !name.includes('\n'),
        );
    await fc.assert(
      fc.asyncProperty(keys, async (key) => {
        fc.pre(!isKey(key));
        const { storage } = place;
        const attempts = [
          () => storage.write(key, async () => {}),
          () => storage.read(key),
          () => storage.stat(key),
          () => storage.remove(key),
        ];
        for (const attempt of attempts) expect(await failureOf(attempt())).toMatchObject({ code: 'BAD_INPUT' });
      }),
    );
    expect(await place.everything()).toEqual([]);
  });
});
