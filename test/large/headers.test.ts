import { describe, expect, test } from 'vitest';
import { centralHeader, descriptor, endOf, endRecords, localHeader } from '../../src/bundle/archive-headers.ts';

const GIGABYTE = 2 ** 30;
const MAX_32 = 0xffff_ffff;
const ENTRY = { path: 'files/a.bin', bytes: 10, packedBytes: 8, crc32: 0xcafe_f00d, at: 0 };

/** The 64-bit fields of the extra block of a directory entry: unpacked, packed, offset. */
function extraOf(header: Buffer): readonly bigint[] {
  const at = 46 + header.readUInt16LE(28);
  expect(header.length - at).toBe(header.readUInt16LE(30));
  if (header.length === at) return [];
  expect([header.readUInt16LE(at), header.readUInt16LE(at + 2)]).toEqual([1, 24]);
  return [4, 12, 20].map((offset) => header.readBigUInt64LE(at + offset));
}

describe('Z-08: the headers of an archive beyond 4 GiB', () => {
  test.each([
    ['a file of 5 GiB', { bytes: 5 * GIGABYTE, packedBytes: 1000, at: 100 }],
    ['a file that is packed into 5 GiB', { bytes: 6 * GIGABYTE, packedBytes: 5 * GIGABYTE, at: 100 }],
    ['a small file behind 9 TiB', { bytes: 10, packedBytes: 8, at: 9 * 1024 * GIGABYTE }],
    ['a file one byte too large', { bytes: MAX_32 + 1, packedBytes: 8, at: 0 }],
  ])('%s has its figures in 64 bits, and marks in the fields of 32', (_, figures) => {
    const header = centralHeader({ ...ENTRY, ...figures });
    expect(extraOf(header)).toEqual([figures.bytes, figures.packedBytes, figures.at].map(BigInt));
    expect([20, 24, 42].map((offset) => header.readUInt32LE(offset))).toEqual([MAX_32, MAX_32, MAX_32]);
    // Version 4.5 is the first that knows them.
    expect(header.readUInt16LE(6)).toBe(45);
  });

  test('a file that just fits has none of them', () => {
    const header = centralHeader({ ...ENTRY, bytes: MAX_32, packedBytes: MAX_32, at: MAX_32 });
    expect(extraOf(header)).toEqual([]);
    expect([20, 24, 42].map((offset) => header.readUInt32LE(offset))).toEqual([MAX_32, MAX_32, MAX_32]);
    expect(header.readUInt16LE(6)).toBe(20);
  });

  test('a descriptor is as wide as its figures, and the end of a file is counted with it', () => {
    const small = descriptor(ENTRY);
    expect([small.length, small.readUInt32LE(8), small.readUInt32LE(12)]).toEqual([16, 8, 10]);
    const large = { ...ENTRY, bytes: 5 * GIGABYTE, packedBytes: 3 * GIGABYTE, at: 7 * GIGABYTE };
    const wide = descriptor(large);
    expect(wide.length).toBe(24);
    expect([wide.readBigUInt64LE(8), wide.readBigUInt64LE(16)]).toEqual([3, 5].map((each) => BigInt(each * GIGABYTE)));
    expect(endOf(large)).toBe(10 * GIGABYTE + localHeader(large.path).length + 24);
  });

  test.each([
    ['65,536 files', 65_536, 1000, 5000],
    ['a directory behind 5 GiB', 3, 5 * GIGABYTE, 200],
    ['a directory of 5 GiB', 3, 1000, 5 * GIGABYTE],
  ])('the end of an archive with %s tells count, place and size in 64 bits', (_, count, at, bytes) => {
    const end = endRecords(count, at, bytes);
    expect(end.length).toBe(56 + 20 + 22);
    expect([24, 32, 40, 48].map((offset) => end.readBigUInt64LE(offset))).toEqual(
      [count, count, bytes, at].map(BigInt),
    );
    // The locator finds the record right behind the directory.
    expect(end.readBigUInt64LE(56 + 8)).toBe(BigInt(at + bytes));
  });

  test('the end of one that just fits is the old one', () => {
    const end = endRecords(65_535, MAX_32, MAX_32);
    expect(end.length).toBe(22);
    expect([end.readUInt16LE(8), end.readUInt16LE(10)]).toEqual([65_535, 65_535]);
    expect([end.readUInt32LE(12), end.readUInt32LE(16)]).toEqual([MAX_32, MAX_32]);
  });
});
