import { createHmac, createSecretKey } from 'node:crypto';
import { generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AUDIENCE, type TestIssuer } from './issuer.ts';
import { outcome, REFUSED, type TestIdentity } from './open-identity.ts';
import { openStanding, SUPPORT, type Standing } from './standing.ts';

let standing: Standing;
let issuer: TestIssuer;
let at: TestIdentity;
let seconds: number;
beforeAll(async () => {
  standing = await openStanding();
  ({ issuer, at, seconds } = standing);
});
afterAll(() => standing[Symbol.asyncDispose]());

const by = (token: string): Promise<unknown> => standing.by(token);

/** A token of any header and claims, signed by `sign` or not at all. */
function forge(header: object, claims: object, sign: (text: string) => string = () => ''): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part(header)}.${part(claims)}`;
  return `${text}.${sign(text)}`;
}

async function claimsOf(): Promise<Record<string, unknown>> {
  const [, payload = ''] = (await issuer.sign()).split('.');
  return JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
}

test('a token in order is known by its claims', async () => {
  expect(await by(await issuer.sign())).toEqual(SUPPORT);
});

test('A-01: a token without a signature is nobody', async () => {
  const claims = await claimsOf();
  for (const alg of ['none', 'None', 'NONE', ''])
    expect(await by(forge({ alg, typ: 'at+jwt', kid: 'k1' }, claims))).toBe(REFUSED);
});

test('A-02: a token signed with the public key as if it were a secret is nobody', async () => {
  const claims = await claimsOf();
  const secrets = [issuer.publicPem, issuer.publicPem.trim(), issuer.publicPem.replaceAll('\n', '')];
  for (const secret of secrets) {
    const token = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: 'k1' })
      .sign(createSecretKey(Buffer.from(secret)));
    expect(await by(token)).toBe(REFUSED);
    const hmac = (text: string): string => createHmac('sha256', secret).update(text).digest('base64url');
    expect(await by(forge({ alg: 'RS256', typ: 'at+jwt', kid: 'k1' }, claims, hmac))).toBe(REFUSED);
  }
});

test('A-02: a local token signed by an issuer, and an issuer’s by the local key, are nobody', async () => {
  const claims = await claimsOf();
  const hmac = (text: string): string => createHmac('sha256', at.secret).update(text).digest('base64url');
  expect(await by(forge({ alg: 'HS256', typ: 'at+jwt', kid: 'k1' }, claims, hmac))).toBe(REFUSED);
  const local = { iss: 'carryall', aud: 'carryall', kind: 'ADMINISTRATOR', nbf: seconds };
  expect(await by(await issuer.sign(local, { typ: 'carryall+jwt' }))).toBe(REFUSED);
});

test('a token of a key that the issuer does not have is nobody, even when the token brings the key', async () => {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = await crypto.subtle.exportKey('jwk', publicKey);
  expect(await by(await issuer.sign({}, {}, privateKey))).toBe(REFUSED);
  expect(await by(await issuer.sign({}, { jwk }, privateKey))).toBe(REFUSED);
  expect(await by(await issuer.sign({}, { kid: undefined, jku: 'https://evil.example/jwks' }, privateKey))).toBe(
    REFUSED,
  );
});

test.each<[string, Record<string, unknown>, Record<string, unknown>?]>([
  ['another issuer', { iss: 'https://other.example' }],
  ['an issuer that is ours but for a slash', { iss: 'http://127.0.0.1/' }],
  ['no issuer', { iss: undefined }],
  ['another audience', { aud: 'https://other.example' }],
  ['no audience', { aud: undefined }],
  ['the type of an ID token', {}, { typ: 'JWT' }],
  ['no type', {}, { typ: undefined }],
  ['the type of a logout token', {}, { typ: 'logout+jwt' }],
  ['a binding to a key of its holder', { cnf: { jkt: 'x'.repeat(43) } }],
])('A-03: a token with %s is nobody', async (_case, claims, header) => {
  expect(await by(await issuer.sign(claims, header))).toBe(REFUSED);
});

test.each<[string, Record<string, number | undefined>, boolean]>([
  ['exp 59 s ago', { exp: -59 }, true],
  ['exp 60 s ago', { exp: -60 }, false],
  ['exp 61 s ago', { exp: -61 }, false],
  ['no exp', { exp: undefined }, false],
  ['nbf 60 s ahead', { nbf: 60 }, true],
  ['nbf 61 s ahead', { nbf: 61 }, false],
  ['nbf 10 min ahead', { nbf: 600 }, false],
  ['iat 60 s ahead', { iat: 60 }, true],
  ['iat 61 s ahead', { iat: 61 }, false],
  ['iat far ahead', { iat: 10 ** 9 }, false],
  ['no iat', { iat: undefined }, false],
  ['iat a day and a minute ago', { iat: -86_460 }, true],
  ['iat more than that ago', { iat: -86_461 }, false],
])('A-04: of a token with %s', async (_case, times, good) => {
  const claims = Object.fromEntries(
    Object.entries(times).map(([name, offset]) => [name, offset === undefined ? undefined : seconds + offset]),
  );
  expect(await by(await issuer.sign(claims))).toEqual(good ? SUPPORT : REFUSED);
});

test('A-04: times that are no numbers are refused', async () => {
  for (const exp of [String(seconds + 300), null, [seconds + 300], {}])
    expect(await by(await issuer.sign({ exp }))).toBe(REFUSED);
});

test('A-06: large tokens and long lists of roles are refused before they are looked at', async () => {
  issuer.asked = 0;
  expect(await by(await issuer.sign({ padding: 'x'.repeat(64_000) }))).toBe(REFUSED);
  expect(await by(`${'a'.repeat(9000)}.b.c`)).toBe(REFUSED);
  expect(issuer.asked).toBe(0);
  // As many as the form allows; they all mean the same, and are too many to be anybody's.
  expect(await by(await issuer.sign({ realm: { roles: Array.from({ length: 1000 }, () => '') } }))).toBe(REFUSED);
  expect(await by(await issuer.sign({ realm: { roles: Array.from({ length: 101 }, () => 'support') } }))).toBe(REFUSED);
  expect(await by(await issuer.sign({ realm: { roles: Array.from({ length: 100 }, () => 'support') } }))).toEqual(
    SUPPORT,
  );
});

test('A-10: a token in the URL, in a body or in another header is no token', async () => {
  const token = await issuer.sign();
  const [route] = at.identity.routes.filter(({ path }) => path === '/auth/me');
  for (const name of ['access_token', 'token', 'authorization'])
    await expect(route?.handle(new Request(`http://localhost/auth/me?${name}=${token}`))).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
  for (const name of ['x-access-token', 'x-authorization', 'proxy-authorization', 'cookie'])
    expect(
      await outcome(at.identity, { [name]: name === 'cookie' ? `access_token=${token}` : `Bearer ${token}` }),
    ).toBe(REFUSED);
});

test('everything else in the Authorization header is refused in the same words', async () => {
  const token = await issuer.sign();
  const others = [
    '',
    'Bearer',
    'Bearer  ',
    token,
    `Basic ${token}`,
    `Bearer ${token} ${token}`,
    `Bearer ${token}, Bearer ${token}`,
  ];
  for (const authorization of [...others, 'Bearer a.b.c', 'Bearer a.b.c.d.e', 'Bearer ..', 'Bearer cak_'])
    expect(await outcome(at.identity, { authorization })).toBe(REFUSED);
});

test('a token in which any spare bit is changed is nobody', async () => {
  const token = await issuer.sign();
  const last = token.slice(-1);
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const others = alphabet
    .split('')
    .filter((sign) => sign !== last)
    .map((sign) => token.slice(0, -1) + sign);
  expect(new Set(await Promise.all(others.map(by)))).toEqual(new Set([REFUSED]));
});

test('an audience among others is ours', async () => {
  expect(await by(await issuer.sign({ aud: ['https://other.example', AUDIENCE] }))).toEqual(SUPPORT);
});
