import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sweepSites } from '../../src/bundle/leftovers.ts';
import type { Point } from './doom.ts';
import { bytesAt, openStage, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage[Symbol.asyncDispose]());

const KILLS = Number(process.env['KILLS'] ?? 40);
const AT_ONCE = 3;
/** Every so many builds are not gone on with: a sweep is to find what they left. */
const GIVEN_UP = 10;
const MINUTE_MS = 60_000;

/** Numbers that look like chance, the same ones for the same seed (mulberry32). */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** A point of about as many as a build passes. */
function somePoint(below: (limit: number) => number): Point {
  const after = below(2) === 0;
  const points: readonly (() => Point)[] = [
    () => ({ kind: 'QUERY', count: 1 + below(24) }),
    () => ({ kind: 'ROW', count: 1 + below(2) }),
    () => ({ kind: 'OPEN', count: 1 + below(5) }),
    () => ({ kind: 'CHUNK', count: 1 + below(18) }),
    () => ({ kind: 'FILE', call: 'appendFile', path: null, after, count: 1 + below(7) }),
    () => ({ kind: 'FILE', call: 'write', path: null, after, count: 1 + below(90) }),
    () => ({ kind: 'FILE', call: null, path: 'builds', after, count: 1 + below(12) }),
    () => ({ kind: 'FILE', call: null, path: 'out', after, count: 1 + below(6) }),
    () => ({ kind: 'SIGN', count: 1 }),
    () => ({ kind: 'DELAY', ms: 1 + below(250) }),
  ];
  return points[below(points.length)]?.() ?? { kind: 'NEVER' };
}

test(`${KILLS} builds that are killed at random leave nothing but whole bundles, and what the next one goes on with`, async () => {
  const seed = Number(process.env['SEED'] ?? randomInt(2 ** 31));
  console.log(`the seed of the random kills: ${seed}`);
  const came = { killed: 0, survived: 0, resumed: 0, restarted: 0, givenUp: 0 };
  let names = 0;
  const [before, later] = [await stage.whole('old'), await stage.whole('new')];

  /** One build that dies, and the next one of the same, unless nobody asks again. */
  const killOne = async (): Promise<void> => {
    const number = (names += 1);
    // Each has chances of its own: they do not depend on which of those that run together comes first.
    const point = somePoint(chance(seed + number));
    const name = `bundle-${number}.zip`;
    const told = `seed ${seed}, ${name}, ${JSON.stringify(point)}`;
    const killed = await stage.kill(name, point, { state: 'old' });
    came[killed ? 'killed' : 'survived'] += 1;
    const left = await bytesAt(stage.out(name));
    expect(left === null ? killed : left.equals(before), told).toBe(true);
    if (number % GIVEN_UP === 0) return void (came.givenUp += 1);
    const { resumed } = await stage.export(name, { state: 'new' });
    came[resumed ? 'resumed' : 'restarted'] += 1;
    expect((await bytesAt(stage.out(name)))?.equals(resumed ? before : later), told).toBe(true);
  };
  const killOnAndOn = async (): Promise<void> => {
    while (came.killed < KILLS) await killOne();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, killOnAndOn));

  console.log(came);
  const left = await stage.everything();
  expect(left.filter((path) => !/^(work\/builds\/|out\/\.?bundle-\d+\.zip)/.test(path))).toEqual([]);
  // The lock of a process that was killed may outlive it for a moment: then the next build leaves its site alone.
  const swept = await sweepSites(stage.workFolder, new Date(Date.now() + MINUTE_MS));
  expect(swept).toBeLessThanOrEqual(came.givenUp + came.restarted);
  expect((await stage.everything()).filter((path) => !/^out\/bundle-\d+\.zip$/.test(path))).toEqual([]);
  // Both ways were gone.
  expect(Math.min(came.resumed, came.restarted)).toBeGreaterThan(0);
}, 600_000);
