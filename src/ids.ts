import { hash, randomBytes } from 'node:crypto';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

function base32(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET[(value >> bits) & 31];
    }
    value &= (1 << bits) - 1;
  }
  return text;
}

/** A new opaque id: `sub_` and 120 random bits in Crockford base 32. */
export function newId(prefix: string): string {
  return `${prefix}_${base32(randomBytes(15))}`;
}

/**
 * The id of a row that another system already names: the same (tenant, source, key) always gives the same id,
 * which is what makes an import idempotent, and the id tells nothing of the key.
 */
export function derivedId(prefix: string, ...parts: readonly string[]): string {
  const digest = hash('sha256', JSON.stringify(parts), 'buffer');
  return `${prefix}_${base32(digest.subarray(0, 15))}`;
}
