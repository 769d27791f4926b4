import { expect, test } from 'vitest';
import { rememberVerified } from '../../src/http/identity/verified-tokens.ts';
import type { VerifiedToken } from '../../src/http/token.ts';

const at = (seconds: number): Date => new Date(seconds * 1000);
const verified = (goodUntil: number): VerifiedToken => ({
  actor: { kind: 'SUPPORT_AGENT', tenant: 'acme', staffId: 'agent' },
  issuedAt: at(0),
  goodUntil: at(goodUntil),
});

test('a token that was found genuine is known for half a minute, and no other is', () => {
  const tokens = rememberVerified();
  const agent = verified(1000);
  tokens.keep('a.b.c', agent, at(100));
  expect(tokens.find('a.b.c', at(129))).toBe(agent);
  expect(tokens.find('a.b.d', at(129))).toBeUndefined();
  expect(tokens.find('a.b.c', at(130))).toBeUndefined();
  // What was forgotten stays so.
  expect(tokens.find('a.b.c', at(129))).toBeUndefined();
});

test('a token is known no longer than it is in force', () => {
  const tokens = rememberVerified();
  tokens.keep('a.b.c', verified(105), at(100));
  expect(tokens.find('a.b.c', at(104))).toBeDefined();
  expect(tokens.find('a.b.c', at(105))).toBeUndefined();
});

test('a clock that was set back knows nothing of a token', () => {
  const tokens = rememberVerified();
  tokens.keep('a.b.c', verified(1000), at(100));
  expect(tokens.find('a.b.c', at(99))).toBeUndefined();
});

test('of more than ten thousand, the one verified longest ago is forgotten', () => {
  const tokens = rememberVerified();
  for (let n = 0; n <= 10_000; n += 1) tokens.keep(`token ${n}`, verified(1000), at(100));
  expect(tokens.find('token 0', at(100))).toBeUndefined();
  expect(tokens.find('token 1', at(100))).toBeDefined();
});
