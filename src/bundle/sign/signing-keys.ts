import { signerOf, type Signer } from './jws.ts';
import type { PublicKey } from './key-file.ts';
import { forgetSecret, lastNumber, makeKey, readKeys, unusable, type StoredKey } from './key-folder.ts';

/**
 * Where the keys are. One is active and signs; the others are only published, so that what they signed can still be
 * checked. In a folder of the operator's nothing is ever written; in Carryall's own the first key is made when it is
 * needed, and `rotateKeys` makes the next.
 */
export interface KeyPlace {
  readonly path: string;
  readonly owner: 'CARRYALL' | 'OPERATOR';
  /** The key that is active; undefined takes the newest. */
  readonly activeKid: string | undefined;
}

/** The keys of an installation. They are read anew each time: a rotation needs no restart. */
export interface SigningKeys {
  /** The key that signs now. Throws KEYS_INVALID. */
  active(): Promise<Signer>;
  /** Every public key, the active one first. Throws KEYS_INVALID. */
  published(): Promise<readonly PublicKey[]>;
}

export function openSigningKeys(place: KeyPlace): SigningKeys {
  const read = async (): Promise<Keys> => split(place, await readOrMake(place));
  return {
    active: async () => signerOf((await read()).active),
    async published() {
      const { active, others } = await read();
      return [active, ...others].map(({ kid, key }) => ({ kid, key }));
    },
  };
}

/** The public keys that are there, without making one. Throws KEYS_INVALID. */
export async function readPublicKeys({ path, owner }: KeyPlace): Promise<readonly PublicKey[]> {
  const found = await readKeys(path);
  if (owner === 'OPERATOR' && found.length === 0) throw unusable(path, 'holds no key');
  return found.map(({ kid, key }) => ({ kid, key }));
}

/** The keys as they are, the active one apart; makes the first of Carryall's own. Throws KEYS_INVALID. */
export async function listKeys(place: KeyPlace): Promise<Keys> {
  return split(place, await readOrMake(place));
}

/**
 * Makes a new key the active one. The older keys stay published and lose their private halves: what is not there cannot
 * sign in their name. Throws KEYS_INVALID where the operator keeps the keys.
 */
export async function rotateKeys(place: KeyPlace): Promise<Keys> {
  if (place.owner === 'OPERATOR')
    throw unusable(place.path, 'is kept by you: add the new key there, named to sort last');
  if (place.activeKid !== undefined)
    throw unusable(place.path, 'has its active key fixed by CARRYALL_SIGNING_KID: unset that first');
  const before = await readKeys(place.path);
  for (let last = lastNumber(before); !(await makeKey(place.path, last)); last += 1);
  // Only keys that were there before: of two rotations at once, neither takes the other's new key away.
  for (const key of before) await forgetSecret(place.path, key);
  return listKeys(place);
}

export interface Keys {
  readonly active: StoredKey;
  readonly others: readonly StoredKey[];
}

async function readOrMake(place: KeyPlace): Promise<StoredKey[]> {
  const found = await readKeys(place.path);
  if (place.owner === 'OPERATOR' || found.some(({ secret }) => secret !== null)) return found;
  // Whether this one is made or another process was quicker, there is one now.
  await makeKey(place.path, lastNumber(found));
  return readKeys(place.path);
}

function split({ path, activeKid }: KeyPlace, keys: readonly StoredKey[]): Keys {
  const active = keys.find(({ kid, secret }) => secret !== null && (activeKid === undefined || kid === activeKid));
  if (active === undefined)
    throw unusable(
      path,
      activeKid === undefined ? 'holds no private key' : 'holds no private key of CARRYALL_SIGNING_KID',
    );
  return { active, others: keys.filter(({ kid }) => kid !== active.kid) };
}
