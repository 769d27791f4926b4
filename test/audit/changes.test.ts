import { readConfig, type Config } from '../../src/config.ts';
import { openSigningKeys } from '../../src/bundle/sign/signing-keys.ts';
import { loadPolicies } from '../../src/policy/book.ts';
import { noteConfiguration } from '../../src/record-configuration.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli, type CliResult } from '../cli/run-cli.ts';
import { openTestLog, type TestLog } from './open-log.ts';

let log: TestLog;
beforeAll(async () => {
  log = await openTestLog();
});
afterAll(() => log[Symbol.asyncDispose]());

const cli = (...args: string[]): Promise<CliResult> =>
  runCli(args, { DATABASE_URL: log.database.url, CARRYALL_DATA: log.folder });

/** The last entries of a chain, the oldest first. */
async function last(tenant: string, count: number): Promise<object[]> {
  const { rows } = await log.pool.query<{ entry: object }>(
    `SELECT jsonb_build_object('actorKind', actor_kind, 'action', action, 'detail', detail) AS entry
     FROM (SELECT * FROM audit_event WHERE tenant_id = $1 ORDER BY seq DESC LIMIT $2) e ORDER BY seq`,
    [tenant, count],
  );
  return rows.map(({ entry }) => entry);
}

test('a key of an app that is made and revoked is in the log, under its id', async () => {
  const made = await cli('key', 'create', '--tenant', 'acme', '--app', 'billing', '--purpose', 'CR-P1');
  expect(made.code, made.err).toBe(0);
  const [, id = ''] = /acme\.(\w+) is good/.exec(made.err) ?? [];
  expect(await last('acme', 1)).toEqual([
    {
      actorKind: 'OPERATOR',
      action: 'KEY',
      detail: { step: 'CREATED', key: id, app: 'billing', purposes: ['CR-P1'] },
    },
  ]);
  expect((await cli('key', 'revoke', `acme.${id}`)).code).toBe(0);
  expect(await last('acme', 1)).toEqual([
    { actorKind: 'OPERATOR', action: 'KEY', detail: { step: 'REVOKED', key: id } },
  ]);
});

test('a rotation of the signing key is in the log of the installation, before and after', async () => {
  const rotated = await cli('keys', 'rotate');
  expect(rotated.code, rotated.err).toBe(0);
  const [newKid, oldKid] = rotated.out.split('\n').map((line) => line.split('\t')[0]);
  expect(await last('*', 2)).toEqual([
    { actorKind: 'OPERATOR', action: 'KEY', detail: { step: 'ROTATING', kid: `kid:${oldKid}` } },
    { actorKind: 'OPERATOR', action: 'KEY', detail: { step: 'ROTATED', kid: `kid:${newKid}` } },
  ]);
});

test('a tenant that is added is in its own log', async () => {
  expect((await cli('tenant', 'add', 'fresh', '--policy', 'CP')).code).toBe(0);
  expect(await last('fresh', 1)).toEqual([
    { actorKind: 'OPERATOR', action: 'CONFIGURATION', detail: { step: 'TENANT_ADDED', tenant: 'fresh' } },
  ]);
});

test('whoever is signed out everywhere by the operator, that is in the log', async () => {
  expect((await cli('sign-out', '--tenant', 'acme', '--as', 'support-agent', '--id', 'agent')).code).toBe(0);
  expect(await last('acme', 1)).toMatchObject([
    { actorKind: 'OPERATOR', action: 'SIGN_IN', detail: { step: 'ENDED_FOR_ALL', kind: 'SUPPORT_AGENT' } },
  ]);
});

test('another configuration is in the log of the installation, the same one only once', async () => {
  const config = readConfig({ CARRYALL_DATA: log.folder });
  const told = async (settings: Config): Promise<boolean> =>
    noteConfiguration(settings, { database: log.database, policies, signing: openSigningKeys(config.signing) }, by);
  const policies = loadPolicies();
  const by = { kind: 'OPERATOR', tenant: '*', operatorId: 'test' } as const;
  expect(await told(config)).toBe(true);
  expect(await told(config)).toBe(false);
  expect(await told({ ...config, publicOrigin: 'https://data.example.org' })).toBe(true);
  const [entry] = await last('*', 1);
  expect(entry).toMatchObject({
    action: 'CONFIGURATION',
    detail: { policies: expect.arrayContaining(['CP:2026-03-04']) },
  });
});
