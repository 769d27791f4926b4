import { readFile, stat } from 'node:fs/promises';
import { CarryallError } from '../../errors.ts';
import { unreadable } from '../unreadable.ts';
import { parseKeys, publicX, type PublicKey } from './key-file.ts';

const LARGEST_SET = 256 * 1024;
const PATIENCE_MS = 10_000;

/** One key of a set as it is published. */
export interface PublicJwk {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  readonly x: string;
  readonly kid: string;
  readonly alg: 'EdDSA';
  readonly use: 'sig';
}

/** The set of public keys (RFC 7517) by which others check signatures; built from the public halves alone. */
export function jwksOf(keys: readonly PublicKey[]): { readonly keys: readonly PublicJwk[] } {
  return {
    keys: keys.map(({ kid, key }) => ({
      kty: 'OKP',
      crv: 'Ed25519',
      x: publicX(key),
      kid,
      alg: 'EdDSA',
      use: 'sig',
    })),
  };
}

/** The keys of a set at an http(s) address or in a file (JWKS, JWK or PEM). Keys of other kinds are passed over. Throws BAD_INPUT. */
export async function fetchJwks(source: string): Promise<readonly PublicKey[]> {
  const text = /^https?:\/\//i.test(source) ? await fromUrl(source) : await fromFile(source);
  const { keys, reasons } = await parseKeys(text);
  if (keys.length > 0) return keys.map(({ kid, key }) => ({ kid, key }));
  throw new CarryallError('BAD_INPUT', `${source} holds no key that signatures of bundles are checked with.`, {
    faults: reasons.map((reason) => ({ path: source, reason })),
  });
}

async function fromFile(path: string): Promise<string> {
  try {
    if ((await stat(path)).size <= LARGEST_SET) return await readFile(path, 'utf8');
  } catch (cause) {
    throw unreadable(path, cause);
  }
  throw new CarryallError('BAD_INPUT', `${path} is too large for a set of keys.`);
}

async function fromUrl(url: string): Promise<string> {
  const fail = (reason: string, cause?: unknown): CarryallError =>
    new CarryallError('BAD_INPUT', `${url} gave no keys: ${reason}.`, { cause });
  try {
    // Whoever is asked answers, and nobody else: what is trusted does not move.
    const response = await fetch(url, {
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE_MS),
      headers: { accept: 'application/jwk-set+json, application/json' },
    });
    if (!response.ok) throw fail(`it answered ${response.status}`);
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of response.body ?? []) {
      bytes += chunk.length;
      if (bytes > LARGEST_SET) throw fail('it is too large for a set of keys');
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  } catch (error) {
    if (error instanceof CarryallError) throw error;
    throw fail(
      (error as Error).name === 'TimeoutError' ? 'it did not answer in time' : 'it could not be reached',
      error,
    );
  }
}
