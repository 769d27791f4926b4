import { readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LONGEST_LINK_SECONDS } from '../../src/delivery/limits.ts';
import { openLinkKeys } from '../../src/delivery/link-keys.ts';
import { readLink, signLink, type LinkClaims } from '../../src/delivery/link-token.ts';
import { subject } from '../graphql/people.ts';
import { openTemporaryFolder } from '../support/temporary-folder.ts';
import { openTestDelivery, type ReadyBundle, type TestDelivery } from './open-delivery.ts';

let on: TestDelivery;
let bundle: ReadyBundle;
let path: string;
let ann: Record<string, string>;

beforeAll(async () => {
  on = await openTestDelivery({ limits: { wrongLinks: Infinity } });
  bundle = await on.publish('ann');
  path = await on.link(bundle);
  ann = await on.as(subject('cp', 'ann'));
});

afterAll(() => on[Symbol.asyncDispose]());

const tokenIn = (of: string): string => of.split('/').at(-1) ?? '';
const partsOf = (token: string): unknown[] =>
  JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as unknown[];
/** The token with other claims and its old signature. */
const withClaims = (token: string, parts: readonly unknown[]): string =>
  `${Buffer.from(JSON.stringify(parts)).toString('base64url')}.${token.split('.')[1]}`;
const statusOf = async (token: string): Promise<number> => (await on.get(`/download/${token}`, ann)).status;

test('D-04: a link with any bit of its signature or claims turned is refused', async () => {
  const [claims = '', signature = ''] = tokenIn(path).split('.');
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  // A character of base64url is six bits; the last of a signature has two that stand for nothing, and count all the same.
  const turned = (text: string, bit: number): string => {
    const at = Math.floor(bit / 6);
    const other = alphabet[alphabet.indexOf(text[at] ?? '') ^ (1 << (bit % 6))];
    return `${text.slice(0, at)}${other}${text.slice(at + 1)}`;
  };
  for (let bit = 0; bit < signature.length * 6; bit += 1) {
    const { kind } = await readLink(on.desk.linkKeys, `${claims}.${turned(signature, bit)}`);
    expect([bit, kind]).toEqual([bit, 'FORGED']);
  }
  await fc.assert(
    fc.asyncProperty(fc.nat(claims.length * 6 - 1), async (bit) => {
      expect((await readLink(on.desk.linkKeys, `${turned(claims, bit)}.${signature}`)).kind).toBe('FORGED');
    }),
  );
  expect(await statusOf(`${claims}.${turned(signature, 257)}`)).toBe(403);
});

test.each([
  ['the version', 0, 2],
  ['the key', 1, '2'],
  ['the tenant', 2, 'other'],
  ['the link', 3, 'link_0'],
  ['the bundle', 4, 'bundle_0'],
  ['the request', 5, null],
  ['the person', 6, 'ben'],
  ['the end', 7, 4_000_000_000_000],
])('D-03: a link with %s changed is refused', async (_what, at, value) => {
  const token = tokenIn(path);
  expect(await statusOf(withClaims(token, partsOf(token).with(at, value)))).toBe(403);
});

test('D-06: the signature of one link is none of another, of the same person, or at another tenant', async () => {
  const others = [await on.publish('ann'), await on.publish('ann', { tenant: 'other' })];
  for (const other of others) {
    const token = tokenIn(await on.link(other));
    expect(await statusOf(withClaims(tokenIn(path), partsOf(token)))).toBe(403);
  }
});

test('D-09: signatures of every length are refused alike', async () => {
  const [claims = '', signature = ''] = tokenIn(path).split('.');
  for (const text of [signature.slice(0, -1), `${signature}A`, '', signature.slice(0, 20)])
    expect([text.length, await statusOf(`${claims}.${text}`)]).toEqual([text.length, 404]);
  expect(await statusOf(`${claims}.${signature.slice(0, 20)}${'A'.repeat(23)}`)).toBe(403);
});

test('what is signed is read again as it was, whatever it says', async () => {
  const id = fc.string({ minLength: 1, maxLength: 60, unit: 'grapheme' }).filter((text) => text.length <= 60);
  const claims: fc.Arbitrary<LinkClaims> = fc.record({
    tenantId: id,
    linkId: id,
    bundleId: id,
    requestId: fc.option(id),
    subjectId: id,
    expiresAt: fc.date({ min: new Date(1), max: new Date('9999-01-01'), noInvalidDate: true }),
  });
  await fc.assert(
    fc.asyncProperty(claims, async (given) => {
      const token = signLink(await on.desk.linkKeys.active(), given);
      fc.pre(token.length < 800);
      expect(await readLink(on.desk.linkKeys, token)).toEqual({ kind: 'GENUINE', claims: given });
    }),
  );
});

test('a new key signs at once, links of the old one stay good, and it goes when they cannot be good any more', async () => {
  using folder = openTemporaryFolder();
  const [keys, elsewhere] = [openLinkKeys(folder.path), openLinkKeys(folder.path)];
  const claims = {
    tenantId: 'cp',
    linkId: 'l',
    bundleId: 'b',
    requestId: 'r',
    subjectId: 's',
    expiresAt: new Date(1e12),
  };
  const kindOf = async (token: string): Promise<string> => (await readLink(openLinkKeys(folder.path), token)).kind;
  const old = signLink(await keys.active(), claims);
  expect((await elsewhere.active()).kid).toBe('1');
  await keys.rotate(new Date());
  expect((await elsewhere.active()).kid).toBe('2');
  expect([await kindOf(old), await kindOf(signLink(await elsewhere.active(), claims))]).toEqual(['GENUINE', 'GENUINE']);
  const longAgo = Date.now() / 1000 - LONGEST_LINK_SECONDS - 1;
  utimesSync(join(folder.path, 'link-keys', '2.key'), longAgo, longAgo);
  await keys.rotate(new Date());
  expect(readdirSync(join(folder.path, 'link-keys')).toSorted()).toEqual(['2.key', '3.key']);
  expect(await kindOf(old)).toBe('FORGED');
});
