import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CarryallError } from '../errors.ts';
import { newId } from '../ids.ts';

const BYTES = 32;

/**
 * The 32 random bytes of a file of `folder` that only its owner reads, made on first use. Throws KEYS_INVALID for a file
 * that holds something else.
 */
export async function readSecretFile(folder: string, name: string): Promise<Buffer> {
  const path = join(folder, name);
  const secret = await readFile(path, 'utf8').catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    await make(folder, path);
    return readFile(path, 'utf8');
  });
  const bytes = Buffer.from(secret, 'base64');
  if (bytes.length === BYTES) return bytes;
  throw new CarryallError('KEYS_INVALID', `${path} must hold ${BYTES} bytes in base 64. Restore it from a backup.`);
}

// Whole or not there: of two that start at once one makes the key, and neither reads half of it.
async function make(folder: string, path: string): Promise<void> {
  const made = join(folder, `.${newId('key')}`);
  await mkdir(folder, { recursive: true });
  await writeFile(made, randomBytes(BYTES).toString('base64'), { flag: 'wx', mode: 0o600, flush: true });
  try {
    await link(made, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(made);
  }
}
