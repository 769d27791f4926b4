import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { newId } from '../../ids.ts';
import type { RandomAccess } from '../random-access.ts';

// Counter mode: reading can begin anywhere. Each key hides one file, written once, so no part of the key stream is used
// twice; and the file has no name under which it could be changed.
const CIPHER = 'aes-256-ctr';
const BLOCK = 16;

/**
 * Keeps all of a stream to be read from anywhere: in a file of `folder` that has no name, under a key that only this process
 * has. What stays on the disk after the process, however that ends, can be read by nobody. Throws what breaks the stream,
 * and what the disk refuses.
 */
export async function hide(content: Readable, folder: string): Promise<RandomAccess> {
  const path = join(folder, `${newId('hidden')}.tmp`);
  const file = await open(path, 'wx+', 0o600);
  try {
    await rm(path);
    const key = randomBytes(32);
    await pipeline(content, createCipheriv(CIPHER, key, counterAt(0)), (hidden: AsyncIterable<Buffer>) =>
      file.writeFile(hidden),
    );
    const { size } = await file.stat();
    return {
      size,
      async read(at, length) {
        const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(length), 0, length, at);
        const decipher = createDecipheriv(CIPHER, key, counterAt(at));
        decipher.update(Buffer.alloc(at % BLOCK));
        return decipher.update(buffer.subarray(0, bytesRead));
      },
      [Symbol.asyncDispose]: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** The counter of the block in which byte `at` lies. */
function counterAt(at: number): Buffer {
  const counter = Buffer.alloc(BLOCK);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / BLOCK)), BLOCK / 2);
  return counter;
}
