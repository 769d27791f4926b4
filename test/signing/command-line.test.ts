import { createHash } from 'node:crypto';
import { copyFileSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli, type CliResult } from '../cli/run-cli.ts';
import { openTestDatabase } from '../support/database.ts';
import { openTemporaryFolder } from '../support/temporary-folder.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let subject = '';
const folder = openTemporaryFolder();
const at = (...names: string[]): string => join(folder.path, ...names);
const cli = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CliResult> =>
  runCli(args, { DATABASE_URL: database.url, CARRYALL_DATA: at('data'), ...env });
const verify = (...args: string[]): Promise<CliResult> => cli(['verify', ...args]);
const elsewhere = (...args: string[]): Promise<CliResult> =>
  cli(['verify', ...args], { CARRYALL_DATA: at('elsewhere') });
const exportTo = (out: string, format: string): Promise<CliResult> =>
  cli(['export', '--tenant', 'acme', '--subject', subject, '--scope', 'access', '--format', format, '--out', out]);

beforeAll(async () => {
  database = await openTestDatabase();
  await cli(['tenant', 'add', 'acme', '--policy', 'CP', '--country', 'NL']);
  await cli(['import', 'ndjson', 'samples/callerplugins/account.ndjson', '--tenant', 'acme']);
  subject = (await cli(['subject', 'find', 'Sanne.deWit@example.nl', '--tenant', 'acme'])).out.trim();
});

afterAll(async () => {
  await database.close();
  folder[Symbol.dispose]();
});

describe.each(['zip', 'json'])('an export as %s', (format) => {
  const out = at(`sanne.${format}`);

  test('is noted in the store with the digest that is printed, which is that of the file', async () => {
    const { code, out: printed, err } = await exportTo(out, format);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const bytes = readFileSync(out);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect(printed).toContain(sha256);
    const { rows } = await database.pool.query(
      `SELECT b.scope, b.status, b.bytes::int, (SELECT array_agg(e.path ORDER BY e.path) FROM bundle_entry e WHERE e.bundle_id = b.id) AS paths
       FROM portability_bundle b WHERE b.subject_id = $1 AND b.format = $2 AND b.sha256 = $3`,
      [subject, format.toUpperCase(), sha256],
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ scope: 'ACCESS', status: 'READY', bytes: bytes.length });
    const paths = (rows[0] as { readonly paths: string[] }).paths;
    expect(paths.length).toBeGreaterThan(0);
    for (const path of paths) expect(path).toMatch(/^(?:(?:data|context)\/|access-log\.ndjson$)/);
  });

  test('verifies here, and elsewhere only with the keys; nothing is written', async () => {
    const before = readdirSync(folder.path);
    expect(await verify(out)).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringContaining('signed by the key') as string,
    });
    const without = await elsewhere(out);
    expect(without.code).toBe(1);
    expect(without.err).toContain('The signature was not checked');
    expect(await elsewhere(out, '--no-signature')).toMatchObject({
      code: 0,
      err: expect.stringContaining('The signature was not checked') as string,
    });
    writeFileSync(at('jwks.json'), (await cli(['keys', 'list', '--jwks'])).out);
    expect(await elsewhere(out, '--jwks', at('jwks.json'))).toMatchObject({ code: 0, err: '' });
    rmSync(at('jwks.json'));
    expect(readdirSync(folder.path)).toEqual(before);
  });

  test('that was changed is refused, and the first file that differs comes first', async () => {
    const bytes = readFileSync(out);
    const where = format === 'zip' ? 40 + bytes.readUInt16LE(26) : bytes.indexOf('"subjectId"');
    bytes[where] = (bytes[where] ?? 0) ^ 0xff;
    const path = at(`changed.${format}`);
    writeFileSync(path, bytes);
    for (const args of [[path], [path, '--no-signature']]) {
      const { code, err, out: printed } = await verify(...args);
      expect({ code, printed }).toEqual({ code: 1, printed: '' });
      expect(err).toMatch(/^data\/[\w.-]+: /);
    }
    rmSync(path);
  });
});

test('a bundle by the old key verifies after a rotation, and no longer when that key is taken away', async () => {
  const old = at('old.zip');
  await exportTo(old, 'zip');
  const [first = ''] = (await cli(['keys', 'list'])).out.split('\t');
  const rotated = await cli(['keys', 'rotate']);
  expect(rotated.out).toMatch(new RegExp(`^[\\w-]{43}\tactive\t.*\n${first}\tpublished\t`));
  expect((await verify(old)).out).toContain(first);
  const fresh = at('fresh.zip');
  await exportTo(fresh, 'zip');
  const { out } = await verify(fresh);
  expect(out).toContain(rotated.out.split('\t')[0]);
  expect(out).not.toContain(first);
  copyFileSync(at('data/signing/000001.jwk'), at('kept.jwk'));
  rmSync(at('data/signing/000001.jwk'));
  const refused = await verify(old);
  expect(refused.code).toBe(1);
  expect(refused.err).toMatch(new RegExp(`^manifest\\.jws: .*${first}`));
  expect((await verify(fresh)).code).toBe(0);
  copyFileSync(at('kept.jwk'), at('data/signing/000001.jwk'));
  expect((await verify(old)).code).toBe(0);
});

test('a broken key stops an export before a file is there, and says nothing of the key', async () => {
  const secret = 'MC4CAQAwBQYDK2VwBCIEIOops';
  writeFileSync(at('broken.pem'), `-----BEGIN PRIVATE KEY-----\n${secret}\n-----END PRIVATE KEY-----\n`);
  const out = at('never.zip');
  const args = ['export', '--tenant', 'acme', '--subject', subject, '--scope', 'access', '--out', out];
  const { code, err } = await cli(args, { CARRYALL_SIGNING_KEYS: at('broken.pem') });
  expect(code).toBe(1);
  expect(err).toContain('KEYS_INVALID');
  expect(err).toContain('broken.pem');
  expect(err).not.toContain(secret);
  expect(statSync(out, { throwIfNoEntry: false })).toBeUndefined();
});

describe('keys from an address', () => {
  const jwks = async (): Promise<string> => (await cli(['keys', 'list', '--jwks'])).out;

  async function withServer<T>(listener: RequestListener, work: (url: string) => Promise<T>): Promise<T> {
    const server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }

  test('are fetched and used', async () => {
    const body = await jwks();
    const check = (url: string): Promise<CliResult> => elsewhere(at('sanne.zip'), '--jwks', url);
    expect(await withServer((_request, response) => response.end(body), check)).toMatchObject({ code: 0, err: '' });
  });

  test.each<[string, (body: string) => RequestListener]>([
    [
      'that moved',
      (body) => (request, response) =>
        request.url === '/' ? response.writeHead(302, { location: '/moved' }).end() : response.end(body),
    ],
    ['that is not there', (body) => (_request, response) => response.writeHead(404).end(body)],
    [
      'without end',
      () => (_request, response) => {
        const more = (): void => void (response.destroyed || response.write(' '.repeat(65_536), more));
        more();
      },
    ],
    ['of another kind', () => (_request, response) => response.end('{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]}')],
    ['that is a page', () => (_request, response) => response.end('<html>Log in</html>')],
    [
      'that breaks off',
      () => (_request, response) =>
        void (response.writeHead(200, { 'content-length': 1000 }), response.write('{'), response.destroy()),
    ],
  ])('%s are refused', async (_name, listener) => {
    const body = await jwks();
    const { code, err } = await withServer(listener(body), (url) => elsewhere(at('sanne.zip'), '--jwks', url));
    expect(code).toBe(1);
    expect(err).toMatch(/^BAD_INPUT: http/);
  });
});
