import { createHmac, hkdfSync, randomInt, timingSafeEqual } from 'node:crypto';

/** One-time codes: made here, and known afterwards only to who gets them. */
export interface Codes {
  make(): string;
  /** What is kept of a code, for one challenge: of another request or tenant it is another. */
  digest(place: readonly string[], code: string): string;
}

/** Eight figures: 26 bits, of which five are tried. */
const DIGITS = 8;

/**
 * Codes whose digests are keyed: eight figures would be found from a plain digest in no time, so whoever has the database and not
 * the secret, of 32 bytes or more, finds none.
 */
export function openCodes(secret: Uint8Array): Codes {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'carryall.identity-code.v1', 32));
  return {
    make: () => String(randomInt(10 ** DIGITS)).padStart(DIGITS, '0'),
    digest: (place, code) =>
      createHmac('sha256', key)
        .update(JSON.stringify([...place, code]))
        .digest('hex'),
  };
}

/** The figures of what somebody typed; they may stand in groups. */
export function figuresOf(typed: string): string {
  return typed.replaceAll(/[\s-]/g, '').slice(0, 2 * DIGITS);
}

/** Whether two digests are the same; it takes as long when they are not. */
export function isSameDigest(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.byteLength === b.byteLength && timingSafeEqual(a, b);
}
