import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const BYTES = 32;

/** The key that signs tokens: a file of the data folder that only its owner reads, made on first use. */
export async function readTokenKey(dataFolder: string): Promise<{ readonly secret: Uint8Array }> {
  const path = join(dataFolder, 'token.key');
  await mkdir(dataFolder, { recursive: true });
  try {
    const file = await open(path, 'wx', 0o600);
    await using _closing = file;
    const secret = randomBytes(BYTES);
    await file.writeFile(secret.toString('base64'));
    return { secret };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return { secret: Buffer.from(await readFile(path, 'utf8'), 'base64') };
  }
}
