import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { canonicalBytes } from '../../src/bundle/sign/canonical.ts';
import { checkSignature } from '../../src/bundle/sign/jws.ts';
import { openSigningKeys, rotateKeys, type KeyPlace, type SigningKeys } from '../../src/bundle/sign/signing-keys.ts';
import { openBlobFolder } from '../../src/store/blobs.ts';
import { openGateway, type TestGateway } from '../graphql/open-gateway.ts';
import { addPerson, subject } from '../graphql/people.ts';
import { openTemporaryFolder } from '../support/temporary-folder.ts';

const folder = openTemporaryFolder();
const place: KeyPlace = { path: join(folder.path, 'signing'), owner: 'CARRYALL', activeKid: undefined };
let signing: SigningKeys;
let at: TestGateway;
const faults: unknown[] = [];

beforeAll(async () => {
  signing = openSigningKeys(place);
  const bundles = { blobs: openBlobFolder(tmpdir()), workFolder: tmpdir(), signing };
  at = await openGateway({ bundles, onFault: (error) => faults.push(error) });
  await addPerson(at.prisma, 'cp', 'ann');
});

afterAll(async () => {
  await at[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

const ask = (init?: RequestInit): Promise<Response> =>
  at.gateway.fetch(new Request('http://localhost/.well-known/jwks.json', init));

interface Jwks {
  readonly keys: readonly Readonly<Record<string, string>>[];
}

test('everybody may read the public keys, and caches may keep them for a while', async () => {
  const response = await ask();
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/jwk-set+json');
  expect(response.headers.get('cache-control')).toBe('public, max-age=300');
  const { keys } = (await response.json()) as Jwks;
  expect(keys.map(({ kid }) => kid)).toEqual([(await signing.active()).kid]);
  for (const key of keys) expect(Object.keys(key).toSorted()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x']);
});

test('they are read only', async () => {
  for (const method of ['POST', 'PUT', 'DELETE']) expect((await ask({ method })).status).toBe(404);
});

test('after a rotation both are there, the new one first, without a restart', async () => {
  const { kid } = await signing.active();
  const { active } = await rotateKeys(place);
  const { keys } = (await (await ask()).json()) as Jwks;
  expect(keys.map((key) => key['kid'])).toEqual([active.kid, kid]);
});

test('a bundle inside an answer has a signature that holds over its manifest, however it was written since', async () => {
  const answer = await at.ask(subject('cp', 'ann'), '{ subject(id: "ann") { bundle(scope: ACCESS) } }');
  const { manifest, signature } = (answer.data as { subject: { bundle: Record<string, unknown> } }).subject.bundle;
  const keys = await signing.published();
  expect(await checkSignature(signature as string, canonicalBytes(manifest), keys)).toEqual({ kid: keys[0]?.kid });
  const changed = canonicalBytes({ ...(manifest as object), scope: 'PORTABILITY' });
  expect(await checkSignature(signature as string, changed, keys)).toHaveProperty('reason');
});

test('keys that are broken are a fault of ours, of which a client is told nothing', async () => {
  const { writeFileSync, rmSync } = await import('node:fs');
  const path = join(place.path, '000009.jwk');
  const { d } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  writeFileSync(path, `{"kty":"OKP","d":"${d}"}`);
  const response = await ask();
  const text = await response.text();
  rmSync(path);
  expect(response.status).toBe(500);
  expect(text).toContain('INTERNAL');
  for (const told of [place.path, d ?? '', 'KEYS_INVALID']) expect(text).not.toContain(told);
  expect(faults).toContainEqual(expect.objectContaining({ code: 'KEYS_INVALID' }));
});
