/** What opens a sealed file: identities as age-keygen makes them (`AGE-SECRET-KEY-…`), or the passphrase. */
export type UnsealKey =
  | { readonly kind: 'IDENTITIES'; readonly identities: readonly string[] }
  | { readonly kind: 'PASSPHRASE'; readonly passphrase: string };

const MAGIC = Buffer.from('age-encryption.org/');

/** Whether a file that begins so is sealed; 19 bytes tell. A file in age's text form (armour) is not. */
export function isSealed(firstBytes: Uint8Array): boolean {
  return MAGIC.equals(firstBytes.subarray(0, MAGIC.length));
}
