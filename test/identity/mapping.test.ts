import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestIssuer } from './issuer.ts';
import { REFUSED } from './open-identity.ts';
import { openStanding, SUPPORT, type Standing } from './standing.ts';

let standing: Standing;
let issuer: TestIssuer;
beforeAll(async () => {
  standing = await openStanding();
  ({ issuer } = standing);
});
afterAll(() => standing[Symbol.asyncDispose]());

const by = (token: string): Promise<unknown> => standing.by(token);

test.each(
  [undefined, null, '', '  ', 7, true, ['acme'], [], {}, 'x'.repeat(321), 'a\0b'].flatMap((value) =>
    ['sub', 'tenant'].map((claim): [string, unknown] => [claim, value]),
  ),
)('A-08: a token whose %s is %j is nobody', async (claim, value) => {
  // A list of one tenant is as good as that tenant: many issuers write every claim as a list.
  const isGood = claim === 'tenant' && Array.isArray(value) && value.length === 1;
  expect(await by(await issuer.sign({ [claim]: value }))).toEqual(isGood ? SUPPORT : REFUSED);
});

test.each<[unknown, unknown]>([
  [{ roles: ['support', 'support-lead'] }, SUPPORT],
  [{ roles: ['support', 'offline_access'] }, SUPPORT],
  [{ roles: 'support' }, SUPPORT],
  [{ roles: ['offline_access'] }, REFUSED],
  [{ roles: ['support', 'admin'] }, REFUSED],
  [{ roles: ['support', 'unheard-of'] }, REFUSED],
  [{ roles: ['support', 7] }, REFUSED],
  [{ roles: ['__proto__'] }, REFUSED],
  [{ roles: ['constructor'] }, REFUSED],
  [{ roles: [] }, REFUSED],
  [{ roles: { support: true } }, REFUSED],
  [{}, REFUSED],
  [undefined, REFUSED],
])('the roles %j', async (realm, expected) => {
  expect(await by(await issuer.sign({ realm }))).toEqual(expected);
});

test('only the value of the operator makes operator’s own staff, and an omission nobody', async () => {
  const realm = { roles: ['privacy'] };
  const staff = { kind: 'CONTROLLER_STAFF', tenant: 'acme' };
  const sign = (sub: string, org?: unknown): Promise<string> => issuer.sign({ realm, sub, org });
  expect(await by(await sign('p1', 'acme-hq'))).toEqual({ ...staff, staffId: 'corp:p1', organisationId: null });
  expect(await by(await sign('p2', 'org-7'))).toEqual({ ...staff, staffId: 'corp:p2', organisationId: 'org-7' });
  for (const org of [undefined, null, '', 7, ['acme-hq']]) expect(await by(await sign('p3', org))).toBe(REFUSED);
});

test('a subject is who the tenant knows by a verified address, and nobody else', async () => {
  const sign = (claims: object): Promise<string> =>
    issuer.sign({
      realm: { roles: ['customer'] },
      sub: 'c1',
      email: 'Ann@Example.org',
      email_verified: true,
      ...claims,
    });
  expect(await by(await sign({}))).toEqual({ kind: 'SUBJECT', tenant: 'acme', subjectId: 'ann-of-acme' });
  expect(await by(await sign({ tenant: 'beta' }))).toEqual({
    kind: 'SUBJECT',
    tenant: 'beta',
    subjectId: 'ann-of-beta',
  });
  for (const email_verified of [false, undefined, null, 'true', 1])
    expect(await by(await sign({ email_verified }))).toBe(REFUSED);
  for (const email of ['bob@example.org', 'ann@example.org, x@example.org', '', ['ann@example.org'], undefined])
    expect(await by(await sign({ email }))).toBe(REFUSED);
});
