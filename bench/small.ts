import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportBundle } from '../src/bundle/export-file.ts';
import { readConfig } from '../src/config.ts';
import { openGateway, type Gateway } from '../src/gateway.ts';
import { exportByHand } from './by-hand.ts';
import { seedTypical } from './seed-typical.ts';

/** Bundles per second by Carryall and by a script written by hand, and the one over the other. */
export interface SmallFigures {
  readonly subjects: number;
  readonly perSecond: number;
  readonly byHandPerSecond: number;
  readonly ratio: number;
  /** Of the last minute, when the measurement ended. */
  readonly load: number;
}

/** How many bundles are built before it is the other's turn. */
const TURN = 25;

type Way = (subjectId: string, path: string) => Promise<unknown>;

/** Exports so many typical people one after the other, by turns in two ways: as the command does it, and by hand. */
export async function benchSmall(subjects: number): Promise<SmallFigures> {
  const config = readConfig();
  await using gateway = await openGateway({ ...config, dataFolder: join(config.dataFolder, 'bench') }, 'MIGRATE');
  const { pool } = gateway.database;
  const { tenantId, ids } = await seedTypical(pool, subjects);
  const folder = await mkdtemp(join(tmpdir(), 'carryall-bench-'));
  const ways = {
    ours: exportOurs(gateway, tenantId),
    byHand: (subjectId: string, path: string) => exportByHand(pool, { tenantId, subjectId }, path),
  } satisfies Record<string, Way>;
  try {
    // Nobody's first bundles are what is measured.
    for (const way of Object.values(ways)) await run(way, ids.slice(0, TURN), folder);
    const seconds = { ours: 0, byHand: 0 };
    for (let from = 0; from < ids.length; from += TURN) {
      const some = ids.slice(from, from + TURN);
      // Whoever comes first in a turn finds another machine than who comes second.
      const order = (from / TURN) % 2 === 0 ? (['ours', 'byHand'] as const) : (['byHand', 'ours'] as const);
      for (const name of order) seconds[name] += await run(ways[name], some, folder);
    }
    return {
      subjects,
      perSecond: round(subjects / seconds.ours),
      byHandPerSecond: round(subjects / seconds.byHand),
      ratio: round(seconds.byHand / seconds.ours),
      load: round(loadavg()[0] ?? 0),
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

function exportOurs(gateway: Gateway, tenantId: string): Way {
  const sources = { ...gateway, pool: gateway.database.pool };
  return (subjectId, path) => exportBundle(sources, { tenantId, subjectId, scope: 'PORTABILITY', format: 'ZIP' }, path);
}

async function run(way: Way, ids: readonly string[], folder: string): Promise<number> {
  const start = performance.now();
  for (const id of ids) await way(id, join(folder, `${id}.zip`));
  return (performance.now() - start) / 1000;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
