import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fileCall, type Point } from './doom.ts';
import { bytesAt, openStage, STORED_FILES, type Stage, type State } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage[Symbol.asyncDispose]());

const everyStoredFile = Array.from({ length: STORED_FILES }, (_, index): [string, Point] => [
  `after stored file ${index + 1}`,
  fileCall('after', 'appendFile', 'journal', index + 2),
]);

const BEFORE_ALL_IS_COLLECTED: readonly [string, Point][] = [
  ['at its first query', { kind: 'QUERY', count: 1 }],
  ['after the first row', { kind: 'ROW', count: 1 }],
  ['before it is noted that all is collected', fileCall('before', 'appendFile', 'journal')],
];
const AFTER_THAT: readonly [string, Point][] = [
  ['after collecting', fileCall('after', 'appendFile', 'journal')],
  ['in the middle of a stored file', { kind: 'CHUNK', count: 8 }],
  ...everyStoredFile,
  ['between the manifest and its signature', { kind: 'SIGN', count: 1 }],
  ['before it is put in its place', fileCall('before', 'open', '.part_')],
  ['while it is put in its place', fileCall('after', 'open', '.part_')],
  ['before it gets its name', fileCall('before', 'rename', '.part_')],
];
const WITH_ITS_NAME: readonly [string, Point][] = [
  ['after it got its name', fileCall('after', 'rename', '.part_')],
  ['before its site is removed', fileCall('before', 'rm', 'builds', 2)],
];

describe('a build that is killed', () => {
  test.each(BEFORE_ALL_IS_COLLECTED)('%s starts from the beginning, with what is there by then', async (_, point) => {
    const { left, resumed, result } = await killAndGoOn(point);
    expect(left).toBeNull();
    expect(resumed).toBe(false);
    expect(result.equals(await stage.whole('new'))).toBe(true);
  });

  test.each(AFTER_THAT)('%s goes on, with nothing that came later', async (_, point) => {
    const { left, resumed, result } = await killAndGoOn(point);
    expect(left).toBeNull();
    expect(resumed).toBe(true);
    expect(result.equals(await stage.whole('old'))).toBe(true);
  });

  test.each(WITH_ITS_NAME)('%s has left a whole bundle', async (_, point) => {
    const { left, result } = await killAndGoOn(point);
    expect(left?.equals(await stage.whole('old'))).toBe(true);
    expect(result.equals(await stage.whole('old'))).toBe(true);
  });
});

/** Kills an export of the old state at a point, then exports when the state is the new one. Nothing else is left by then. */
async function killAndGoOn(point: Point): Promise<{ left: Buffer | null; resumed: boolean; result: Buffer }> {
  expect(await stage.kill('bundle.zip', point, { state: 'old' })).toBe(true);
  const left = await bytesAt(stage.out('bundle.zip'));
  const { resumed } = await stage.export('bundle.zip', { state: 'new' });
  const result = await bytesAt(stage.out('bundle.zip'));
  expect(await stage.everything()).toEqual(['out/bundle.zip']);
  await stage.clear();
  return { left, resumed, result: result ?? Buffer.alloc(0) };
}

describe('volumes of which the build is killed', () => {
  const VOLUME_BYTES = 400_000;
  const exported = (state: State) => stage.export('v.zip', { state, volumeBytes: VOLUME_BYTES });
  let wanted: ReadonlyMap<string, Buffer>;
  beforeAll(async () => {
    wanted = await stage.files(() => exported('old'));
    expect(wanted.size).toBeGreaterThan(2);
  });

  test.each([
    ...everyStoredFile,
    ['between the manifest and its signature', { kind: 'SIGN', count: 1 }],
    ['before the first gets its name', fileCall('before', 'rename', '.part_')],
    ['between the names of the second and the third', fileCall('after', 'rename', '.part_', 2)],
  ] satisfies [string, Point][])('%s come out as those that were not', async (_, point) => {
    const found = await stage.files(async () => {
      expect(await stage.kill('v.zip', point, { state: 'old', volumeBytes: VOLUME_BYTES })).toBe(true);
      expect((await exported('new')).resumed).toBe(true);
    });
    expect(found).toEqual(wanted);
  });
});
