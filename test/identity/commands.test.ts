import { afterAll, beforeAll, expect, test } from 'vitest';
import { signToken } from '../../src/http/token.ts';
import { openTestIdentity, outcome, REFUSED, type TestIdentity } from './open-identity.ts';
import { runCli } from '../cli/run-cli.ts';

let at: TestIdentity;
beforeAll(async () => {
  at = await openTestIdentity();
});
afterAll(() => at[Symbol.asyncDispose]());

const run = (...args: string[]) => runCli(args, { DATABASE_URL: at.url });
const by = (text: string): Promise<unknown> => outcome(at.identity, { authorization: `Bearer ${text}` });

test('a key is made, listed without itself, and revoked, on the command line', async () => {
  const made = await run(
    'key',
    'create',
    '--tenant',
    'acme',
    '--app',
    'billing',
    '--purpose',
    'CP-P1',
    'CP-P2',
    '--expires',
    'P90D',
  );
  expect([made.code, made.err]).toEqual([0, expect.stringContaining('is good until')]);
  const key = made.out.trim();
  expect(await by(key)).toEqual({ kind: 'INTERNAL_APP', tenant: 'acme', appId: 'billing' });
  expect(made.err).not.toContain(key.slice(-33));

  const listed = await run('key', 'list', '--tenant', 'acme');
  expect(listed.out).toMatch(
    /^acme\.[0-9a-z]{24}\tbilling\tCP-P1,CP-P2\t….{4}\tgood until \d{4}-\d\d-\d\d\tused \d{4}-\d\d-\d\d\n$/,
  );
  expect(listed.out + listed.err).not.toContain(key.slice(-33));

  const [id = ''] = listed.out.split('\t');
  expect((await run('key', 'revoke', id)).out).toBe(`${id} is revoked.\n`);
  expect(await by(key)).toBe(REFUSED);
  expect((await run('key', 'list', '--tenant', 'acme')).out).toContain('revoked');
});

test('what cannot be a key is refused with the way out', async () => {
  expect(await run('key', 'create', '--tenant', 'nowhere', '--app', 'x1', '--purpose', 'CP-P1')).toMatchObject({
    code: 1,
    err: expect.stringContaining('carryall tenant list'),
  });
  expect(await run('key', 'create', '--tenant', 'acme', '--app', 'x1', '--purpose', 'NO')).toMatchObject({
    code: 1,
    out: '',
    err: expect.stringContaining('wanted purposes of CP: CP-P1'),
  });
  expect(await run('key', 'revoke', 'acme.nothing')).toMatchObject({
    code: 1,
    err: expect.stringContaining('NOT_FOUND'),
  });
});

test('A-15: somebody is signed out everywhere on the command line', async () => {
  const agent = { kind: 'SUPPORT_AGENT', tenant: 'acme', staffId: 'agent' } as const;
  const token = await signToken({ secret: at.secret }, agent, 300, at.clock.now());
  expect(await by(token)).toEqual(agent);
  expect(await run('sign-out', '--tenant', 'acme', '--as', 'support-agent', '--id', 'agent')).toMatchObject({
    code: 0,
  });
  expect(await by(token)).toBe(REFUSED);
});
