import { sign } from 'node:crypto';
import { CompactSign, compactVerify } from 'jose';
import { z } from 'zod';
import type { KeyPair, PublicKey } from './key-file.ts';
import type { StatementType } from './statement.ts';

/** What signs a manifest. */
export interface Signer {
  readonly kid: string;
  /** A detached JWS (RFC 7515, appendix F) over the payload: its header, two dots, its signature. */
  sign(payload: Uint8Array): Promise<string>;
  /** A whole JWS (RFC 7515, 3.1) over something that is stated to another controller. */
  state(type: StatementType, claims: object): Promise<string>;
}

/** How the check of a signature ended. */
export type SignatureCheck = { readonly kid: string } | { readonly reason: string };

const ALGORITHM = 'EdDSA';
const TYPE = 'carryall-manifest+jws';
const LONGEST = 2000;

/** A header of anything more would have to be understood (`crit`, `b64`) or ignored (`jwk`, `jku`, `x5u`). */
const headerSchema = z.strictObject({ alg: z.literal(ALGORITHM), kid: z.string().max(100), typ: z.literal(TYPE) });

/** A signer with a key. Throws TypeError for one without its private half. */
export function signerOf({ kid, secret }: KeyPair): Signer {
  if (secret === null) throw new TypeError('a public key cannot sign');
  return {
    kid,
    async sign(payload) {
      // A library would take longer to write the payload as a text than the key takes to sign it.
      const header = Buffer.from(JSON.stringify({ alg: ALGORITHM, kid, typ: TYPE })).toString('base64url');
      const signed = Buffer.from(`${header}.${Buffer.from(payload).toString('base64url')}`, 'latin1');
      return `${header}..${sign(null, signed, secret).toString('base64url')}`;
    },
    state: (type, claims) =>
      new CompactSign(Buffer.from(JSON.stringify(claims)))
        .setProtectedHeader({ alg: ALGORITHM, kid, typ: type })
        .sign(secret),
  };
}

/** Whether a detached JWS holds for the payload by one of the keys, and if not, why. */
export async function checkSignature(
  jws: string,
  payload: Uint8Array,
  keys: readonly PublicKey[],
): Promise<SignatureCheck> {
  const [, header, signature] = (jws.length <= LONGEST && /^([\w-]+)\.\.([\w-]+)$/.exec(jws)) || [];
  if (header === undefined || signature === undefined || !isExact(header) || !isExact(signature))
    return { reason: 'is not a detached JWS' };
  const parsed = headerSchema.safeParse(headerOf(header));
  if (!parsed.success) return { reason: `has a header other than alg ${ALGORITHM}, typ ${TYPE} and a kid` };
  const { kid } = parsed.data;
  const known = keys.find((each) => each.kid === kid);
  if (known === undefined)
    return { reason: `is by the key ${printable(kid)}, which is not among the ${keys.length} to check with` };
  try {
    const whole = `${header}.${Buffer.from(payload).toString('base64url')}.${signature}`;
    await compactVerify(whole, known.key, { algorithms: [ALGORITHM] });
    return { kid };
  } catch {
    return { reason: `is not a signature of this manifest by the key ${kid}` };
  }
}

/** Several texts decode to the same bytes when spare bits are not zero; only one of them is right. */
function isExact(part: string): boolean {
  return Buffer.from(part, 'base64url').toString('base64url') === part;
}

function headerOf(header: string): unknown {
  try {
    return JSON.parse(Buffer.from(header, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
}

function printable(text: string): string {
  return text.replaceAll(/[^\w-]/g, '?');
}
