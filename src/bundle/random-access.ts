import { open } from 'node:fs/promises';
import { CarryallError } from '../errors.ts';

/** Bytes that can be read from anywhere. */
export interface RandomAccess extends AsyncDisposable {
  readonly size: number;
  /** As many of the bytes as there are from there on. */
  read(at: number, length: number): Promise<Buffer>;
}

const PAGE = 256 * 1024;

/** Opens a file as it lies. */
export async function openFile(path: string): Promise<RandomAccess> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    return {
      size,
      async read(at, length) {
        const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(length), 0, length, at);
        return buffer.subarray(0, bytesRead);
      },
      [Symbol.asyncDispose]: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** The bytes from `start` up to `end`, as fast as they are taken. Throws BAD_INPUT where they end before. */
export async function* readRange(bytes: RandomAccess, start: number, end: number): AsyncGenerator<Buffer> {
  for (let at = start; at < end;) {
    const page = await bytes.read(at, Math.min(PAGE, end - at));
    if (page.length === 0) throw new CarryallError('BAD_INPUT', 'ends too soon');
    at += page.length;
    yield page;
  }
}
