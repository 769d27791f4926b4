import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newId } from './ids.ts';

const BYTES = 32;

/** The key that signs tokens: a file of the data folder that only its owner reads, made on first use. */
export async function readTokenKey(dataFolder: string): Promise<{ readonly secret: Uint8Array }> {
  const path = join(dataFolder, 'token.key');
  const made = join(dataFolder, `${newId('token')}.partial`);
  await mkdir(dataFolder, { recursive: true });
  await writeFile(made, randomBytes(BYTES).toString('base64'), { flag: 'wx', mode: 0o600, flush: true });
  try {
    // Whole or not there: of two that start at once one makes the key, and neither reads half of it.
    await link(made, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(made);
  }
  return { secret: Buffer.from(await readFile(path, 'utf8'), 'base64') };
}
