import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openIdentity } from '../../src/http/identity/identity.ts';
import { readIdentitySettings } from '../../src/http/identity/read-settings.ts';
import { DEFAULT_SETTINGS, type IdentitySettings } from '../../src/http/identity/settings.ts';
import { systemClock } from '../../src/clock.ts';
import { openTemporaryFolder } from '../support/temporary-folder.ts';

async function read(text: string, files: Readonly<Record<string, string>> = {}): Promise<unknown> {
  using folder = openTemporaryFolder();
  for (const [name, content] of Object.entries({ 'identity.yaml': text, ...files }))
    writeFileSync(join(folder.path, name), content);
  return await readIdentitySettings(join(folder.path, 'identity.yaml')).catch((error: unknown) => error);
}

const ISSUER = `
  - name: corp
    issuer: https://id.example.com
    algorithms: [RS256]
    audience: https://carryall.example/graphql
    claims:
      tenant: { is: acme }
      kind: { claim: [realm_access, roles], of: { support: SUPPORT_AGENT, offline_access: IGNORE } }
`;

test('a file with a client’s secret beside it is read', async () => {
  const text = `issuers:${ISSUER}    signIn: { clientId: carryall, clientSecretFile: secret.txt, scope: openid email }
`;
  expect(await read(text, { 'secret.txt': 'a-secret-of-enough-length\n' })).toEqual({
    localTokens: true,
    session: { longest: 'PT8H', idle: 'PT30M', fresh: 'PT1H' },
    issuers: [
      {
        name: 'corp',
        issuer: 'https://id.example.com',
        algorithms: ['RS256'],
        audience: 'https://carryall.example/graphql',
        type: 'at+jwt',
        claims: {
          tenant: { is: 'acme' },
          kind: { claim: ['realm_access', 'roles'], of: { support: 'SUPPORT_AGENT', offline_access: 'IGNORE' } },
          id: 'sub',
        },
        signIn: { clientId: 'carryall', scope: 'openid email', clientSecret: 'a-secret-of-enough-length' },
      },
    ],
  });
});

test('JSON will do, and an empty file says what no file says', async () => {
  expect(await read('{"localTokens":false}')).toEqual({ ...DEFAULT_SETTINGS, localTokens: false });
  expect(await read('')).toEqual(DEFAULT_SETTINGS);
});

test('all faults are told at once, each with its line and place', async () => {
  const text = `sesion: {}
session: { idle: PT1S }
issuers:
  - name: Corp
    issuer: http://id.example.com
    algorithms: [RS256, HS256, none]
    audience: carryall
    claims:
      tenant: acme
      kind: { claim: role, of: { customer: SUBJECT } }
  - name: carryall
    issuer: https://id.example.com
    algorithms: []
    audience: carryall
    claims:
      tenant: { is: acme }
      kind: { claim: role, of: { boss: ROOT } }
      subject: { claim: email, as: EMAIL }
    signIn: { clientId: carryall, scope: email }
`;
  const { code, faults } = (await read(text)) as { code: string; faults: { path: string; reason: string }[] };
  expect(code).toBe('BAD_INPUT');
  expect(faults.map(({ path, reason }) => `${path}: ${reason}`)).toMatchSnapshot();
});

test.each(['HS256', 'HS384', 'HS512', 'none', 'dir', 'A256KW', 'RSA1_5'])(
  'no issuer may sign with %s',
  async (algorithm) => {
    expect(await read(`issuers:${ISSUER.replace('RS256', algorithm)}`)).toMatchObject({
      faults: [
        { path: expect.stringContaining('issuers[0].algorithms[0]'), reason: expect.stringContaining('wanted one of') },
      ],
    });
  },
);

test.each([
  [
    'two issuers of one name',
    `issuers:${ISSUER}${ISSUER.replace('id.example', 'id2.example')}`,
    'is the name of another',
  ],
  ['one issuer twice', `issuers:${ISSUER}${ISSUER.replace('corp', 'corp2')}`, 'is listed already'],
  [
    'an ID token that could pass for an access token (A-03)',
    `issuers:${ISSUER}    signIn: { clientId: "https://carryall.example/graphql" }`,
    'an audience of its own',
  ],
  [
    'an issuer that anybody on the way could play',
    `issuers:${ISSUER.replace('https://id', 'http://id')}`,
    'wanted https',
  ],
])('no settings with %s', async (_case, text, reason) => {
  expect(await read(text)).toMatchObject({ faults: [{ reason: expect.stringContaining(reason) }] });
});

test('G-60: a secret of a client that can be guessed is refused, and not repeated', async () => {
  const text = `issuers:${ISSUER}    signIn: { clientId: carryall, clientSecretFile: secret.txt }`;
  const error = (await read(text, { 'secret.txt': 'changeme' })) as { faults: { reason: string }[] };
  expect(error.faults).toEqual([expect.objectContaining({ reason: expect.stringContaining('16 characters') })]);
  expect(JSON.stringify(error)).not.toContain('changeme');
  expect(await read(text)).toMatchObject({
    code: 'BAD_INPUT',
    message: expect.stringContaining('secret.txt (ENOENT)'),
  });
});

test('G-60: a gateway with a short secret does not open', () => {
  const options = { clock: systemClock, settings: DEFAULT_SETTINGS, pool: null as never, audit: null as never };
  for (const bytes of [0, 16, 31])
    expect(() => openIdentity({ ...options, secret: new Uint8Array(bytes) })).toThrow('at least 32 bytes');
});

test.each([
  undefined,
  '',
  'http://carryall.example',
  'https://carryall.example/',
  'https://carryall.example/app',
  'carryall.example',
])('where people sign in, a gateway at %j does not open', async (publicOrigin) => {
  const settings = (await read(`issuers:${ISSUER}    signIn: { clientId: carryall }`)) as IdentitySettings;
  const options = {
    clock: systemClock,
    settings,
    pool: null as never,
    audit: null as never,
    secret: new Uint8Array(32),
  };
  expect(() => openIdentity({ ...options, publicOrigin })).toThrow('CARRYALL_PUBLIC_ORIGIN');
  await openIdentity({ ...options, publicOrigin: 'https://carryall.example' })[Symbol.asyncDispose]();
});

test('what is no YAML is refused with the place', async () => {
  expect(await read('issuers: [\n')).toMatchObject({
    code: 'BAD_INPUT',
    faults: [{ path: expect.stringMatching(/^identity\.yaml:\d+:\d+$/) }],
  });
});
