import { crc32, deflateRawSync } from 'node:zlib';

/** A file of an archive that may be wrong in every way. */
export interface HostilePart {
  readonly path: string;
  readonly content: Buffer;
  /** What the header before the file calls it. */
  readonly localPath?: string;
  readonly packed?: Buffer;
  readonly bytes?: number;
  readonly flags?: number;
  readonly method?: number;
  readonly attributes?: number;
  readonly extra?: Buffer;
  /** Where the directory says that it begins; otherwise where it does. */
  readonly at?: number;
  /** How often the directory has it. */
  readonly times?: number;
}

/** Writes an archive as its directory wants it, right or wrong. */
export function hostileArchive(
  parts: readonly HostilePart[],
  prefix = Buffer.alloc(0),
  suffix = Buffer.alloc(0),
): Buffer {
  const files: Buffer[] = [prefix];
  const directory: Buffer[] = [];
  let at = prefix.length;
  for (const part of parts) {
    const packed = part.packed ?? deflateRawSync(part.content, { level: 6 });
    const sum = crc32(part.content);
    const bytes = part.bytes ?? part.content.length;
    const shared = fields([20, 2], [part.flags ?? 8, 2], [part.method ?? 8, 2], [0, 2], [0x21, 2]);
    const local = Buffer.from(part.localPath ?? part.path);
    const name = Buffer.from(part.path);
    const extra = part.extra ?? Buffer.alloc(0);
    const whole = Buffer.concat([
      fields([0x04034b50, 4]),
      shared,
      fields([0, 4], [0, 4], [0, 4], [local.length, 2], [0, 2]),
      local,
      packed,
      fields([0x08074b50, 4], [sum, 4], [packed.length, 4], [bytes, 4]),
    ]);
    const entry = Buffer.concat([
      fields([0x02014b50, 4], [0x032d, 2]),
      shared,
      fields([sum, 4], [packed.length, 4], [bytes, 4], [name.length, 2], [extra.length, 2], [0, 2]),
      fields([0, 2], [0, 2], [part.attributes ?? 0x81a40020, 4], [part.at ?? at, 4]),
      name,
      extra,
    ]);
    for (let time = 0; time < (part.times ?? 1); time += 1) directory.push(entry);
    files.push(whole);
    at += whole.length;
  }
  const central = Buffer.concat(directory);
  const count = Math.min(directory.length, 0xffff);
  const end = fields([0x06054b50, 4], [0, 4], [count, 2], [count, 2], [central.length, 4], [at, 4], [0, 2]);
  return Buffer.concat([...files, central, end, suffix]);
}

/** An archive of so many empty files, as ZIP64 has it; well-formed otherwise. */
export function archiveOfMany(count: number): Buffer {
  const name = (index: number): string => `files/x/${index.toString().padStart(8, '0')}.bin`;
  const packed = deflateRawSync(Buffer.alloc(0));
  const shared = fields([20, 2], [8, 2], [8, 2], [0, 2], [0x21, 2]);
  const localBytes = 30 + name(0).length + packed.length + 16;
  const centralBytes = 46 + name(0).length;
  const bytes = Buffer.alloc(count * (localBytes + centralBytes));
  const central = count * localBytes;
  const local = Buffer.concat([
    fields([0x04034b50, 4]),
    shared,
    fields([0, 4], [0, 4], [0, 4], [name(0).length, 2], [0, 2]),
    Buffer.from(name(0)),
    packed,
    fields([0x08074b50, 4], [0, 4], [packed.length, 4], [0, 4]),
  ]);
  const entry = Buffer.concat([
    fields([0x02014b50, 4], [0x032d, 2]),
    shared,
    fields([0, 4], [packed.length, 4], [0, 4], [name(0).length, 2], [0, 4]),
    fields([0, 2], [0, 2], [0x81a40020, 4], [0, 4]),
    Buffer.from(name(0)),
  ]);
  for (let index = 0; index < count; index += 1) {
    local.copy(bytes, index * localBytes);
    bytes.write(name(index), index * localBytes + 30, 'latin1');
    const at = central + index * centralBytes;
    entry.copy(bytes, at);
    bytes.writeUInt32LE(index * localBytes, at + 42);
    bytes.write(name(index), at + 46, 'latin1');
  }
  return Buffer.concat([bytes, zip64End(count, central, count * centralBytes)]);
}

/** The end of an archive in the form of ZIP64, true or not. */
export function zip64End(count: number, at: number, bytes: number): Buffer {
  const wide = (value: number): [number, number][] => [
    [value, 6],
    [0, 2],
  ];
  return Buffer.concat([
    fields([0x06064b50, 4], ...wide(44), [45, 2], [45, 2], [0, 4], [0, 4]),
    fields(...wide(count), ...wide(count), ...wide(bytes), ...wide(at)),
    fields([0x07064b50, 4], [0, 4], ...wide(at + bytes), [1, 4]),
    fields([0x06054b50, 4], [0, 4], [0xffff, 2], [0xffff, 2], [0xffffffff, 4], [0xffffffff, 4], [0, 2]),
  ]);
}

/** Little-endian fields, one after another. */
export function fields(...values: readonly (readonly [value: number, width: number])[]): Buffer {
  return Buffer.concat(
    values.map(([value, width]) => {
      const field = Buffer.alloc(width);
      field.writeUIntLE(value, 0, width);
      return field;
    }),
  );
}
