import { deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readZip } from '../signing/signed-bundles.ts';
import { fields, hostileArchive, zip64End, type HostilePart } from './hostile-archives.ts';
import { openTarget, type Target } from './target.ts';

let target: Target;

beforeAll(async () => {
  target = await openTarget();
});

afterAll(() => target[Symbol.asyncDispose]());

const ANYBODY = { kind: 'ANYBODY' } as const;
const TARGET = 'data/account.json';
const ZEROS = Buffer.alloc(200_000_000);

/** What the archive of an enemy has in place of one file. */
const PARTS: readonly (readonly [name: string, change: Partial<HostilePart>, told: RegExp])[] = [
  ['climbs out of its folder', { path: '../account.json' }, /not safe/],
  ['is absolute', { path: '/etc/passwd' }, /not safe/],
  ['has backslashes', { path: '..\\account.json' }, /not safe/],
  ['is a link', { attributes: (0o120_777 << 16) >>> 0 }, /ordinary/],
  ['stands there twice', { times: 2 }, /twice/],
  ['has another name before it', { localPath: 'data/accounx.json' }, /another name/],
  ['is encrypted', { flags: 9 }, /encrypted/],
  ['is packed in an unknown way', { method: 99 }, /does not write/],
  [
    'has sizes of ZIP64 that lie',
    { extra: fields([1, 2], [16, 2], [2 ** 40, 6], [0, 2], [1, 6], [0, 2]) },
    /does not write/,
  ],
  ['claims 3 GB', { bytes: 3_000_000_000 }, /claims|more/],
  ['is a bomb that says nothing of it', { packed: deflateRawSync(ZEROS) }, /more or less|decompressed/],
  ['is a bomb that says so', { packed: deflateRawSync(ZEROS), bytes: ZEROS.length }, /bytes, the manifest says/],
  ['overlaps another', { at: 0 }, /overlaps/],
];

test.each(PARTS)(
  'Z-16, X-34: an archive in which a file %s is refused, and nothing is written',
  async (_name, change, told) => {
    const parts = [...(await readZip(target.zip))].map(([path, content]) => ({ path, content }));
    const changed = parts.map((part) => (part.path === TARGET ? { ...part, ...change } : part));
    expect(await target.refusal(hostileArchive(changed), ANYBODY)).toMatch(told);
  },
);

/** Whole files of an enemy. */
const FILES: readonly (readonly [name: string, make: () => Buffer | Promise<Buffer>, told: RegExp])[] = [
  ['has bytes before it', async () => hostileArchive(await parts(), Buffer.from('PK and more')), /preceded|broken/],
  ['has bytes behind it', async () => hostileArchive(await parts(), undefined, Buffer.from('more')), /broken|end/],
  ['holds only archives, as 42.zip does', () => nested(6), /no manifest\.json/],
  [
    'promises 2^40 files',
    () => Buffer.concat([Buffer.from('PK\u0003\u0004'), zip64End(2 ** 40, 4, 0)]),
    /up to 250000/,
  ],
  [
    'has a directory outside of it',
    () => Buffer.concat([Buffer.from('PK\u0003\u0004'), zip64End(1, 2 ** 41, 46)]),
    /./,
  ],
  [
    'is a document with a row twice',
    () => edited(/(\n\{"subjectId":[^\n]*\}),?\n/, '$1,$1\n'),
    /rows, the manifest says|bytes, the manifest says|stands something/,
  ],
  ['is a document of depth', () => Buffer.from(`{\n${'['.repeat(100_000)}`), /broken/],
  ['is no bundle', () => Buffer.from('subject,email\n'), /not a bundle/],
  ['is empty', () => Buffer.alloc(0), /not a bundle/],
];

test.each(FILES)('Z-16, X-34: a file that %s is refused, and nothing is written', async (_name, make, told) => {
  expect(await target.refusal(await make(), ANYBODY)).toMatch(told);
});

async function parts(): Promise<HostilePart[]> {
  return [...(await readZip(target.zip))].map(([path, content]) => ({ path, content }));
}

function nested(depth: number): Buffer {
  let inner = hostileArchive([{ path: 'zeros.bin', content: Buffer.alloc(10_000_000) }]);
  for (let level = 0; level < depth; level += 1)
    inner = hostileArchive(
      Array.from({ length: 16 }, (_, index) => ({ path: `lib ${index}.zip`.replace(' ', ''), content: inner })),
    );
  return inner;
}

function edited(search: RegExp, replacement: string): Buffer {
  const text = target.document.toString('latin1');
  const changed = text.replace(search, replacement);
  expect(changed).not.toBe(text);
  return Buffer.from(changed, 'latin1');
}

const manifestOf = (change: (text: string) => string) => async (): Promise<Buffer> => {
  const all = (await parts()).map((part) =>
    part.path === 'manifest.json' ? { ...part, content: Buffer.from(change(part.content.toString())) } : part,
  );
  return hostileArchive(all);
};

test.each([
  [
    'lists fewer',
    manifestOf((text) => text.replace(/ {4}\{\n {6}"path": "data\/account\.csv"[^}]*\},\n/, '')),
    /data\/account\.csv: is not in/,
  ],
  [
    'lists more',
    manifestOf((text) => text.replace('"path": "data/account.csv"', '"path": "data/account.tsv"')),
    /account\.tsv: is in the manifest/,
  ],
  ['has 100 MB', manifestOf((text) => `${' '.repeat(100_000_000)}${text}`), /manifest\.json is too large/],
  [
    'is nested 200 000 deep',
    manifestOf((text) => text.replace('{\n', `{\n"x":${'['.repeat(200_000)}${']'.repeat(200_000)},\n`)),
    /too deep/,
  ],
  [
    'has a key __proto__',
    manifestOf((text) => text.replace('{\n', '{\n  "__proto__": {"scope": "PORTABILITY"},\n')),
    /./,
  ],
] as const)('X-34: an archive whose manifest %s is refused, and nothing is written', async (_name, make, told) => {
  expect(await target.refusal(await make(), ANYBODY)).toMatch(told);
});
