import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { CarryallError, type Fault } from '../../errors.ts';
import { newId } from '../../ids.ts';
import { parseKeys, publicX, type KeyPair } from './key-file.ts';

/** A key and the file that it came from. */
export interface StoredKey extends KeyPair {
  readonly file: string;
}

const READ = /^[^.].*\.(?:jwk|jwks|json|pem|key)$/;
const OWN = /^(\d{6})\.jwk$/;
const LARGEST_FILE = 256 * 1024;
const MOST_FILES = 200;

/**
 * The keys of a file or of all files of a folder, the newest first: files by their names, from the last to the first. Files
 * with other endings, and hidden ones, are not looked at. A folder that is not there has none. Throws KEYS_INVALID with
 * every fault at once.
 */
export async function readKeys(path: string): Promise<StoredKey[]> {
  const faults: Fault[] = [];
  const keys = new Map<string, StoredKey>();
  for (const file of await filesAt(path)) {
    const { keys: found, reasons } = await readKeyFile(file);
    faults.push(...reasons.map((reason) => ({ path: file, reason })));
    for (const key of found) {
      const known = keys.get(key.kid);
      // The same key in two files: the place of the first, the private half of whichever has it.
      if (known === undefined || (known.secret === null && key.secret !== null)) keys.set(key.kid, { ...key, file });
    }
  }
  if (faults.length > 0) throw new CarryallError('KEYS_INVALID', 'The signing keys are not usable.', { faults });
  return [...keys.values()];
}

async function filesAt(path: string): Promise<string[]> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => error);
  if (found instanceof Error) {
    if (found.code === 'ENOENT') return [];
    throw unusable(path, `cannot be read (${found.code ?? 'unknown'})`);
  }
  if (!found.isDirectory()) return [path];
  const names = await readdir(path).catch((error: NodeJS.ErrnoException) => {
    throw unusable(path, `cannot be read (${error.code ?? 'unknown'})`);
  });
  const read = names.filter((name) => READ.test(name));
  if (read.length > MOST_FILES) throw unusable(path, `holds more than ${MOST_FILES} files of keys`);
  return read
    .toSorted()
    .toReversed()
    .map((name) => join(path, name));
}

async function readKeyFile(file: string): ReturnType<typeof parseKeys> {
  try {
    if ((await stat(file)).size > LARGEST_FILE) return { keys: [], reasons: ['is too large for a file of keys'] };
    return await parseKeys(await readFile(file, 'utf8'));
  } catch (error) {
    return { keys: [], reasons: [`cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`] };
  }
}

/** A fault of one file, as the error that lists faults. */
export function unusable(path: string, reason: string): CarryallError {
  return new CarryallError('KEYS_INVALID', 'The signing keys are not usable.', { faults: [{ path, reason }] });
}

/**
 * Makes a key in Carryall's own folder, under the number after `last`. False when that number is taken: another process
 * was quicker, and its key is whole, since a file gets its name only when it is written.
 */
export async function makeKey(folder: string, last: number): Promise<boolean> {
  const { privateKey } = generateKeyPairSync('ed25519');
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const partial = await writeBeside(folder, jwkText(privateKey));
    try {
      await link(partial, join(folder, `${String(last + 1).padStart(6, '0')}.jwk`));
    } finally {
      await rm(partial, { force: true });
    }
    await syncFolder(folder);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    throw unusable(folder, `cannot take a new key (${code ?? 'unknown'})`);
  }
}

/** The highest number among Carryall's own keys; 0 where there is none. */
export function lastNumber(keys: readonly StoredKey[]): number {
  return Math.max(0, ...keys.map(({ file }) => Number(OWN.exec(basename(file))?.[1] ?? 0)));
}

/** Forgets the private half of a key that Carryall made; the public one stays where it is. */
export async function forgetSecret(folder: string, { file, key, secret }: StoredKey): Promise<void> {
  if (secret === null || !OWN.test(basename(file))) return;
  await rename(await writeBeside(folder, jwkText(key)), join(folder, basename(file)));
  await syncFolder(folder);
}

function jwkText(key: KeyObject): string {
  const { kty, crv, d } = key.export({ format: 'jwk' });
  const jwk = { kty, crv, x: publicX(key), ...(d === undefined ? {} : { d }), alg: 'EdDSA', use: 'sig' };
  return `${JSON.stringify(jwk, null, 2)}\n`;
}

async function writeBeside(folder: string, text: string): Promise<string> {
  const partial = join(folder, `.${newId('key')}`);
  await writeFile(partial, text, { flag: 'wx', mode: 0o600, flush: true });
  return partial;
}

async function syncFolder(folder: string): Promise<void> {
  await using handle = await open(folder);
  await handle.sync();
}
