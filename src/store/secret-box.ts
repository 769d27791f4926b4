import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { CarryallError } from '../errors.ts';

/** Secrets as columns hold them: whoever has the database and not the key has nothing. */
export interface SecretBox {
  /** `place` says which row and column it is for: moved elsewhere, it does not open. */
  seal(secret: string, place: readonly string[]): Buffer;
  /** Throws KEYS_INVALID for what was not sealed with this key, for this use and place. */
  open(sealed: Uint8Array, place: readonly string[]): string;
}

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** A box for one use; its key is derived from a secret of 32 bytes or more. */
export function openSecretBox(secret: Uint8Array, use: string): SecretBox {
  const key = Buffer.from(hkdfSync('sha256', secret, '', `carryall.column.v1/${use}`, 32));
  const aad = (place: readonly string[]): Buffer => Buffer.from(JSON.stringify(place));
  return {
    seal(text, place) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, key, nonce).setAAD(aad(place));
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), body]);
    },
    open(sealed, place) {
      const bytes = Buffer.from(sealed);
      const body = bytes.subarray(NONCE_BYTES + TAG_BYTES);
      try {
        const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
        decipher.setAAD(aad(place)).setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
        return decipher.update(body, undefined, 'utf8') + decipher.final('utf8');
      } catch (cause) {
        throw new CarryallError(
          'KEYS_INVALID',
          `A ${use} secret does not open: restore token.key of the data folder from a backup, or make the secret anew.`,
          { cause },
        );
      }
    },
  };
}
