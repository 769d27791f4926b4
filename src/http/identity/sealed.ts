import { hkdfSync } from 'node:crypto';
import { EncryptJWT, jwtDecrypt } from 'jose';
import type { z } from 'zod';
import { CarryallError } from '../../errors.ts';
import { isCanonical } from './compact.ts';

/** A value that browsers carry and cannot read, change or make up: a JWE under a key of this gateway. */
export interface Seal<T> {
  close(value: T, expiresAt: Date): Promise<string>;
  /** Null for what was not sealed here and for this use, was changed in any bit, or has expired. */
  open(text: string, now: Date): Promise<T | null>;
}

const ENCRYPTION = { alg: 'dir', enc: 'A256GCM' } as const;
const SHORTEST_SECRET_BYTES = 32;

/** A seal for one use. Each has a key of its own, derived from `secret`. Throws BAD_INPUT for a secret that is too short. */
export function createSeal<T extends object>(secret: Uint8Array, use: string, schema: z.ZodType<T>): Seal<T> {
  if (secret.byteLength < SHORTEST_SECRET_BYTES)
    throw new CarryallError('BAD_INPUT', `The secret that seals cookies has at least ${SHORTEST_SECRET_BYTES} bytes.`);
  const key = new Uint8Array(hkdfSync('sha256', secret, '', `carryall ${use}`, 32));
  return {
    close: (value, expiresAt) =>
      new EncryptJWT({ value }).setProtectedHeader(ENCRYPTION).setExpirationTime(expiresAt).encrypt(key),
    async open(text, now) {
      if (!isCanonical(text)) return null;
      try {
        const { payload } = await jwtDecrypt(text, key, {
          keyManagementAlgorithms: [ENCRYPTION.alg],
          contentEncryptionAlgorithms: [ENCRYPTION.enc],
          requiredClaims: ['exp'],
          currentDate: now,
        });
        return schema.safeParse(payload['value']).data ?? null;
      } catch {
        return null;
      }
    },
  };
}
