import { execFile } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { jwksOf } from '../../src/bundle/sign/jwks.ts';
import { runCli, type CliResult } from '../cli/run-cli.ts';
import { hostileArchive, type HostilePart } from '../receive/hostile-archives.ts';
import { openSignedBundles, readZip, replace, rewrite, type Files, type SignedBundles } from './signed-bundles.ts';

let bundles: SignedBundles;
let jwks = '';

beforeAll(async () => {
  bundles = await openSignedBundles();
  jwks = join(bundles.at.folder, 'keys.json');
  writeFileSync(jwks, JSON.stringify(jwksOf([bundles.key])));
});

afterAll(() => bundles[Symbol.asyncDispose]());

const verify = async (bytes: Buffer): Promise<CliResult> =>
  runCli(['verify', await bundles.save(bytes), '--jwks', jwks]);

const CALLS = 'data/call-records.ndjson';
const TABLE = 'data/call-records.csv';
const files = (change: (files: Files) => Files) => () => rewrite(bundles.zip, change);
const without = (path: string) => (all: Files) => all.filter(([name]) => name !== path);
const called = (path: string, other: string) => (all: Files) =>
  all.map(([name, content]): Files[number] => [name === path ? other : name, content]);

async function parts(): Promise<HostilePart[]> {
  return [...(await readZip(bundles.zip))].map(([path, content]) => ({ path, content }));
}

/** A bundle after what was done to it, and what is named for it. */
const CHANGES: readonly (readonly [name: string, make: () => Promise<Buffer>, named: RegExp])[] = [
  [
    'with a byte of a file turned',
    files(replace(CALLS, (all) => all.toString().replace('+316', '+317'))),
    /^data\/call-records\.ndjson: /,
  ],
  ['with a byte of the packed archive turned', async () => turned(bundles.zip, 60), /^data\/account\.json: /],
  [
    'with one more file',
    files((all) => [...all.slice(0, 3), ['data/more.json', Buffer.from('[]')], ...all.slice(3)]),
    /^data\/more\.json: /,
  ],
  ['with a file less', files(without(CALLS)), /^data\/call-records\.ndjson: /],
  [
    'with a file under another name',
    files(called(CALLS, 'data/calls.ndjson')),
    /^data\/(?:calls|call-records)\.ndjson: /,
  ],
  [
    'with two files in each other’s place',
    files((all) => called('x', TABLE)(called(TABLE, CALLS)(called(CALLS, 'x')(all)))),
    /^data\/call-records\.(?:csv|ndjson): /,
  ],
  [
    'with a file twice in its directory',
    async () => hostileArchive((await parts()).map((part) => (part.path === CALLS ? { ...part, times: 2 } : part))),
    /^data\/call-records\.ndjson: .*twice/,
  ],
  ['with bytes behind its end', async () => Buffer.concat([bundles.zip, Buffer.from('more')]), /bundle/],
  ['that is cut off', async () => bundles.zip.subarray(0, -1), /bundle/],
  ['of which only the first half is there', async () => bundles.zip.subarray(0, bundles.zip.length / 2), /bundle/],
];

test.each(CHANGES)(
  'Z-16: verify refuses a bundle %s with exit code 1, and names what differs first',
  async (_, make, named) => {
    const { code, out, err } = await verify(await make());
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(named);
  },
);

test('verify finds nothing to object to in the same bundle', async () => {
  for (const bytes of [bundles.zip, bundles.document, hostileArchive(await parts())])
    expect(await verify(bytes)).toMatchObject({ code: 0, err: '' });
});

function turned(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const REACHING = 'openat,open,creat,mkdir,mkdirat,rename,renameat2,link,linkat,symlink,symlinkat,connect';

/** A call that makes, changes or reaches something; to open a file and read it is none. */
const REACHES = /O_(?:WRONLY|RDWR|CREAT|TMPFILE)|\d (?:creat|mkdir|rename|link|symlink|connect)\w*\(/;

/** The calls by which a check opens, makes or reaches anything outside of it. */
async function reachedBy(trace: string, file: string): Promise<readonly string[]> {
  const traced = ['strace', '-f', '-qq', `--output=${trace}`, `--trace=${REACHING}`] as const;
  const [program, ...words] = [...traced, process.execPath, MAIN, 'verify', file, '--jwks', jwks] as const;
  // Node would keep what it compiled.
  const env = { ...process.env, NODE_DISABLE_COMPILE_CACHE: '1' };
  await new Promise((resolve) => execFile(program, words, { env }, resolve));
  return (await readFile(trace, 'utf8')).split('\n').filter((line) => !line.includes('"/dev/'));
}

test('verify writes no file and reaches nobody, whatever is in the bundle', async () => {
  const folder = await mkdtemp(join(bundles.at.folder, 'traced-'));
  for (const bytes of [bundles.zip, bundles.document, turned(bundles.zip, 60)]) {
    const file = await bundles.save(bytes);
    const reached = await reachedBy(join(folder, 'trace'), file);
    expect(reached.some((call) => call.includes(file))).toBe(true);
    expect(reached.filter((call) => REACHES.test(call))).toEqual([]);
  }
  expect(readdirSync(folder)).toEqual(['trace']);
});
