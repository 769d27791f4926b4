import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readSecretFile } from '../audit/secret-file.ts';
import { LONGEST_LINK_SECONDS } from './limits.ts';

/** A key of the ring. */
export interface LinkKey {
  readonly kid: string;
  readonly secret: Uint8Array;
}

/** The keys that sign links: a folder of files `1.key`, `2.key`, … of which the last signs and all are believed. */
export interface LinkKeys {
  /** The key that signs; the first one is made on first use. Throws KEYS_INVALID. */
  active(): Promise<LinkKey>;
  /** Null for a key that there is not. Throws KEYS_INVALID. */
  find(kid: string): Promise<LinkKey | null>;
  /** Makes a new key that signs from now on, and removes those that can have signed no link that is still good. */
  rotate(now: Date): Promise<LinkKey>;
}

const KEY_FILE = /^([1-9]\d{0,5})\.key$/;

/** Opens the ring below a data folder. Processes that share the folder see each other's keys. */
export function openLinkKeys(dataFolder: string): LinkKeys {
  const folder = join(dataFolder, 'link-keys');
  const known = new Map<string, LinkKey>();
  const pathOf = (number: number): string => join(folder, `${number}.key`);
  const read = async (number: number): Promise<LinkKey> => {
    const kid = String(number);
    const key = known.get(kid) ?? { kid, secret: await readSecretFile(folder, `${kid}.key`) };
    known.set(kid, key);
    return key;
  };
  return {
    active: async () => read((await numbersIn(folder)).at(-1) ?? 1),
    async find(kid) {
      const number = (await numbersIn(folder)).find((each) => String(each) === kid);
      // Asked for by its name only when it is there: reading makes what is missing.
      return number === undefined ? null : read(number);
    },
    async rotate(now) {
      const numbers = await numbersIn(folder);
      const key = await read((numbers.at(-1) ?? 0) + 1);
      for (const [index, number] of numbers.entries()) {
        const successor = numbers[index + 1];
        if (successor === undefined) continue;
        const { mtime } = await stat(pathOf(successor));
        if (now.getTime() - mtime.getTime() <= LONGEST_LINK_SECONDS * 1000) continue;
        await rm(pathOf(number), { force: true });
        known.delete(String(number));
      }
      return key;
    },
  };
}

/** The numbers of the keys, the oldest first. */
async function numbersIn(folder: string): Promise<readonly number[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names
    .flatMap((name) => KEY_FILE.exec(name)?.[1] ?? [])
    .map(Number)
    .toSorted((one, other) => one - other);
}
