import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { planBundle } from '../src/bundle/plan.ts';
import { jsonLines, selectionOf, type Selection } from '../src/bundle/select.ts';
import { readConfig } from '../src/config.ts';
import { openGateway, type Gateway } from '../src/gateway.ts';
import { readSubjectFacts } from '../src/holdings/subject-facts.ts';
import { withSnapshot } from '../src/store/session.ts';
import { toCopyText } from '../src/store/literal.ts';
import { sql } from '../src/store/sql.ts';
import { seedCaller, type SeededSubject } from './seed.ts';

/** One measurement; the ratio is the export's time over the pipes'. */
export interface BundleFigures {
  readonly rows: number;
  readonly bytes: number;
  readonly zipBytes: number;
  readonly seconds: number;
  readonly peakRssMb: number;
  readonly pipeSeconds: number;
  readonly ratio: number;
}

/** Exports one person with so many calls, as a user would, and runs the pipes over the same rows. */
export async function benchBundle(rows: number): Promise<BundleFigures> {
  const config = readConfig();
  await using gateway = await openGateway({ ...config, dataFolder: join(config.dataFolder, 'bench') }, 'MIGRATE');
  const subject = await seedCaller(gateway.database.pool, rows);
  const folder = await mkdtemp(join(tmpdir(), 'carryall-bench-'));
  try {
    const out = join(folder, 'bundle.zip');
    const exported = await runExport(gateway.database.url, config.dataFolder, subject, out);
    const piped = await runPipes(gateway, subject, folder);
    return {
      rows,
      bytes: piped.bytes,
      zipBytes: statSync(out).size,
      seconds: round(exported.seconds),
      peakRssMb: Math.round(exported.peakRssMb),
      pipeSeconds: round(piped.seconds),
      ratio: round(exported.seconds / piped.seconds),
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

const SAMPLE_MS = 20;

/** Runs the command in a process of its own and watches its peak memory. */
async function runExport(
  url: string,
  dataFolder: string,
  { tenantId, subjectId }: SeededSubject,
  out: string,
): Promise<{ seconds: number; peakRssMb: number }> {
  const main = new URL('../src/cli/main.ts', import.meta.url).pathname;
  const started = performance.now();
  const child = spawn(
    process.execPath,
    [main, 'export', '--tenant', tenantId, '--subject', subjectId, '--scope', 'portability', '--out', out],
    {
      env: { ...process.env, DATABASE_URL: url, CARRYALL_DATA: dataFolder },
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  let peakKb = 0;
  const sampling = setInterval(() => (peakKb = Math.max(peakKb, peakOf(child.pid))), SAMPLE_MS);
  const code = await new Promise<number | null>((resolve) => void child.once('exit', resolve));
  clearInterval(sampling);
  if (code !== 0) throw new Error(`the export ended with code ${code}`);
  return { seconds: (performance.now() - started) / 1000, peakRssMb: peakKb / 1024 };
}

/** The kernel's own record of a process's largest resident size, in kB. */
function peakOf(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/** For each data file of the bundle, COPY by psql into gzip -6, one after the other. */
async function runPipes(
  { database, policies, clock }: Gateway,
  subject: SeededSubject,
  folder: string,
): Promise<{ seconds: number; bytes: number }> {
  const now = clock.now();
  const facts = await withSnapshot(database.pool, subject.tenantId, (reader) => readSubjectFacts(reader, subject, now));
  const plan = planBundle(policies.policyOf('CP'), 'PORTABILITY', { facts, instruction: null });
  const scope = { plan, subject, facts, now, format: 'ZIP' as const };
  const calls = plan.sections.find(({ name }) => name === 'call-records');
  const selection = calls === undefined ? null : selectionOf(scope, calls, 'data');
  if (selection === null) throw new Error('the bundle has no calls');
  const copies = [
    `COPY (${toCopyText(jsonLines(selection))}) TO STDOUT`,
    `COPY (${toCopyText(table(selection))}) TO STDOUT (FORMAT csv, HEADER)`,
  ];
  let seconds = 0;
  let bytes = 0;
  for (const [index, copy] of copies.entries()) {
    const out = join(folder, `${index}.gz`);
    const started = performance.now();
    const { status } = spawnSync('bash', ['-c', 'set -o pipefail; psql -X -q -c "$COPY" "$URL" | gzip -6 >"$OUT"'], {
      env: { ...process.env, PGTZ: 'UTC', COPY: copy, URL: database.url, OUT: out },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    seconds += (performance.now() - started) / 1000;
    if (status !== 0) throw new Error('psql COPY | gzip failed; it needs psql on the PATH');
    bytes += Number(
      spawnSync('bash', ['-c', 'gzip -dc "$OUT" | wc -c'], { env: { ...process.env, OUT: out } }).stdout.toString(),
    );
  }
  return { seconds, bytes };
}

/** The same rows as plain columns, which is what the CSV twin holds. */
function table({ properties, from, where, order }: Selection): ReturnType<typeof jsonLines> {
  const list = properties.map(({ name, value }) => sql`${value} AS ${sql.identifier(name)}`);
  return sql`SELECT ${sql.join(list)} FROM ${from} WHERE ${where} ORDER BY ${order}`;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
