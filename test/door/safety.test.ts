import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { assertSafe, type Exposure } from '../../src/http/safety.ts';
import { openTemporaryFolder } from '../support/temporary-folder.ts';

const SAFE: Exposure = {
  host: '0.0.0.0',
  environment: 'production',
  node: '24.21.0',
  publicOrigin: 'https://data.example.org',
  trustedProxies: 1,
  graphiql: 'STAFF',
  developmentTokens: false,
  secrets: [{ setting: 'token.key', bytes: 32 }],
  corsOrigins: ['https://portal.example.org'],
};

/** What is wrong, by the settings that are named. */
function named(change: Partial<Exposure>): string[] {
  try {
    assertSafe({ ...SAFE, ...change });
    return [];
  } catch (error) {
    const { code, faults } = error as { code: string; faults: readonly { path: string }[] };
    expect(code).toBe('UNSAFE_CONFIGURATION');
    return faults.map(({ path }) => path);
  }
}

describe('G-60: a gateway that others reach', () => {
  test('starts on a safe configuration', () => {
    expect(named({})).toEqual([]);
    expect(named({ metrics: { host: '127.0.0.1', isExposed: false } })).toEqual([]);
    expect(named({ metrics: { host: '0.0.0.0', isExposed: true } })).toEqual([]);
  });

  test.each<[string, Partial<Exposure>]>([
    ['NODE_ENV', { environment: 'development' }],
    ['tokens', { developmentTokens: true }],
    ['--graphiql', { graphiql: 'EVERYBODY' }],
    ['CARRYALL_PUBLIC_ORIGIN', { publicOrigin: undefined }],
    ['CARRYALL_PUBLIC_ORIGIN', { publicOrigin: 'http://data.example.org' }],
    ['CARRYALL_TRUSTED_PROXIES', { trustedProxies: undefined }],
    ['token.key', { secrets: [{ setting: 'token.key', bytes: 31 }] }],
    ['node', { node: '22.17.9' }],
    ['node', { node: '20.19.0' }],
    ['CARRYALL_METRICS', { metrics: { host: '0.0.0.0', isExposed: false } }],
    ['CORS', { corsOrigins: ['*'] }],
    ['CORS', { corsOrigins: ['https://*.example.org'] }],
    ['CORS', { corsOrigins: ['null'] }],
  ])('does not start because of %s: %o', (setting, change) => {
    expect(named(change)).toEqual([setting]);
  });

  test('hears all reasons at once', () => {
    const all = { environment: 'development', developmentTokens: true, graphiql: 'EVERYBODY', node: '18.0.0' } as const;
    expect(named(all)).toEqual(['node', 'NODE_ENV', 'tokens', '--graphiql']);
  });

  test.each(['::', '192.0.2.1', 'data.internal', ''])('is one that listens at "%s"', (host) => {
    expect(named({ host, developmentTokens: true })).toEqual(['tokens']);
  });

  test('is one that a proxy makes public', () => {
    expect(named({ host: '127.0.0.1', developmentTokens: true })).toEqual(['tokens']);
  });
});

test.each(['127.0.0.1', '127.1.2.3', '::1', 'localhost'])('on the own machine, at %s, all may be open', (host) => {
  const open = {
    environment: 'development',
    developmentTokens: true,
    graphiql: 'EVERYBODY',
    publicOrigin: undefined,
    trustedProxies: undefined,
  } as const;
  expect(named({ ...open, host })).toEqual([]);
  expect(named({ ...open, host, node: '20.0.0' })).toEqual(['node']);
});

test('G-60: `carryall serve` ends before it listens, and names the reasons', () => {
  using folder = openTemporaryFolder();
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const env = { ...process.env, CARRYALL_DATA: folder.path, HOST: '0.0.0.0', PORT: '0', NODE_ENV: 'development' };
  const { status, stdout, stderr } = spawnSync(process.execPath, ['src/cli/main.ts', 'serve', '--graphiql'], {
    cwd: root,
    env,
    encoding: 'utf8',
  });
  expect(status, stderr).toBe(1);
  expect(stdout).toBe('');
  expect(stderr).toContain('UNSAFE_CONFIGURATION');
  for (const name of ['NODE_ENV', 'tokens', '--graphiql', 'CARRYALL_PUBLIC_ORIGIN', 'CARRYALL_TRUSTED_PROXIES'])
    expect(stderr).toContain(`  ${name}: `);
});
