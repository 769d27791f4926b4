import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { assertDeclared } from '../../src/access/declaration.ts';
import { isSameDigest, makeKey, parseKey } from '../../src/http/identity/api-key-format.ts';
import { createApiKey, listApiKeys, revokeApiKey, type KeyMaker } from '../../src/http/identity/api-keys.ts';
import { loadPolicies } from '../../src/policy/book.ts';
import { signToken } from '../../src/http/token.ts';
import { withTransaction } from '../../src/store/session.ts';
import { sql } from '../../src/store/sql.ts';
import { openTestIdentity, outcome, REFUSED, type TestIdentity } from './open-identity.ts';

let at: TestIdentity;
beforeAll(async () => {
  at = await openTestIdentity();
});
afterAll(() => at[Symbol.asyncDispose]());

const policy = loadPolicies().policyOf('CP');
const CONSOLE = { via: 'CONSOLE', operatorId: 'test' } as const;
const DAY_MS = 86_400_000;

function create(
  wish: { readonly tenant?: string; readonly purposes?: string[]; readonly days?: number; readonly app?: string } = {},
  maker: KeyMaker = CONSOLE,
) {
  const { tenant = 'acme', purposes = ['CP-P1'], days = 90, app = 'billing' } = wish;
  const now = at.clock.now();
  const expiresAt = new Date(now.getTime() + days * DAY_MS);
  return createApiKey(at, policy, { tenant, app, purposes, expiresAt }, maker, now);
}

const by = (text: string): Promise<unknown> => outcome(at.identity, { authorization: `Bearer ${text}` });
const BILLING = { kind: 'INTERNAL_APP', tenant: 'acme', appId: 'billing' };

test('a key is good for its app, its tenant and its purposes', async () => {
  const { text, id } = await create({ purposes: ['CP-P1', 'CP-P2'] });
  expect(text).toMatch(/^cak_acme\.[0-9a-z]{24}_[0-9A-Za-z]{33}$/);
  const principal = await at.identity.authenticate(new Headers({ authorization: `Bearer ${text}` }));
  expect(principal).toMatchObject({ via: 'API_KEY', keyId: id, purposes: ['CP-P1', 'CP-P2'], actor: BILLING });
});

test('a key may declare its purposes, by id or by a class that means no others, and nothing else', async () => {
  const [one, ...others] = policy.purposes.filter(({ enabled }) => enabled);
  const { text } = await create({ purposes: [one?.id ?? ''] });
  const principal = await at.identity.authenticate(new Headers({ authorization: `Bearer ${text}` }));
  if (principal.via !== 'API_KEY') throw new Error('no key');
  const declare = (purpose: string | null) =>
    assertDeclared(policy, 'INTERNAL_APP', { purpose, reason: null, ticket: null, keyPurposes: principal.purposes });
  expect(() => declare(one?.id ?? '')).not.toThrow();
  for (const unknown of [null, '', 'NONSENSE', 'DATA_SUBJECT_REQUEST'])
    expect(() => declare(unknown)).toThrow(expect.objectContaining({ code: 'PURPOSE_REQUIRED' }));
  for (const { id, classes } of others) {
    expect(() => declare(id)).toThrow(expect.objectContaining({ code: 'FORBIDDEN' }));
    for (const name of classes)
      if (!one?.classes.includes(name)) expect(() => declare(name), `${id} ${name}`).toThrow('good for');
  }
});

test('A-12: of a key only a digest and its last four characters are kept', async () => {
  const { text } = await create();
  await by(text);
  // All that any log could write of a refusal.
  const refusals = await Promise.all(
    [`${text}x`, `${text.slice(0, -1)}x`, text.replace('acme', 'beta')].map((wrong) =>
      at.identity.authenticate(new Headers({ authorization: `Bearer ${wrong}` })).catch((error: unknown) => error),
    ),
  );
  const written = refusals.map((error) => inspect(error, { depth: Infinity }));
  const { rows: tables } = await at.pool.query<{ name: string }>(
    `SELECT quote_ident(table_name) AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`,
  );
  const dump = await Promise.all(
    tables.map(async ({ name }) => JSON.stringify((await at.pool.query(`SELECT * FROM ${name}`)).rows)),
  );
  const [, , secret = ''] = text.split('_');
  const everything = [...dump, ...written].join('\n');
  expect(everything).toContain(`"ending":"${text.slice(-4)}"`);
  // Not the secret, nor any run of it longer than its end.
  for (let from = 0; from + 5 <= secret.length; from += 1)
    expect(everything).not.toContain(secret.slice(from, from + 5));
  const listed = await listApiKeys(at.pool, 'acme');
  expect(Object.keys(listed[0] ?? {})).not.toContain('digest');
});

test('A-13: a key is refused from the moment it is revoked, and from the moment it expires', async () => {
  const { text, id } = await create({ days: 1 });
  const lasting = await create({ days: 2 });
  expect(await by(text)).toEqual(BILLING);
  at.clock.ahead = DAY_MS - 5000;
  expect(await by(text)).toEqual(BILLING);
  at.clock.ahead = DAY_MS + 1;
  expect(await by(text)).toBe(REFUSED);
  expect(await by(lasting.text)).toEqual(BILLING);
  await revokeApiKey(at, 'acme', lasting.id, CONSOLE, at.clock.now());
  expect(await by(lasting.text)).toBe(REFUSED);
  // However the clock stands.
  at.clock.ahead = 0;
  expect(await by(lasting.text)).toBe(REFUSED);
  expect(await by(text)).toEqual(BILLING);
  await revokeApiKey(at, 'acme', id, CONSOLE, at.clock.now());
});

test('A-13: a key is revoked once, and a key of another tenant not at all', async () => {
  const { id, text } = await create();
  await expect(revokeApiKey(at, 'beta', id, CONSOLE, at.clock.now())).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(await by(text)).toEqual(BILLING);
  const first = at.clock.now();
  await revokeApiKey(at, 'acme', id, CONSOLE, first);
  await revokeApiKey(at, 'acme', id, CONSOLE, new Date(first.getTime() + DAY_MS));
  const row = (await listApiKeys(at.pool, 'acme')).find((key) => key.id === id);
  expect(row?.revokedAt).toEqual(first);
});

test('A-14: a key makes no keys, whatever it may do, and nor does anybody but an administrator of the tenant', async () => {
  const { text, id } = await create({ purposes: ['CP-P1', 'CP-P2'] });
  const app = await at.identity.authenticate(new Headers({ authorization: `Bearer ${text}` }));
  const before = (await listApiKeys(at.pool, 'acme')).length;
  for (const purposes of [['CP-P1'], ['CP-P1', 'CP-P2'], ['CP-P3']])
    await expect(create({ purposes }, app)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(revokeApiKey(at, 'acme', id, app, at.clock.now())).rejects.toMatchObject({ code: 'FORBIDDEN' });
  const authenticatedAt = at.clock.now();
  for (const actor of [
    { kind: 'SUBJECT', tenant: 'acme', subjectId: 'ann-of-acme' },
    { kind: 'CONTROLLER_STAFF', tenant: 'acme', staffId: 's', organisationId: null },
    { kind: 'PROCESSOR_STAFF', tenant: 'acme', staffId: 's' },
    { kind: 'SUPPORT_AGENT', tenant: 'acme', staffId: 's' },
    { kind: 'INTERNAL_APP', tenant: 'acme', appId: 's' },
    { kind: 'AUDITOR', tenant: 'acme', staffId: 's' },
    { kind: 'ADMINISTRATOR', tenant: 'beta', staffId: 's' },
  ] as const)
    await expect(create({}, { via: 'TOKEN', issuer: 'x', authenticatedAt, actor })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
  // An administrator cannot come by key; should one ever, the rule holds.
  const actor = { kind: 'ADMINISTRATOR', tenant: 'acme', staffId: 'adam' } as const;
  await expect(create({}, { via: 'API_KEY', keyId: id, purposes: [], authenticatedAt, actor })).rejects.toMatchObject({
    code: 'FORBIDDEN',
  });
  expect(await listApiKeys(at.pool, 'acme')).toHaveLength(before);
  await create({}, { via: 'TOKEN', issuer: 'x', authenticatedAt, actor });
  expect((await listApiKeys(at.pool, 'acme'))[0]).toMatchObject({ createdBy: 'adam' });
});

test('a key that could not be good is not made, and all its faults are told', async () => {
  await expect(create({ app: 'Billing App', purposes: ['CX-P1', 'NO'], days: 0 })).rejects.toMatchObject({
    code: 'BAD_INPUT',
    faults: [{ path: 'app' }, { path: 'purpose' }, { path: 'purpose' }, { path: 'expires' }],
  });
  await expect(create({ purposes: [] })).rejects.toMatchObject({ faults: [{ path: 'purpose' }] });
});

test('a key of one tenant with the name of another is nobody', async () => {
  const { text } = await create();
  const { kept } = makeKey('beta');
  expect(await by(text.replace('cak_acme.', 'cak_beta.'))).toBe(REFUSED);
  expect(await by(makeKey('acme').text)).toBe(REFUSED);
  expect(await by(makeKey('nowhere').text)).toBe(REFUSED);
  expect(kept.tenant).toBe('beta');
});

test('a key whose digest is not the one kept is nobody, and leaves no trace', async () => {
  const { text, id } = await create();
  const { kept } = makeKey('acme');
  await withTransaction(at.pool, 'acme', (writer) =>
    writer.execute(sql`UPDATE api_key SET digest = ${kept.digest} WHERE tenant_id = 'acme' AND id = ${id}`),
  );
  expect(await by(text)).toBe(REFUSED);
  expect((await listApiKeys(at.pool, 'acme')).find((key) => key.id === id)?.lastUsedOn).toBeNull();
});

test('the day of the last use is kept, and no time', async () => {
  const { text, id } = await create();
  const dayOf = async (): Promise<unknown> =>
    (await listApiKeys(at.pool, 'acme')).find((key) => key.id === id)?.lastUsedOn;
  expect(await dayOf()).toBeNull();
  await by(`${text.slice(0, -7)}0${text.slice(-6)}`);
  expect(await dayOf()).toBeNull();
  await by(text);
  expect(await dayOf()).toBe(at.clock.now().toISOString().slice(0, 10));
  at.clock.ahead = DAY_MS;
  await by(text);
  expect(await dayOf()).toBe(at.clock.now().toISOString().slice(0, 10));
  at.clock.ahead = 0;
});

test('a key does not wait for a token’s rules: an administrator’s token is no key', async () => {
  const token = await signToken(
    { secret: at.secret },
    { kind: 'ADMINISTRATOR', tenant: 'acme', staffId: 'adam' },
    60,
    at.clock.now(),
  );
  expect(await by(`cak_${token}`)).toBe(REFUSED);
});

test('every key that is made can be read, and with any one character changed cannot', () => {
  const tenant = fc.stringMatching(/^[a-z][a-z0-9-]{1,62}$/);
  const signs = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._-';
  fc.assert(
    fc.property(tenant, fc.nat(), fc.constantFrom(...signs.split('')), (name, place, sign) => {
      const { text, kept, ending } = makeKey(name);
      const at_ = place % text.length;
      const changed = text.slice(0, at_) + sign + text.slice(at_ + 1);
      expect(parseKey(text)).toEqual(kept);
      expect(text.endsWith(ending)).toBe(true);
      expect(changed === text || parseKey(changed) === null).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test('digests of other lengths are other digests', () => {
  const digest = randomBytes(32).toString('base64url');
  expect([isSameDigest(digest, digest), isSameDigest(digest, digest.slice(1)), isSameDigest(digest, '')]).toEqual([
    true,
    false,
    false,
  ]);
});
