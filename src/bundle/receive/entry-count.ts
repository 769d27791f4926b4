import { CarryallError } from '../../errors.ts';
import type { RandomAccess } from '../random-access.ts';

/** The most files that are taken in; a manifest of the largest size that is read lists not many more. */
const MOST_FILES = 250_000;

const END = { bytes: 22, signature: 0x0605_4b50, countAt: 10 };
const LOCATOR = { bytes: 20, signature: 0x0706_4b50, endAt: 8 };
const WIDE_END = { bytes: 56, signature: 0x0606_4b50, countAt: 32 };
const ELSEWHERE = 0xffff;

/**
 * Counts the files of a bundle, one volume after another, by the end of each archive alone, before a directory of any length
 * is read. Throws BAD_INPUT for more files than are taken in, and for an end that is not where Carryall writes it: then the
 * count might be another.
 */
export function fileCounter(): (path: string, archive: RandomAccess) => Promise<void> {
  let files = 0;
  return async (path, archive) => {
    files += await countOf(path, archive);
    if (files > MOST_FILES)
      throw new CarryallError('BAD_INPUT', `${path} holds ${files} files; up to ${MOST_FILES} are taken in.`);
  };
}

async function countOf(path: string, file: RandomAccess): Promise<number> {
  const { size } = file;
  const length = Math.min(size, END.bytes + LOCATOR.bytes + WIDE_END.bytes);
  const buffer = await file.read(size - length, length);
  const count = length < END.bytes ? null : countIn(buffer, size);
  if (count === null)
    throw new CarryallError('BAD_INPUT', `${path} is broken: it does not end as an archive of Carryall ends.`);
  return count;
}

function countIn(tail: Buffer, size: number): number | null {
  const end = tail.subarray(-END.bytes);
  if (end.readUInt32LE(0) !== END.signature) return null;
  const count = end.readUInt16LE(END.countAt);
  if (count !== ELSEWHERE) return count;
  if (tail.length < END.bytes + LOCATOR.bytes + WIDE_END.bytes) return null;
  const wide = tail.subarray(0, WIDE_END.bytes);
  const locator = tail.subarray(WIDE_END.bytes, WIDE_END.bytes + LOCATOR.bytes);
  const isHere =
    locator.readUInt32LE(0) === LOCATOR.signature &&
    wide.readUInt32LE(0) === WIDE_END.signature &&
    locator.readBigUInt64LE(LOCATOR.endAt) === BigInt(size - tail.length);
  return isHere ? Number(wide.readBigUInt64LE(WIDE_END.countAt)) : null;
}
