import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseStorage } from '../../src/bundle/storage/place.ts';

const placeOf = (text: string) => parseStorage(text).place;
const faultsOf = (text: string) => parseStorage(text).faults?.map(({ path }) => path);

describe('where bundles lie, as a text', () => {
  test('is a folder', () => {
    expect(placeOf('/var/lib/carryall')).toEqual({ kind: 'DISK', folder: '/var/lib/carryall' });
    expect(placeOf('.data/bundles')).toEqual({ kind: 'DISK', folder: '.data/bundles' });
  });

  test('is a bucket, of Amazon by default', () => {
    expect(placeOf('s3://our-bundles?region=eu-central-1')).toEqual({
      kind: 'S3',
      bucket: 'our-bundles',
      prefix: '',
      region: 'eu-central-1',
      forcePathStyle: false,
    });
  });

  test('is a part of a bucket on a server of one’s own, encrypted', () => {
    const text =
      's3://our-bundles/a/b/?region=eu-central-1&endpoint=http://127.0.0.1:9000&sse=aws:kms&kmsKey=arn:aws:kms:eu-central-1:1:key/2';
    expect(placeOf(text)).toEqual({
      kind: 'S3',
      bucket: 'our-bundles',
      prefix: 'a/b',
      region: 'eu-central-1',
      endpoint: 'http://127.0.0.1:9000',
      forcePathStyle: true,
      encryption: { algorithm: 'aws:kms', keyId: 'arn:aws:kms:eu-central-1:1:key/2' },
    });
    expect(
      placeOf('s3://our-bundles?region=x&endpoint=https://s3.example.org&pathStyle=false&sse=AES256'),
    ).toMatchObject({
      forcePathStyle: false,
      encryption: { algorithm: 'AES256' },
    });
  });

  test('is a server inside, to which no link leads', () => {
    const place = placeOf('s3://our-bundles?region=x&endpoint=https://s3:8333&links=false');
    expect(place).toMatchObject({ isInside: true });
    expect(placeOf('s3://our-bundles?region=x&links=true')).not.toHaveProperty('isInside');
    expect(faultsOf('s3://our-bundles?region=x&links=no')).toEqual(['links']);
  });

  test('tells all of its faults at once', () => {
    expect(faultsOf('s3://B/../x?endpoint=ftp://x&pathStyle=yes&sse=rot13&kmsKey=k&color=red&sse=AES256')).toEqual([
      'bucket',
      'prefix',
      'sse',
      'parameter',
      'region',
      'endpoint',
      'pathStyle',
      'sse',
      'kmsKey',
    ]);
  });

  test.each([
    ['', ['']],
    ['gs://bucket', ['']],
    ['file:///var/lib', ['']],
    ['a\0b', ['']],
    ['s3://', ['bucket', 'region']],
    ['s3://a..b?region=x', ['bucket']],
    ['s3://127.0.0.1?region=x', ['bucket']],
    ['s3://bucket//a?region=x', ['prefix']],
    ['s3://bucket/a/./b?region=x', ['prefix']],
    ['s3://bucket/%2e%2e?region=x', ['prefix']],
    ['s3://bucket?region=EU', ['region']],
    ['s3://bucket?region=x&endpoint=http://s3.example.org', ['endpoint']],
    ['s3://bucket?region=x&endpoint=https://s3.example.org/path', ['endpoint']],
    ['s3://bucket?region=x&sse=AES256&kmsKey=k', ['kmsKey']],
  ])('is refused: %j', (text, paths) => {
    expect(faultsOf(text)).toEqual(paths);
  });

  test('says nothing of a secret that somebody wrote there', () => {
    for (const text of [
      's3://AKIA:hunter2@bucket?region=x',
      's3://bucket?region=x&endpoint=https://AKIA:hunter2@host',
      's3://bucket?region=x&hunter2=AKIA',
    ]) {
      const parsed = parseStorage(text);
      expect(parsed.faults).toHaveLength(1);
      expect(JSON.stringify(parsed)).not.toMatch(/hunter2|AKIA/);
    }
  });

  test('is either a place or faults, whatever it is', () => {
    const texts = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom(...Array.from('s3:/?=&@.a%')) }).map((rest) => `s3://${rest}`),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const { place, faults } = parseStorage(text);
        expect((place === undefined) !== (faults === undefined)).toBe(true);
        expect(faults?.length).not.toBe(0);
      }),
    );
  });
});
