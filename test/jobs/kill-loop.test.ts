import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { aftermath } from './aftermath.ts';
import { startDoomed } from './doomed.ts';
import { openOffice } from './office.ts';

const KILLS = Number(process.env['KILLS'] ?? 30);
const SEED = Number(process.env['SEED'] ?? randomInt(2 ** 31));
const AT_ONCE = 2;
const LONGEST_MS = 1500;

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

test(`U-02: after ${KILLS} kills at random moments every request has its one bundle, and nothing else is left`, async () => {
  await using office = await openOffice();
  const after = aftermath(office);
  // What is killed so often must not be given up.
  await office.rows(`UPDATE pgboss.queue SET retry_limit = 10000 WHERE name = 'bundle-build'`);
  console.log(`U-02: SEED=${SEED} KILLS=${KILLS}`);
  const below = chance(SEED);
  const asked: { request: string; person: string }[] = [];
  const ask = async (): Promise<void> => {
    const person = await after.somebody();
    asked.push({ person, request: await office.ask('cr', person) });
  };
  for (let index = 0; index < 5; index += 1) await ask();
  let kills = 0;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async (_, index) => {
      while (kills < KILLS) {
        kills += 1;
        await ask();
        const worker = startDoomed(office, {
          point: { kind: 'NEVER' },
          worker: `doomed${index}`,
          concurrency: 3,
          slowMs: below(400),
        });
        await worker.said('ready');
        await pause(below(LONGEST_MS));
        worker.child.kill('SIGKILL');
        expect((await worker.ended).told).toBe('');
      }
    }),
  );
  const requests = asked.map(({ request }) => request);
  await after.rescue(requests);
  await after.isWhole(asked);
  const attempts = (await Promise.all(requests.map((request) => office.attempts(request)))).flat();
  const lost = attempts.filter(({ outcome }) => outcome !== 'PUBLISHED').length;
  console.log(`U-02: ${requests.length} requests, ${attempts.length} attempts of which ${lost} were killed, 0 lost`);
}, 1_800_000);
