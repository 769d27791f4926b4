import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApiKey, revokeApiKey } from '../../src/http/identity/api-keys.ts';
import { isFresh } from '../../src/http/identity/principal.ts';
import { endPrincipal } from '../../src/http/identity/principals.ts';
import { signToken } from '../../src/http/token.ts';
import { loadPolicies } from '../../src/policy/book.ts';
import { auditing } from '../graphql/audit-log.ts';
import type { TestIssuer } from './issuer.ts';
import { outcome, REFUSED, type TestIdentity } from './open-identity.ts';
import { openStanding, type Standing } from './standing.ts';

const OPERATOR = { kind: 'OPERATOR', tenant: 'acme', operatorId: 'test' } as const;
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

test('A-15: after everything of somebody was ended, their tokens are refused, those that were signed later are not', async () => {
  const early = await issuer.sign({ sub: 'e1' });
  expect(await by(early)).toMatchObject({ staffId: 'corp:e1' });
  await endPrincipal(at, { tenant: 'acme', kind: 'SUPPORT_AGENT', actorId: 'corp:e1' }, OPERATOR, at.clock.now());
  expect(await by(early)).toBe(REFUSED);
  expect(at.refusals.at(-1)).toBe('ENDED');
  at.clock.ahead = 61_000;
  expect(await by(await issuer.sign({ sub: 'e1', iat: seconds + 61, exp: seconds + 300 }))).toMatchObject({
    staffId: 'corp:e1',
  });
  expect(await by(early)).toBe(REFUSED);
  at.clock.ahead = 0;
});

test('A-15: local tokens end as well, and without the local key none is accepted', async () => {
  const agent = { kind: 'SUPPORT_AGENT', tenant: 'acme', staffId: 'agent' } as const;
  const key = { secret: at.secret };
  const token = await signToken(key, agent, 300, at.clock.now());
  const other = await signToken(key, { kind: 'AUDITOR', tenant: 'acme', staffId: 'agent' }, 300, at.clock.now());
  const headers = { authorization: `Bearer ${token}` };
  expect(await outcome(at.identity, headers)).toEqual(agent);
  expect(await outcome(at.another({ settings: { ...at.settings, localTokens: false } }), headers)).toBe(REFUSED);
  expect(await outcome(at.another({ secret: new Uint8Array(32).fill(7) }), headers)).toBe(REFUSED);
  await endPrincipal(at, { tenant: 'acme', kind: 'SUPPORT_AGENT', actorId: 'agent' }, OPERATOR, at.clock.now());
  expect(await outcome(at.identity, headers)).toBe(REFUSED);
  expect(await by(other)).toMatchObject({ kind: 'AUDITOR' });
});

test('A-20: once a newer token told a lower role, the older one with the higher role is refused', async () => {
  const high = await issuer.sign({ sub: 'r1', realm: { roles: ['admin'] }, iat: seconds - 20 });
  expect(await by(high)).toMatchObject({ kind: 'ADMINISTRATOR' });
  const low = await issuer.sign({ sub: 'r1', realm: { roles: ['support'] }, iat: seconds - 10 });
  expect(await by(low)).toMatchObject({ kind: 'SUPPORT_AGENT' });
  expect(await by(high)).toBe(REFUSED);
  expect(await by(low)).toMatchObject({ kind: 'SUPPORT_AGENT' });
  // In the same second nobody knows which was first.
  expect(await by(await issuer.sign({ sub: 'r1', realm: { roles: ['admin'] }, iat: seconds - 10 }))).toBe(REFUSED);
  // Another older token with the role that still holds is no threat.
  expect(await by(await issuer.sign({ sub: 'r1', iat: seconds - 15 }))).toMatchObject({ kind: 'SUPPORT_AGENT' });
});

test('A-20: of many tokens at once the newest decides', async () => {
  const kinds = ['admin', 'support', 'app'];
  const tokens = await Promise.all(
    Array.from({ length: 12 }, (_, index) =>
      issuer.sign({ sub: 'many', realm: { roles: [kinds[index % 3] ?? ''] }, iat: seconds - 100 + index }),
    ),
  );
  await Promise.all(tokens.map(by));
  const last = tokens.at(-1) ?? '';
  expect(await by(last)).toMatchObject({ kind: 'INTERNAL_APP' });
  expect(await Promise.all(tokens.slice(0, 2).map(by))).toEqual([REFUSED, REFUSED]);
});

test('an age that nobody told is no fresh proof', async () => {
  const freshness = async (claims: object): Promise<number> => {
    const headers = new Headers({ authorization: `Bearer ${await issuer.sign({ ...claims })}` });
    const { authenticatedAt } = await at.identity.authenticate(headers);
    return authenticatedAt.getTime() / 1000 - seconds;
  };
  expect(await freshness({ auth_time: seconds - 600 })).toBe(-600);
  expect(await freshness({ auth_time: seconds + 9999 })).toBe(0);
  expect(await freshness({})).toBe(-seconds);
  expect(await freshness({ sub: 'app1', realm: { roles: ['app'] } })).toBe(0);
});

test('a proof is fresh for as long as an action asks', async () => {
  const headers = new Headers({ authorization: `Bearer ${await issuer.sign({ auth_time: seconds - 300 })}` });
  const principal = await at.identity.authenticate(headers);
  expect([isFresh(principal, 300, at.clock.now()), isFresh(principal, 299, at.clock.now())]).toEqual([true, false]);
});

test('L-20: a token that was ended, one of a lost role and a key that was revoked are refused on record', async () => {
  const now = at.clock.now();
  const ended = await issuer.sign({ sub: 'gone' });
  await by(ended);
  await endPrincipal(at, { tenant: 'acme', kind: 'SUPPORT_AGENT', actorId: 'corp:gone' }, OPERATOR, now);
  const high = await issuer.sign({ sub: 'low', realm: { roles: ['admin'] }, iat: seconds - 20 });
  await by(high);
  await by(await issuer.sign({ sub: 'low', iat: seconds - 10 }));
  const wish = { tenant: 'acme', app: 'old-app', purposes: ['CP-P1'], expiresAt: new Date(now.getTime() + 60_000) };
  const console = { via: 'CONSOLE', operatorId: 'test' } as const;
  const key = await createApiKey(at, loadPolicies().policyOf('CP'), wish, console, now);
  await revokeApiKey(at, 'acme', key.id, console, now);
  for (const [credential, actorKind] of [
    [ended, 'SUPPORT_AGENT'],
    [high, 'ADMINISTRATOR'],
    [key.text, 'INTERNAL_APP'],
  ] as const) {
    const { entries } = await auditing(at, 'acme', async () => {
      // However often: those that follow within the minute are counted.
      for (let times = 0; times < 3; times += 1) expect(await by(credential)).toBe(REFUSED);
    });
    expect(entries).toMatchObject([
      { actorKind, action: 'SIGN_IN', outcome: 'DENIED', subjectId: null, detail: { denial: 'ENDED' } },
    ]);
    expect(JSON.stringify(entries)).not.toContain(credential.slice(-20));
  }
});

test('L-20: what is not genuine is nobody’s, and no entry', async () => {
  const { entries } = await auditing(at, 'acme', async () => {
    for (const token of ['a.b.c', `${(await issuer.sign()).slice(0, -8)}AAAAAAAA`, 'cak_acme.x_y'])
      expect(await by(token)).toBe(REFUSED);
  });
  expect(entries).toEqual([]);
});
