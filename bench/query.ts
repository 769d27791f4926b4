import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { readConfig } from '../src/config.ts';
import { openGateway } from '../src/gateway.ts';
import { signToken } from '../src/http/token.ts';
import { cpuOf, serverPid } from './cpu.ts';
import { ask, load, type Ask } from './load.ts';
import { WAYS, type ServerName } from './query-ways.ts';
import { seedQuery } from './seed-query.ts';

/** What one server did. */
export interface QueryFigures {
  readonly server: ServerName;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** CPU milliseconds for each request: of the server, and of PostgreSQL for it. */
  readonly cpuMs: number;
  readonly databaseCpuMs: number;
  /** Of the machine's last minute, when the measurement ended. */
  readonly load: number;
}

export interface QueryOptions {
  readonly rounds: number;
  readonly seconds: number;
  readonly servers: readonly ServerName[];
  /** Options for Node of Carryall's own process, such as `--cpu-prof`. */
  readonly nodeOptions: readonly string[];
}

const WARM_UP_SECONDS = 5;

const SCRIPTS: Readonly<Record<ServerName, string>> = {
  carryall: 'query-server.ts',
  open: 'query-server.ts',
  postgraphile: 'peers/postgraphile.js',
  sql: 'peers/sql.js',
};

/**
 * Asks each server for one person after another, over five domains: first once, to compare the answers, and then by turns
 * in rounds. The generator, the servers and the database share the machine.
 */
export async function benchQuery({ rounds, seconds, servers, nodeOptions }: QueryOptions): Promise<QueryFigures[]> {
  const config = readConfig();
  await using gateway = await openGateway({ ...config, dataFolder: join(config.dataFolder, 'bench') }, 'MIGRATE');
  const { tenantId, ids } = await seedQuery(gateway.database.pool);
  const secret = randomBytes(32);
  const actor = { kind: 'CONTROLLER_STAFF', tenant: tenantId, staffId: 'bench', organisationId: null } as const;
  const token = await signToken({ secret }, actor, 24 * 3600, new Date());
  const env = { BENCH_DATABASE: gateway.database.url, BENCH_KEY: secret.toString('hex'), NODE_ENV: 'production' };
  await using running = new AsyncDisposableStack();
  const nexts = new Map<ServerName, () => Ask>();
  const pids = new Map<ServerName, number>();
  const database = await serverPid(gateway.database.pool);
  for (const server of servers) {
    const { url, child } = await start(SCRIPTS[server], optionsOf(server, nodeOptions), env);
    running.defer(() => stop(child));
    pids.set(server, child.pid ?? 0);
    let at = 0;
    nexts.set(server, () => WAYS[server].ask(url, { tenantId, subjectId: ids[at++ % ids.length] ?? '' }, token));
  }
  await assertSame(nexts, ids.length);
  for (const next of nexts.values()) await load(next, WARM_UP_SECONDS);
  const times = new Map<ServerName, number[]>(servers.map((server) => [server, []]));
  const spent = new Map(servers.map((server) => [server, { seconds: 0, own: 0, database: 0 }]));
  for (let turn = 0; turn < rounds; turn++) {
    // Whoever comes first in a round finds another machine than who comes last.
    for (const server of turn % 2 === 0 ? servers : servers.toReversed()) {
      const before = { at: performance.now(), own: cpuOf(pids.get(server) ?? 0), database: cpuOf(database) };
      times.get(server)?.push(...(await load(nexts.get(server) as () => Ask, seconds)));
      const sums = spent.get(server);
      if (sums === undefined) continue;
      sums.seconds += (performance.now() - before.at) / 1000;
      sums.own += cpuOf(pids.get(server) ?? 0) - before.own;
      sums.database += cpuOf(database) - before.database;
    }
  }
  return servers.map((server) => {
    const sorted = Float64Array.from(times.get(server) ?? []).sort();
    const { seconds, own, database: ofDatabase } = spent.get(server) ?? { seconds: 0, own: 0, database: 0 };
    return {
      server,
      requestsPerSecond: Math.round(sorted.length / seconds),
      p50Ms: percentile(sorted, 0.5),
      p99Ms: percentile(sorted, 0.99),
      cpuMs: round(own / sorted.length),
      databaseCpuMs: round(ofDatabase / sorted.length),
      load: round(loadavg()[0] ?? 0),
    };
  });
}

/** Each server answers the same of everybody, or there is nothing to compare. */
async function assertSame(nexts: ReadonlyMap<ServerName, () => Ask>, people: number): Promise<void> {
  for (let person = 0; person < people; person++) {
    const answers: [ServerName, unknown][] = [];
    for (const [server, next] of nexts)
      answers.push([server, WAYS[server].read(JSON.parse((await ask(next())).toString()))]);
    const [first, ...others] = answers;
    for (const [server, answer] of others) {
      if (!isDeepStrictEqual(answer, first?.[1]))
        throw new Error(
          `${server} answers otherwise than ${String(first?.[0])}:\n${JSON.stringify(answer)}\n${JSON.stringify(first?.[1])}`,
        );
    }
  }
}

function optionsOf(server: ServerName, nodeOptions: readonly string[]): readonly string[] {
  if (server === 'open') return ['--import', new URL('without-access.ts', import.meta.url).href];
  return server === 'carryall' ? nodeOptions : [];
}

async function start(script: string, options: readonly string[], env: NodeJS.ProcessEnv) {
  const file = fileURLToPath(new URL(script, import.meta.url));
  if (script.startsWith('peers/') && !existsSync(fileURLToPath(new URL('peers/node_modules', import.meta.url))))
    throw new Error('The peers are not installed. Run: npm --prefix bench/peers ci');
  const child = spawn(process.execPath, [...options, file], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout });
  const [url] = (await Promise.race([once(lines, 'line'), once(child, 'exit').then(() => [undefined])])) as [
    string | undefined,
  ];
  if (url === undefined) throw new Error(`${script} ended before it listened.`);
  return { url, child };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

function percentile(sorted: Float64Array, part: number): number {
  return round(sorted[Math.floor(sorted.length * part)] ?? 0);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
