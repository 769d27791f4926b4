import { mkdtemp, open, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportBundle } from '../src/bundle/export-file.ts';
import { readConfig } from '../src/config.ts';
import { openGateway, type Gateway } from '../src/gateway.ts';
import { exportByHand } from './by-hand.ts';
import { cpuOf, serverPid } from './cpu.ts';
import { seedTypical } from './seed-typical.ts';

/** What one bundle took, in milliseconds. */
export interface SmallFigure {
  readonly ms: number;
  /** Of the process. */
  readonly cpuMs: number;
  /** Of PostgreSQL. */
  readonly databaseCpuMs: number;
}

/** What a bundle took by Carryall and by a script written by hand, and how the script's pace is met. */
export interface SmallFigures {
  readonly subjects: number;
  readonly ours: SmallFigure;
  readonly byHand: SmallFigure;
  /** The script, with what it writes synced to the disk as Carryall's is: file and folder. */
  readonly byHandSynced: SmallFigure;
  readonly ratio: number;
  readonly ratioSynced: number;
  /** Of the CPU, PostgreSQL's included. */
  readonly ratioCpu: number;
  /** Of the last minute, when the measurement ended. */
  readonly load: number;
}

/** How many bundles are built before it is the other's turn. */
const TURN = 25;

type Way = (subjectId: string, path: string) => Promise<unknown>;

/** Exports so many typical people one after the other, by turns in three ways: as the command does it, and by hand. */
export async function benchSmall(subjects: number): Promise<SmallFigures> {
  const config = readConfig();
  await using gateway = await openGateway({ ...config, dataFolder: join(config.dataFolder, 'bench') }, 'MIGRATE');
  const { pool } = gateway.database;
  const { tenantId, ids } = await seedTypical(pool, subjects);
  const folder = await mkdtemp(join(tmpdir(), 'carryall-bench-'));
  const byHand: Way = (subjectId, path) => exportByHand(pool, { tenantId, subjectId }, path);
  const ways = {
    ours: exportOurs(gateway, tenantId),
    byHand,
    byHandSynced: async (subjectId: string, path: string) => {
      await byHand(subjectId, path);
      for (const written of [path, folder]) await sync(written);
    },
  } satisfies Record<string, Way>;
  const names = Object.keys(ways) as (keyof typeof ways)[];
  const server = await serverPid(pool);
  try {
    // Nobody's first bundles are what is measured.
    for (const name of names) await run(ways[name], ids.slice(0, TURN), folder, server);
    const sums = { ours: NOTHING, byHand: NOTHING, byHandSynced: NOTHING };
    for (let from = 0; from < ids.length; from += TURN) {
      const some = ids.slice(from, from + TURN);
      // Whoever comes first in a turn finds another machine than who comes second.
      const first = (from / TURN) % names.length;
      for (const name of [...names.slice(first), ...names.slice(0, first)])
        sums[name] = plus(sums[name], await run(ways[name], some, folder, server));
    }
    const { ours } = sums;
    const cpuOfAll = ({ cpuMs, databaseCpuMs }: SmallFigure): number => cpuMs + databaseCpuMs;
    return {
      subjects,
      ours: each(ours, subjects),
      byHand: each(sums.byHand, subjects),
      byHandSynced: each(sums.byHandSynced, subjects),
      ratio: round(sums.byHand.ms / ours.ms),
      ratioSynced: round(sums.byHandSynced.ms / ours.ms),
      ratioCpu: round(cpuOfAll(sums.byHand) / cpuOfAll(ours)),
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

async function sync(path: string): Promise<void> {
  const handle = await open(path);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function run(way: Way, ids: readonly string[], folder: string, server: number): Promise<SmallFigure> {
  const start = performance.now();
  const cpu = process.cpuUsage();
  const before = cpuOf(server);
  for (const id of ids) await way(id, join(folder, `${id}.zip`));
  const { user, system } = process.cpuUsage(cpu);
  return { ms: performance.now() - start, cpuMs: (user + system) / 1000, databaseCpuMs: cpuOf(server) - before };
}

const NOTHING: SmallFigure = { ms: 0, cpuMs: 0, databaseCpuMs: 0 };

function plus(one: SmallFigure, other: SmallFigure): SmallFigure {
  return {
    ms: one.ms + other.ms,
    cpuMs: one.cpuMs + other.cpuMs,
    databaseCpuMs: one.databaseCpuMs + other.databaseCpuMs,
  };
}

function each({ ms, cpuMs, databaseCpuMs }: SmallFigure, subjects: number): SmallFigure {
  return { ms: round(ms / subjects), cpuMs: round(cpuMs / subjects), databaseCpuMs: round(databaseCpuMs / subjects) };
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
