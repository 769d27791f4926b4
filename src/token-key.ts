import { readSecretFile } from './audit/secret-file.ts';

/** The key that signs tokens: a file of the data folder that only its owner reads, made on first use. Throws KEYS_INVALID. */
export async function readTokenKey(dataFolder: string): Promise<{ readonly secret: Uint8Array }> {
  return { secret: await readSecretFile(dataFolder, 'token.key') };
}
