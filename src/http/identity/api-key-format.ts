import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { newId } from '../../ids.ts';

/*
 *   cak_acme.3k9x…_5Hq…XbT1aB2c3
 *   │   │    │     │      └ six characters: CRC-32 of all before, so that a misspelt key costs no look-up
 *   │   │    │     └ 160 random bits
 *   │   │    └ the key's own id
 *   │   └ the tenant: rows are found within one, and whoever finds a lost key knows whose it is
 *   └ by which scanners for leaked secrets know it
 *
 * The secret has too many bits to be guessed from its digest, so a plain SHA-256 keeps it as well as a slow hash would.
 */

/** A key in its parts. */
export interface ParsedKey {
  readonly tenant: string;
  readonly id: string;
  readonly digest: string;
}

export const KEY_PREFIX = 'cak_';
const FORM = /^cak_([a-z][a-z0-9-]{1,62})\.([0-9a-z]{24})_[0-9A-Za-z]{27}([0-9A-Za-z]{6})$/;
const SECRET_BYTES = 20;
const SECRET_CHARACTERS = 27;
const CHECKSUM_CHARACTERS = 6;
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** A new key of a tenant: its text, which is shown once, and what is kept of it. */
export function makeKey(tenant: string): { readonly text: string; readonly kept: ParsedKey; readonly ending: string } {
  const id = newId('').slice(1);
  const secret = base62(BigInt(`0x${randomBytes(SECRET_BYTES).toString('hex')}`), SECRET_CHARACTERS);
  const body = `${KEY_PREFIX}${tenant}.${id}_${secret}`;
  const text = body + checksum(body);
  return { text, kept: { tenant, id, digest: digestOf(text) }, ending: text.slice(-4) };
}

/** The parts of a key; null for what is none, or misspelt. */
export function parseKey(text: string): ParsedKey | null {
  const [, tenant, id, sum] = FORM.exec(text) ?? [];
  if (tenant === undefined || id === undefined || sum !== checksum(text.slice(0, -CHECKSUM_CHARACTERS))) return null;
  return { tenant, id, digest: digestOf(text) };
}

/** True when two digests are the same; it takes as long when they are not. */
export function isSameDigest(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.byteLength === b.byteLength && timingSafeEqual(a, b);
}

function digestOf(text: string): string {
  return hash('sha256', text, 'base64url');
}

function checksum(text: string): string {
  return base62(BigInt(crc32(text)), CHECKSUM_CHARACTERS);
}

function base62(value: bigint, characters: number): string {
  let text = '';
  for (let rest = value; text.length < characters; rest /= 62n) text = ALPHABET.charAt(Number(rest % 62n)) + text;
  return text;
}
