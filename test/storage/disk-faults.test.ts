import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { OPEN, runNode } from './child.ts';
import { failureOf, filledWith, KEY, openDiskPlace, someBytes } from './places.ts';

let place: Awaited<ReturnType<typeof openDiskPlace>>;

beforeEach(async () => {
  place = await openDiskPlace();
});

afterEach(() => place[Symbol.asyncDispose]());

/** A script that writes a bundle of 200,000 bytes and prints what came of it. */
const writing = (before = '', fill = "destination.write(Buffer.alloc(200_000, 'x'))") => `
  const { openStorage } = await import(${OPEN});
  const { openSync, closeSync } = await import('node:fs');
  const storage = await openStorage({ kind: 'DISK', folder: ${JSON.stringify(place.folder)} });
  const write = () => storage.write('${KEY}', async (destination) => { ${fill}; }).then(({ bytes }) => bytes, (error) => error.code + ' ' + error.message);
  ${before}
  console.log(await write());`;

const traceFile = () => join(place.folder, '../trace');
const strace = (calls: string, ...inject: readonly string[]) => [
  'strace',
  '-f',
  '-qq',
  '-y',
  `--output=${traceFile()}`,
  `--trace=${calls}`,
  ...inject.map((fault) => `--inject=${fault}`),
];
/** The calls that were traced, in their order, as `name path result`. */
const traced = async () =>
  (await readFile(traceFile(), 'utf8'))
    .split('\n')
    .map((line) => /^\d+ +(\w+)\((?:\d+<(.*?)>|"(.*?)")?.*= (\S+)/.exec(line))
    .filter((match) => match !== null)
    .map(([, name, open = '', path = '', result]) => ({ name, path: open + path, result }))
    .filter(({ path }) => path.startsWith(place.folder))
    .map(({ name, path, result }) =>
      `${name} ${path.slice(place.folder.length)} ${result}`.replace(/part_\w+/, 'part'),
    );

test('U-20: the bytes are on disk before they get their name, and the name before success is told', async () => {
  expect(await runNode(writing(), strace('fsync,rename'))).toBe('200000');
  expect(await traced()).toEqual([
    'fsync  0',
    'fsync /cp 0',
    'fsync /cp/bundle_1/.attempt_1.zip.part 0',
    'rename /cp/bundle_1/.attempt_1.zip.part 0',
    'fsync /cp/bundle_1 0',
  ]);
});

describe('U-19: a disk that refuses', () => {
  // The syncs of a write: the folder above (its making needs another), root, tenant; then the file; then the folder.
  test.each([
    ['mkdir', 'EROFS', 1],
    ['mkdir', 'EIO', 2],
    ['mkdir', 'EIO', 3],
    ['fsync', 'EIO', 1],
    ['fsync', 'EIO', 2],
    ['fsync', 'EIO', 3],
    ['fsync', 'EIO', 4],
    ['fsync', 'EIO', 5],
    ['rename', 'EROFS', 1],
    ['rename', 'EIO', 1],
  ])('%s with %s, call %i: failed by name, nothing is left', async (call, fault, at) => {
    const told = await runNode(writing(), strace(`${call}`, `${call}:error=${fault}:when=${at}`));
    expect(told).toMatch(/^OUTPUT_FAILED .*could not be written/);
    expect(await readFile(traceFile(), 'utf8')).toContain('(INJECTED)');
    expect(await place.everything()).toEqual([]);
  });

  test('fsync with EIO is not asked again, of this file or of its folder', async () => {
    await runNode(writing(), strace('fsync,rename', 'fsync:error=EIO:when=4'));
    expect((await traced()).slice(-1)).toEqual(['fsync /cp/bundle_1/.attempt_1.zip.part -1']);
  });

  test('write, for the file may not grow any more', async () => {
    const told = await runNode(writing(), ['bash', '-c', 'trap "" XFSZ; ulimit -f 64; exec "$@"', 'limited']);
    expect(told).toMatch(/^OUTPUT_FAILED .*EFBIG/);
    expect(await place.everything()).toEqual([]);
  });

  test('open, for there are too many open files: and it writes again when there are not', async () => {
    const exhaust = `
      await write(); await storage.remove('${KEY}');
      const open = [];
      try { for (;;) open.push(openSync('/dev/null')); } catch {}
      console.log(await write());
      for (const fd of open) closeSync(fd);`;
    const told = await runNode(writing(exhaust), ['bash', '-c', 'ulimit -n 256; exec "$@"', 'limited']);
    const [refused, written] = told.split('\n');
    expect(refused).toMatch(/^OUTPUT_FAILED .*EMFILE/);
    expect(written).toBe('200000');
    expect(await place.everything()).toHaveLength(1);
  });

  test('unlink with EIO: what failed first is told, and a sweep takes what had to stay', async () => {
    const failing = "await new Promise((resolve) => destination.write('x', resolve)); throw new Error('broken')";
    const told = await runNode(writing('', failing), strace('unlink,unlinkat', 'unlink,unlinkat:error=EIO'));
    expect(told).toMatch(/^OUTPUT_FAILED .*it broke off/);
    expect(await place.everything()).toHaveLength(1);
    expect(await place.storage.stat(KEY)).toBeNull();
    expect(await place.storage.sweep(new Date(Date.now() + 60_000))).toHaveLength(1);
    expect(await place.everything()).toEqual([]);
  });
});

test('U-18: a full disk is told, nothing is left on it, and there is room for what fits', async () => {
  const after = `
    console.log(await write());
    const { readdirSync } = await import('node:fs');
    console.log(readdirSync(${JSON.stringify(place.folder)}, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length);
    console.log((await storage.write('cp/bundle_1/attempt_2.zip', async (destination) => { destination.write('x'); })).bytes);
    process.exit();`;
  const mounting = `mkdir -p "$0" && mount -t tmpfs -o size=128k none "$0" && exec "$@"`;
  // A mount of its own, which goes with the process.
  const apart = ['unshare', process.getuid?.() === 0 ? '-m' : '-rm', 'bash', '-c', mounting, place.folder];
  const [refused, files, written] = (await runNode(writing(after), apart)).split('\n');
  expect(refused).toMatch(/^OUTPUT_FAILED .*the disk is full/);
  expect([files, written]).toEqual(['0', '1']);
});

test('a folder that is a file is refused', async () => {
  await runNode(`await (await import('node:fs/promises')).writeFile(${JSON.stringify(place.folder)}, '')`);
  expect(await failureOf(place.storage.write(KEY, filledWith(someBytes(1))))).toMatchObject({ code: 'OUTPUT_FAILED' });
});
