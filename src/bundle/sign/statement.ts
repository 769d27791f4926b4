import { compactVerify } from 'jose';
import { z } from 'zod';
import type { PublicKey } from './key-file.ts';

/** What is stated; one kind is never taken for another, nor for the signature of a bundle. */
export type StatementType =
  | 'carryall-transmission+jws'
  | 'carryall-receipt+jws'
  | 'carryall-request+jws'
  | 'carryall-request-status+jws';

const LONGEST = 8000;

const headerSchema = z.strictObject({ alg: z.literal('EdDSA'), kid: z.string().max(100), typ: z.string() });

/** By which key a statement says that it is signed; null for what is none of its type. */
export function signerOfStatement(jws: string, type: StatementType): string | null {
  if (jws.length > LONGEST || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(jws)) return null;
  const { success, data } = headerSchema.safeParse(jsonOf(Buffer.from(jws.split('.')[0] ?? '', 'base64url')));
  return success && data.typ === type ? data.kid : null;
}

/** What a statement of a type says, when one of the keys signed it; null otherwise. */
export async function readStatement(jws: string, type: StatementType, keys: readonly PublicKey[]): Promise<unknown> {
  const kid = signerOfStatement(jws, type);
  const known = keys.find((key) => key.kid === kid);
  if (known === undefined) return null;
  try {
    return jsonOf((await compactVerify(jws, known.key, { algorithms: ['EdDSA'] })).payload);
  } catch {
    return null;
  }
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8')) as unknown;
  } catch {
    return null;
  }
}
