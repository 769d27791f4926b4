import { readdir, readFile, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { addNotes } from '../../src/bundle/journal.ts';
import { sweepSites } from '../../src/bundle/leftovers.ts';
import { failureOf } from '../bundle/breakdowns.ts';
import { fileCall } from './doom.ts';
import { bytesAt, openStage, type Stage, type State } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage[Symbol.asyncDispose]());
afterEach(() => stage.clear());

const NAME = 'bundle.zip';
const AFTER_THE_THIRD_FILE = fileCall('after', 'appendFile', 'journal', 4);

/** Leaves the site of a build of the old state that was killed after its third stored file, and returns its folder. */
async function leaveSite(): Promise<string> {
  expect(await stage.kill(NAME, AFTER_THE_THIRD_FILE, { state: 'old' })).toBe(true);
  const [site, ...others] = await readdir(join(stage.workFolder, 'builds'));
  expect(others).toEqual([]);
  return join(stage.workFolder, 'builds', site ?? '');
}

/** Exports the new state, and says what came of it. Nothing but the bundle is left. */
async function goOn(now?: string): Promise<{ readonly resumed: boolean; readonly isWhole: boolean }> {
  const { resumed } = await stage.export(NAME, { state: 'new', ...(now === undefined ? {} : { now }) });
  expect(await stage.everything()).toEqual([`out/${NAME}`]);
  const found = await bytesAt(stage.out(NAME));
  const wanted = await (resumed ? stage.whole('old') : stage.whole('new', now));
  return { resumed, isWhole: found?.equals(wanted) ?? false };
}

async function flip(path: string, at: (bytes: Buffer) => number): Promise<void> {
  const bytes = await readFile(path);
  const index = at(bytes);
  bytes[index] = (bytes[index] ?? 0) ^ 1;
  await writeFile(path, bytes);
}

describe('what a build that was killed has left', () => {
  test('is gone on with up to a day later, and not after that', async () => {
    await leaveSite();
    expect(await goOn('2026-11-23T00:00:00Z')).toEqual({ resumed: true, isWhole: true });
    await leaveSite();
    expect(await goOn('2026-11-23T00:00:00.001Z')).toEqual({ resumed: false, isWhole: true });
  });

  test('is gone on with where its journal ends in the middle of a line, as often as that happens', async () => {
    for (let round = 0; round < 2; round += 1) {
      const journal = join(await leaveSite(), 'journal.ndjson');
      await truncate(journal, (await stat(journal)).size - 20);
    }
    // Killed once more on the way: what was added to half a line would have made the journal unreadable.
    expect(await stage.kill(NAME, fileCall('after', 'appendFile', 'journal', 2), { state: 'new' })).toBe(true);
    expect(await goOn()).toEqual({ resumed: true, isWhole: true });
  });

  test('is thrown away where its journal is not what was written, before all was collected', async () => {
    await flip(join(await leaveSite(), 'journal.ndjson'), (bytes) => bytes.indexOf('"Old') + 1);
    expect(await goOn()).toEqual({ resumed: false, isWhole: true });
  });

  test.each([
    ['shorter than its journal says', (path: string) => truncate(path, 1000)],
    ['gone', (path: string) => truncate(path, 0)],
  ])('is thrown away where its volume is %s', async (_, spoil) => {
    await spoil(join(await leaveSite(), 'volume-1.part'));
    expect(await goOn()).toEqual({ resumed: false, isWhole: true });
  });

  test.each([
    ['a stored file', /files\/legal-documents\/doc-\d\.pdf/, (bytes: Buffer) => Math.floor(bytes.length / 2)],
    ['rows', /data\/account\.json/, (bytes: Buffer) => bytes.indexOf('data/account.json') + 30],
  ])('fails by the name of %s in which a bit has turned, and the next build succeeds', async (_, named, at) => {
    await flip(join(await leaveSite(), 'volume-1.part'), at);
    const { code, message } = await failureOf(stage.export(NAME, { state: 'new' }), new Promise(() => {}));
    expect({ code, message }).toEqual({ code: 'BUNDLE_FAILED', message: expect.stringMatching(named) as string });
    expect(await stage.everything()).toEqual([]);
    expect(await goOn()).toEqual({ resumed: false, isWhole: true });
  });

  test('is removed by a sweep once nobody has written to it for long enough, wherever it lies', async () => {
    expect(await stage.kill(NAME, fileCall('after', 'open', '.part_'), { state: 'old' })).toBe(true);
    const left = await stage.everything();
    expect(left).toHaveLength(3);
    const aMinuteAgo = new Date(Date.now() - 60_000);
    expect(await sweepSites(stage.workFolder, aMinuteAgo)).toBe(0);
    expect(await stage.everything()).toEqual(left);
    for (const site of await readdir(join(stage.workFolder, 'builds'), { withFileTypes: true, recursive: true }))
      await utimes(join(site.parentPath, site.name), aMinuteAgo, aMinuteAgo);
    expect(await sweepSites(stage.workFolder, new Date(Date.now() - 30_000))).toBe(1);
    expect(await stage.everything()).toEqual([]);
  });

  test('has no other file removed, whatever its journal names', async () => {
    const site = await leaveSite();
    await writeFile(stage.out('somebody-elses'), 'x');
    await addNotes(join(site, 'journal.ndjson'), [{ kind: 'UNFINISHED', path: stage.out('somebody-elses') }]);
    expect(await sweepSites(stage.workFolder, new Date(Date.now() + 60_000))).toBe(1);
    expect(await stage.everything()).toEqual(['out/somebody-elses']);
  });
});

describe('two builds of the same at a time', () => {
  test.each<[string, State, () => Promise<unknown>]>([
    ['in one process', 'new', () => stage.export(NAME, { state: 'new' })],
    ['in two processes', 'old', () => stage.kill(NAME, { kind: 'NEVER' }, { state: 'old' })],
  ])('%s are both whole, and neither takes the other’s', async (_, state, other) => {
    await leaveSite();
    const [first] = await Promise.all([stage.export(NAME, { state: 'new' }), other()]);
    const found = await bytesAt(stage.out(NAME));
    const whole = await Promise.all([stage.whole('old'), stage.whole(state), stage.whole('new')]);
    expect(whole.some((bytes) => found?.equals(bytes))).toBe(true);
    expect(first.bytes).toBe((await stage.whole(first.resumed ? 'old' : 'new')).length);
    expect(await stage.everything()).toEqual([`out/${NAME}`]);
  });

  test('more than the pool has connections all come to their end', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `bundle-${index}.zip`);
    await stage.exportAll(names, { state: 'new' });
    const found = await stage.files(async () => {});
    for (const name of names) expect(found.get(name)?.equals(await stage.whole('new'))).toBe(true);
  });
});
