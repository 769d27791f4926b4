/**
 * True for a token of parts in base64url, each written in the one way in which its bytes can be. Decoders ignore the spare
 * bits of a last character, so without this a token could be changed and still be the same.
 */
export function isCanonical(token: string): boolean {
  return token.split('.').every((part) => Buffer.from(part, 'base64url').toString('base64url') === part);
}
