import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint } from 'jose';
import { z } from 'zod';

/** A key that signatures are checked with; named by its thumbprint (RFC 7638), whatever others call it. */
export interface PublicKey {
  readonly kid: string;
  readonly key: KeyObject;
}

/** A key of a file; `secret` is there when the file holds the private half. */
export interface KeyPair extends PublicKey {
  readonly secret: KeyObject | null;
}

/** The keys of a file, and why others of it are none. No reason repeats anything of the file. */
export interface ParsedKeys {
  readonly keys: readonly KeyPair[];
  readonly reasons: readonly string[];
}

const PEM_BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[A-Za-z0-9+/=\s]+-----END \1-----/g;
const MOST_KEYS = 100;

const jwkSchema = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string(),
  d: z.string().optional(),
});

/** Reads the Ed25519 keys of a text: a JWK, a set of them (RFC 7517), or PEM (PKCS #8, SPKI). */
export async function parseKeys(text: string): Promise<ParsedKeys> {
  const keys: KeyPair[] = [];
  const reasons: string[] = [];
  const found = candidatesIn(text);
  if (typeof found === 'string') return { keys, reasons: [found] };
  for (const [index, candidate] of found.entries()) {
    const secretOrPublic = candidate();
    if (typeof secretOrPublic === 'string')
      reasons.push(found.length === 1 ? secretOrPublic : `key ${index + 1} ${secretOrPublic}`);
    else keys.push(await pairOf(secretOrPublic));
  }
  return { keys, reasons };
}

type Candidate = () => KeyObject | string;

function candidatesIn(text: string): readonly Candidate[] | string {
  if (!/^\s*\{/.test(text)) {
    const blocks = [...text.matchAll(PEM_BLOCK)].map(
      ([block, label]) =>
        () =>
          fromPem(block, label ?? ''),
    );
    return blocks.length === 0 ? 'is neither a JWK nor PEM' : limited(blocks);
  }
  try {
    const value = JSON.parse(text) as { readonly keys?: unknown };
    return limited((Array.isArray(value.keys) ? value.keys : [value]).map((jwk: unknown) => () => fromJwk(jwk)));
  } catch {
    return 'is not JSON';
  }
}

function limited(candidates: readonly Candidate[]): readonly Candidate[] | string {
  return candidates.length > MOST_KEYS ? `holds more than ${MOST_KEYS} keys` : candidates;
}

function fromPem(block: string, label: string): KeyObject | string {
  if (label === 'ENCRYPTED PRIVATE KEY') return 'is encrypted with a passphrase: Carryall asks for none';
  if (label !== 'PRIVATE KEY' && label !== 'PUBLIC KEY') return 'is neither PKCS #8 nor SPKI';
  return ed25519(() => (label === 'PRIVATE KEY' ? createPrivateKey(block) : createPublicKey(block)));
}

function fromJwk(value: unknown): KeyObject | string {
  const { success, data: jwk } = jwkSchema.safeParse(value);
  if (!success) return 'is not an Ed25519 key (kty OKP, crv Ed25519, x)';
  const { d, ...shared } = jwk;
  if (d === undefined) return ed25519(() => createPublicKey({ key: shared, format: 'jwk' }));
  const secret = ed25519(() => createPrivateKey({ key: { ...shared, d }, format: 'jwk' }));
  // The private half alone decides what is signed: a public half of another key would be published in vain.
  if (typeof secret !== 'string' && publicX(secret) !== jwk.x) return 'has an x that is not the public half of its d';
  return secret;
}

// What the library says of a broken key is dropped: it may quote it.
function ed25519(read: () => KeyObject): KeyObject | string {
  try {
    const key = read();
    return key.asymmetricKeyType === 'ed25519' ? key : 'is not an Ed25519 key';
  } catch {
    return 'is not a key that can be read';
  }
}

/** The public half as a JWK has it. */
export function publicX(key: KeyObject): string {
  return (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'jwk' }).x ?? '';
}

/** A key with its public half and its name. */
export async function pairOf(key: KeyObject): Promise<KeyPair> {
  const kid = await calculateJwkThumbprint({ kty: 'OKP', crv: 'Ed25519', x: publicX(key) });
  return key.type === 'private' ? { kid, key: createPublicKey(key), secret: key } : { kid, key, secret: null };
}
