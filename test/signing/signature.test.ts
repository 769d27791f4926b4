import { execFileSync } from 'node:child_process';
import { createHmac, createPublicKey, sign } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canonicalBytes } from '../../src/bundle/sign/canonical.ts';
import { signerOf } from '../../src/bundle/sign/jws.ts';
import { publicX } from '../../src/bundle/sign/key-file.ts';
import { verifyBundle } from '../../src/bundle/verify.ts';
import { newKey, openSignedBundles, readZip, replace, rewrite, type SignedBundles } from './signed-bundles.ts';

let bundles: SignedBundles;

beforeAll(async () => {
  bundles = await openSignedBundles();
});

afterAll(() => bundles[Symbol.asyncDispose]());

const base64url = (value: string | Buffer): string => Buffer.from(value).toString('base64url');

interface Signed {
  readonly manifest: unknown;
  readonly jws: string;
}

async function inArchive(): Promise<Signed> {
  const entries = await readZip(bundles.zip);
  const text = (path: string): string => entries.get(path)?.toString('utf8') ?? '';
  return { manifest: JSON.parse(text('manifest.json')), jws: text('manifest.jws') };
}

function inDocument(): Signed {
  const { manifest, signature } = JSON.parse(bundles.document.toString('utf8')) as Record<string, unknown>;
  return { manifest, jws: signature as string };
}

describe.each(['ZIP', 'JSON'] as const)('the signature of a %s', (format) => {
  const signed = async (): Promise<Signed> => (format === 'ZIP' ? inArchive() : inDocument());

  test('is a detached JWS whose header names the algorithm, the type and the key, and nothing else', async () => {
    const [header = '', payload, signature = ''] = (await signed()).jws.split('.');
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({
      alg: 'EdDSA',
      kid: bundles.key.kid,
      typ: 'carryall-manifest+jws',
    });
    expect(payload).toBe('');
    expect(Buffer.from(signature, 'base64url')).toHaveLength(64);
  });

  test('Z-18: holds for openssl, which knows nothing of us', async () => {
    const { manifest, jws } = await signed();
    const [header, , signature = ''] = jws.split('.');
    const file = (name: string, content: string | Buffer): string => {
      const path = join(bundles.at.folder, `${format}-${name}`);
      writeFileSync(path, content);
      return path;
    };
    const key = file('key.pem', bundles.key.key.export({ format: 'pem', type: 'spki' }));
    const sig = file('sig', Buffer.from(signature, 'base64url'));
    const check = (input: string): string =>
      execFileSync(
        'openssl',
        ['pkeyutl', '-verify', '-pubin', '-inkey', key, '-rawin', '-in', input, '-sigfile', sig],
        {
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'pipe'],
        },
      );
    const payload = canonicalBytes(manifest);
    expect(check(file('input', `${header}.${base64url(payload)}`))).toContain('Verified Successfully');
    expect(() => check(file('other', `${header}.${base64url(`${payload.toString()} `)}`))).toThrow();
  });

  test('is held by the key that made it, and told with it', async () => {
    const path = await bundles.save(format === 'ZIP' ? bundles.zip : bundles.document);
    expect(await verifyBundle(path, { keys: [await newKey(), bundles.key] })).toMatchObject({
      faults: [],
      signature: { state: 'HELD', kid: bundles.key.kid },
    });
    expect((await verifyBundle(path)).signature).toEqual({ state: 'UNCHECKED' });
  });

  test('is the last thing in it, right after the manifest', async () => {
    const { jws } = await signed();
    if (format === 'JSON') expect(bundles.document.toString().endsWith(`,\n"signature":"${jws}"\n}\n`)).toBe(true);
    else expect([...(await readZip(bundles.zip)).keys()].slice(-2)).toEqual(['manifest.json', 'manifest.jws']);
  });

  test('changes nothing of the manifest', async () => {
    const unsigned = await bundles.build(format, undefined);
    const manifest =
      format === 'ZIP'
        ? JSON.parse((await readZip(unsigned)).get('manifest.json')?.toString() ?? '')
        : (JSON.parse(unsigned.toString()) as { manifest: unknown }).manifest;
    const { manifest: ours } = await signed();
    const snapshot = { snapshot: null };
    expect({ ...(manifest as object), ...snapshot }).toEqual({ ...(ours as object), ...snapshot });
    expect(JSON.stringify(ours)).not.toContain('manifest.jws');
    expect(await bundles.faultsOf(unsigned)).toEqual([
      { path: 'manifest.jws', reason: expect.stringContaining('not signed') as string },
    ]);
  });
});

test('the same key signs the same bytes the same way', async () => {
  const signer = signerOf(bundles.key);
  expect(await signer.sign(Buffer.from('{}'))).toBe(await signer.sign(Buffer.from('{}')));
  expect(await signer.sign(Buffer.from('{}'))).not.toBe(await signer.sign(Buffer.from('[]')));
});

/** Signatures that a check must not take, by what is wrong with them. */
async function forgeries(manifest: unknown): Promise<Record<string, string>> {
  const { kid, secret, key } = bundles.key;
  const payload = base64url(canonicalBytes(manifest));
  const other = await newKey();
  const good = { alg: 'EdDSA', kid, typ: 'carryall-manifest+jws' };
  const by = (header: object, secretKey = secret, content = payload): string => {
    const input = `${base64url(JSON.stringify(header))}.${content}`;
    return `${base64url(JSON.stringify(header))}..${base64url(sign(null, Buffer.from(input), secretKey))}`;
  };
  const hmac = (secretBytes: Buffer | string): string => {
    const header = base64url(JSON.stringify({ ...good, alg: 'HS256' }));
    return `${header}..${createHmac('sha256', secretBytes).update(`${header}.${payload}`).digest('base64url')}`;
  };
  const [header, , signature = ''] = by(good).split('.');
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: publicX(other.key) };
  // The last character of 64 bytes has four bits to spare.
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const spare = alphabet[alphabet.indexOf(signature.at(-1) ?? '') + 1] ?? '';
  return {
    'alg none': `${base64url(JSON.stringify({ ...good, alg: 'none' }))}..`,
    'alg none with a signature': `${base64url(JSON.stringify({ ...good, alg: 'none' }))}..${signature}`,
    'HS256 with the public key as PEM': hmac(key.export({ format: 'pem', type: 'spki' })),
    'HS256 with the public key as DER': hmac(key.export({ format: 'der', type: 'spki' })),
    'HS256 with the public key as x': hmac(Buffer.from(publicX(key), 'base64url')),
    'another key under the kid of ours': by(good, other.secret),
    'another key under its own kid': by({ ...good, kid: other.kid }, other.secret),
    'a key that the header brings along': by({ ...good, kid: other.kid, jwk }, other.secret),
    'an address to fetch keys from': by({ ...good, jku: 'https://evil.example/jwks.json' }),
    'our key under another kid': by({ ...good, kid: other.kid }),
    'our key without a kid': by({ alg: 'EdDSA', typ: good.typ }),
    'another type of payload': by({ ...good, typ: 'JWT' }),
    'no type': by({ alg: 'EdDSA', kid }),
    'a critical extension': by({ ...good, crit: ['exp'], exp: 1 }),
    'a payload that is not encoded (RFC 7797)': by(
      { ...good, b64: false, crit: ['b64'] },
      secret,
      canonicalBytes(manifest).toString(),
    ),
    'another payload': by(good, secret, base64url('{}')),
    'a payload that is not detached': `${header}.${payload}.${signature}`,
    'spare bits in the signature': `${header}..${signature.slice(0, -1)}${spare}`,
    'a signature that is cut': `${header}..${signature.slice(0, -4)}`,
    'a line end behind it': `${by(good)}\n`,
    nothing: '',
  };
}

test('Z-17: a signature made in any other way than ours is refused, in an archive and in a document', async () => {
  const archive = await inArchive();
  for (const [name, jws] of Object.entries(await forgeries(archive.manifest))) {
    const faults = await bundles.faultsOf(
      await rewrite(
        bundles.zip,
        replace('manifest.jws', () => jws),
      ),
    );
    expect(faults[0], name).toMatchObject({ path: 'manifest.jws' });
  }
  const document = inDocument();
  for (const [name, jws] of Object.entries(await forgeries(document.manifest))) {
    const text = bundles.document.toString('utf8').replace(document.jws, JSON.stringify(jws).slice(1, -1));
    const faults = await bundles.faultsOf(Buffer.from(text));
    expect(faults[0]?.path, name).toContain('manifest.jws');
  }
  // The same way of making them gives one that holds, so it is not the way that is refused.
  const { kid, secret, key } = bundles.key;
  expect(createPublicKey(secret).equals(key)).toBe(true);
  const header = base64url(JSON.stringify({ alg: 'EdDSA', kid, typ: 'carryall-manifest+jws' }));
  const input = `${header}.${base64url(canonicalBytes(archive.manifest))}`;
  const jws = `${header}..${base64url(sign(null, Buffer.from(input), secret))}`;
  expect(
    await bundles.faultsOf(
      await rewrite(
        bundles.zip,
        replace('manifest.jws', () => jws),
      ),
    ),
  ).toEqual([]);
});
