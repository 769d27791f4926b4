/**
 * The bytes around the files of an archive, as Carryall writes them. They hold nothing but what is rebuilt here: one time,
 * one mode, one method. An archive that differs anywhere was written or changed by somebody else.
 */

/** A file of an archive, as its central directory has it. */
export interface ArchiveEntry {
  readonly path: string;
  readonly bytes: number;
  readonly packedBytes: number;
  readonly crc32: number;
  /** Where its local header begins. */
  readonly at: number;
}

/** What fits in the fields of 32 bits; above it the fields of ZIP64 are used. */
const MAX_32 = 0xffff_ffff;
const MAX_16 = 0xffff;
const LOCAL_BYTES = 30;

/** The first fields that both headers have: version, flags (a descriptor follows), deflate, 1980-01-01 00:00. */
function shared(version: number): Buffer {
  return fields([version, 2], [0x0008, 2], [8, 2], [0, 2], [0x0021, 2]);
}

export function localHeader(path: string): Buffer {
  const start = fields([0x0403_4b50, 4]);
  const sizes = fields([0, 4], [0, 4], [0, 4], [path.length, 2], [0, 2]);
  return Buffer.concat([start, shared(20), sizes, Buffer.from(path, 'latin1')]);
}

/** Where the packed bytes of a file begin. */
export function dataAt({ at, path }: ArchiveEntry): number {
  return at + LOCAL_BYTES + path.length;
}

export function descriptor({ crc32, bytes, packedBytes }: ArchiveEntry): Buffer {
  const width = bytes > MAX_32 || packedBytes > MAX_32 ? 8 : 4;
  return fields([0x0807_4b50, 4], [crc32, 4], [packedBytes, width], [bytes, width]);
}

/** Where a file ends, with its descriptor. */
export function endOf(entry: ArchiveEntry): number {
  return dataAt(entry) + entry.packedBytes + descriptor(entry).length;
}

export function centralHeader({ path, bytes, packedBytes, crc32, at }: ArchiveEntry): Buffer {
  const large = bytes > MAX_32 || packedBytes > MAX_32 || at > MAX_32;
  const extra = large ? fields([1, 2], [24, 2], [bytes, 8], [packedBytes, 8], [at, 8]) : Buffer.alloc(0);
  const or = (value: number): number => (large ? MAX_32 : value);
  return Buffer.concat([
    fields([0x0201_4b50, 4], [0x032d, 2]),
    shared(large ? 45 : 20),
    fields([crc32, 4], [or(packedBytes), 4], [or(bytes), 4], [path.length, 2], [extra.length, 2], [0, 2]),
    // An ordinary file that its owner writes and all read.
    fields([0, 2], [0, 2], [0x81a4_0020, 4], [or(at), 4]),
    Buffer.from(path, 'latin1'),
    extra,
  ]);
}

/** What follows the headers of the central directory. */
export function endRecords(count: number, at: number, bytes: number): Buffer {
  const large = count > MAX_16 || at > MAX_32 || bytes > MAX_32;
  const end = fields([0x0605_4b50, 4], [0, 2], [0, 2]);
  if (!large) return Buffer.concat([end, fields([count, 2], [count, 2], [bytes, 4], [at, 4], [0, 2])]);
  return Buffer.concat([
    fields([0x0606_4b50, 4], [44, 8], [45, 2], [45, 2], [0, 4], [0, 4], [count, 8], [count, 8], [bytes, 8], [at, 8]),
    fields([0x0706_4b50, 4], [0, 4], [at + bytes, 8], [1, 4]),
    Buffer.concat([end, fields([MAX_16, 2], [MAX_16, 2], [MAX_32, 4], [MAX_32, 4], [0, 2])]),
  ]);
}

function fields(...values: readonly (readonly [value: number, width: 2 | 4 | 8])[]): Buffer {
  // Every byte of it is written.
  const buffer = Buffer.allocUnsafe(values.reduce((sum, [, width]) => sum + width, 0));
  let at = 0;
  for (const [value, width] of values) {
    if (width === 8) buffer.writeBigUInt64LE(BigInt(value), at);
    else buffer.writeUIntLE(value, at, width);
    at += width;
  }
  return buffer;
}
