import { deflateRawSync, crc32 } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSignedBundles, readZip, type SignedBundles } from './signed-bundles.ts';

let bundles: SignedBundles;

beforeAll(async () => {
  bundles = await openSignedBundles();
});

afterAll(() => bundles[Symbol.asyncDispose]());

interface Part {
  readonly path: string;
  readonly content: Buffer;
  /** What the header before the file calls it. */
  readonly localPath?: string;
  readonly packed?: Buffer;
  readonly bytes?: number;
  readonly sum?: number;
  readonly flags?: number;
  readonly method?: number;
  readonly attributes?: number;
  readonly comment?: string;
  readonly extra?: Buffer;
  /** Bytes of no file that stand before this one. */
  readonly before?: Buffer;
  /** Where the directory says that it begins; otherwise where it does. */
  readonly at?: number;
  /** How often the directory has it. */
  readonly times?: number;
}

/** Writes an archive as its directory wants it, right or wrong. */
function archive(
  parts: readonly Part[],
  end: { readonly count?: number; readonly prefix?: Buffer; readonly gap?: Buffer } = {},
): Buffer {
  const prefix = end.prefix ?? Buffer.alloc(0);
  const files: Buffer[] = [prefix];
  const directory: Buffer[] = [];
  let at = prefix.length;
  const put = (buffer: Buffer): void => {
    files.push(buffer);
    at += buffer.length;
  };
  for (const part of parts) {
    const packed = part.packed ?? deflateRawSync(part.content, { level: 6 });
    const sum = part.sum ?? crc32(part.content);
    const bytes = part.bytes ?? part.content.length;
    put(part.before ?? Buffer.alloc(0));
    const offset = part.at ?? at;
    const shared = fields([20, 2], [part.flags ?? 8, 2], [part.method ?? 8, 2], [0, 2], [0x21, 2]);
    const local = Buffer.from(part.localPath ?? part.path);
    put(
      Buffer.concat([
        fields([0x04034b50, 4]),
        shared,
        fields([0, 4], [0, 4], [0, 4], [local.length, 2], [0, 2]),
        local,
      ]),
    );
    put(packed);
    put(fields([0x08074b50, 4], [sum, 4], [packed.length, 4], [bytes, 4]));
    const name = Buffer.from(part.path);
    const extra = part.extra ?? Buffer.alloc(0);
    const comment = Buffer.from(part.comment ?? '');
    const entry = Buffer.concat([
      fields([0x02014b50, 4], [0x032d, 2]),
      shared,
      fields([sum, 4], [packed.length, 4], [bytes, 4], [name.length, 2], [extra.length, 2], [comment.length, 2]),
      fields([0, 2], [0, 2], [part.attributes ?? 0x81a40020, 4], [offset, 4]),
      name,
      extra,
      comment,
    ]);
    for (let time = 0; time < (part.times ?? 1); time += 1) directory.push(entry);
  }
  put(end.gap ?? Buffer.alloc(0));
  const central = Buffer.concat(directory);
  const count = end.count ?? directory.length;
  return Buffer.concat([
    ...files,
    central,
    fields([0x06054b50, 4], [0, 2], [0, 2], [count, 2], [count, 2], [central.length, 4], [at, 4], [0, 2]),
  ]);
}

function fields(...values: readonly (readonly [value: number, width: number])[]): Buffer {
  return Buffer.concat(
    values.map(([value, width]) => {
      const field = Buffer.alloc(width);
      field.writeUIntLE(value, 0, width);
      return field;
    }),
  );
}

async function ours(): Promise<readonly Part[]> {
  return [...(await readZip(bundles.zip))].map(([path, content]) => ({ path, content }));
}

test('an archive with the same files that another program wrote in our way holds', async () => {
  expect(await bundles.faultsOf(archive(await ours()))).toEqual([]);
});

const TARGET = 'README.txt';
const SMALL = Buffer.from('hello');

/** Archives of which one file is not as it should be, by what is wrong with it. */
const WRONG: readonly (readonly [name: string, change: Partial<Part>, reason: RegExp])[] = [
  ['climbs out of its folder', { path: '../README.txt' }, /not safe/],
  ['climbs out below a folder', { path: 'data/../../x' }, /not safe/],
  ['is absolute', { path: '/etc/passwd' }, /not safe/],
  ['has a drive', { path: 'C:\\x' }, /not safe/],
  ['has backslashes', { path: '..\\x' }, /not safe/],
  ['is a share', { path: '\\\\srv\\x' }, /not safe/],
  ['has a dot for a folder', { path: 'a/./b' }, /not safe/],
  ['is a folder', { path: 'data/' }, /not safe/],
  ['is a device of Windows', { path: 'data/aux.txt' }, /not safe/],
  ['writes on the terminal', { path: 'a\u001b[2Jb' }, /not safe/],
  ['is a link', { attributes: (0o120_777 << 16) >>> 0 }, /ordinary/],
  ['is a device', { attributes: (0o060_666 << 16) >>> 0 }, /ordinary/],
  ['is a folder by its mode', { attributes: (0o040_755 << 16) >>> 0 }, /ordinary/],
  ['has no mode', { attributes: 0 }, /ordinary/],
  ['runs with its owner’s rights', { attributes: (0o104_755 << 16) >>> 0 }, /does not write/],
  ['is encrypted', { flags: 9 }, /encrypted/],
  ['is packed in another way', { method: 12 }, /does not write/],
  ['has a comment', { comment: 'x' }, /does not write/],
  ['has an extra field', { extra: fields([0x7075, 2], [1, 2], [0, 1]) }, /does not write/],
  ['claims more than it holds', { bytes: 3_000_000_000 }, /claims|more/],
  ['is a bomb', { packed: deflateRawSync(Buffer.alloc(50_000_000)) }, /more or less|cannot be decompressed/],
  ['holds less than it claims', { content: SMALL, bytes: 6 }, /bytes/],
  ['has the checksum of another', { sum: 1 }, /checksum/],
  ['has another name before it', { localPath: 'README.exe' }, /another name/],
  ['has a longer name before it', { localPath: 'README.text' }, /./],
  ['overlaps the one before', { at: 0 }, /overlaps/],
  ['stands there twice', { times: 2 }, /twice/],
  ['follows bytes of no file', { before: Buffer.from('hidden') }, /preceded/],
];

test.each(WRONG)('a file that %s is named', async (_name, change, reason) => {
  const parts = (await ours()).map((part) => (part.path === TARGET ? { ...part, ...change } : part));
  const [first] = await bundles.faultsOf(archive(parts));
  const path = (change.path ?? TARGET).replace('\u001b', '?');
  expect(first).toEqual({ path, reason: expect.stringMatching(reason) as string });
});

test('bytes behind the end of a packed file are found', async () => {
  const parts = (await ours()).map((part) =>
    part.path === TARGET
      ? { ...part, packed: Buffer.concat([deflateRawSync(part.content, { level: 6 }), Buffer.from('hidden')]) }
      : part,
  );
  expect(await bundles.faultsOf(archive(parts))).toEqual([
    { path: TARGET, reason: expect.stringContaining('hides') as string },
  ]);
});

test('bytes before the first file and after the last are found', async () => {
  const parts = await ours();
  const [first] = await bundles.faultsOf(archive(parts, { prefix: Buffer.from('PK and more') }));
  expect(first).toMatchObject({ path: parts[0]?.path, reason: expect.stringContaining('preceded') as string });
  const [between] = await bundles.faultsOf(archive(parts, { gap: Buffer.from('hidden') }));
  expect(between).toMatchObject({ path: 'manifest.jws', reason: expect.stringContaining('followed') as string });
  const last = { path: 'x', content: SMALL };
  const [second] = await bundles.faultsOf(archive([...parts, last], { count: parts.length }));
  expect(second?.path).toBe('manifest.jws');
});

test('an archive that promises millions of files is refused before they are read', async () => {
  const zip64 = Buffer.concat([
    fields([0x06064b50, 4], [44, 6], [0, 2], [45, 2], [45, 2], [0, 4], [0, 4]),
    fields([2_000_001, 6], [0, 2], [2_000_001, 6], [0, 2], [0, 6], [0, 2], [4, 6], [0, 2]),
    fields([0x07064b50, 4], [0, 4], [4, 6], [0, 2], [1, 4]),
    fields([0x06054b50, 4], [0, 2], [0, 2], [0xffff, 2], [0xffff, 2], [0xffffffff, 4], [0xffffffff, 4], [0, 2]),
  ]);
  const [first] = await bundles.faultsOf(Buffer.concat([Buffer.from('PK\u0003\u0004'), zip64]));
  expect(first?.reason).toContain('holds more than 2000000 files');
});

test.each(['data/bomb.json', 'manifest.json'])('a bomb under the name %s is not unpacked', async (path) => {
  const zeros = 200_000_000;
  const bomb = { path, content: SMALL, packed: deflateRawSync(Buffer.alloc(zeros)), bytes: zeros };
  const bytes = archive([bomb, ...(await ours()).filter((part) => part.path !== path)]);
  const before = process.memoryUsage().rss;
  expect((await bundles.faultsOf(bytes))[0]?.path).toContain(path);
  expect(process.memoryUsage().rss - before).toBeLessThan(50_000_000);
});

const LINE = /^\{.*"calledNumber".*\},?$/m;

/** Documents that a reader of JSON may well take, and ours must not. */
const ODD: readonly (readonly [name: string, change: (text: string) => string])[] = [
  ['a member twice', (text) => text.replace('\n"manifest":', '\n"manifest":{"format":"x"},\n"manifest":')],
  ['a group twice', (text) => text.replace('\n"schema":{', '\n"data":{\n"x":[\n]\n\n},\n"schema":{')],
  ['a dataset twice', (text) => text.replace('\n"call-records":[', '\n"call-records":[\n]\n,\n"call-records":[')],
  ['a dataset of nobody', (text) => text.replace('\n"call-records":[', '\n"more":[\n]\n,\n"call-records":[')],
  ['a member of nobody', (text) => text.replace('\n"manifest":', '\n"note":{"a":1},\n"manifest":')],
  ['a schema of nobody', (text) => text.replace('\n"schema":{', '\n"schema":{\n"x":{},')],
  ['a row twice', (text) => text.replace(LINE, (line) => `${line.replace(/,$/, '')},\n${line}`)],
  ['a row less', (text) => text.replace(/^\{.*"calledNumber".*\},\n/m, '')],
  ['two rows on a line', (text) => text.replace(/(^\{.*"calledNumber".*\}),\n/m, '$1,')],
  ['a line end of Windows', (text) => text.replace('\n"schema"', '\r\n"schema"')],
  ['a comma too many', (text) => text.replace(/\}\n\]/, '},\n]')],
  ['a comma too few', (text) => text.replace(/^(\{.*"calledNumber".*\}),$/m, '$1')],
  ['an empty line', (text) => text.replace('\n"data"', '\n\n"data"')],
  ['information of somebody else', (text) => text.replace('"information":{', '"information":{"a":1,')],
  [
    'the signature first',
    (text) => text.replace(/,\n"signature":("[^"]+")\n/, '\n').replace('{\n', '{\n"signature":"a..b",\n'),
  ],
  ['no signature', (text) => text.replace(/,\n"signature":"[^"]+"/, '')],
  ['a signature with an escape', (text) => text.replace('"signature":"e', '"signature":"\\u0065')],
];

test.each(ODD)('a document with %s is refused', async (_name, change) => {
  const text = bundles.document.toString('utf8');
  const edited = change(text);
  expect(edited).not.toBe(text);
  expect((await bundles.faultsOf(Buffer.from(edited))).length).toBeGreaterThan(0);
});
