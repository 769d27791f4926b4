import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import { readConfig } from '../src/config.ts';
import { openGateway, type Gateway } from '../src/gateway.ts';
import { newId } from '../src/ids.ts';
import { openBoss } from '../src/jobs/boss.ts';
import { createBuildQueue } from '../src/jobs/queue.ts';
import { openAudit } from '../src/open-audit.ts';
import { createRequestDesk } from '../src/requests/desk.ts';
import { fileRequest } from '../src/requests/file.ts';
import type { RequestDesk } from '../src/requests/write.ts';
import { withTransaction } from '../src/store/session.ts';
import { readTokenKey } from '../src/token-key.ts';
import { seedTypical } from './seed-typical.ts';

/** How long people wait who all ask at once. */
export interface FlowFigures {
  readonly workers: number;
  readonly subjects: number;
  /** From the request to READY. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** Of that, until somebody began to build. */
  readonly queueP50Ms: number;
  readonly queueP95Ms: number;
  /** From the first request to the last READY. */
  readonly bundlesPerSecond: number;
  /** Of the last minute, when the measurement ended. */
  readonly load: number;
}

/** So many typical people ask at once for all that is held of them, and processes of `carryall work` build one at a time each. */
export async function benchFlow(subjects: number, workers: number): Promise<FlowFigures> {
  const config = readConfig();
  const dataFolder = join(config.dataFolder, 'bench');
  const own = { ...config, dataFolder, auditCheckpoints: join(dataFolder, 'audit-checkpoints') };
  await using gateway = await openGateway(own, 'MIGRATE');
  const { pool, url } = gateway.database;
  const { tenantId, ids } = await seedTypical(pool, subjects);
  await using audit = await openAudit(own, gateway, fault);
  await using boss = await openBoss(pool, { onFault: fault });
  const { secret } = await readTokenKey(dataFolder);
  const desk = createRequestDesk({
    ...gateway,
    pool,
    audit,
    secret,
    queue: createBuildQueue(boss.boss),
    limits: { copiesPerSubject: Infinity, requestsPerTenant: Infinity, coolingOff: null },
  });
  const stop = await startWorkers(workers, { DATABASE_URL: url, CARRYALL_DATA: dataFolder });
  try {
    const asked = await askAll(desk, tenantId, ids);
    return { workers, subjects, ...(await figuresOf(pool, asked)), load: Math.round((loadavg()[0] ?? 0) * 10) / 10 };
  } finally {
    await stop();
  }
}

/** No more at a time than the pool has connections: what waits for one is not what is measured. */
const ASKERS = 8;

async function askAll(desk: RequestDesk, tenantId: string, ids: readonly string[]): Promise<readonly string[]> {
  const waiting = ids.values();
  const asked: string[] = [];
  const asking = Array.from({ length: ASKERS }, async () => {
    for (const subjectId of waiting) asked.push(await ask(desk, tenantId, subjectId));
  });
  await Promise.all(asking);
  return asked;
}

async function ask(desk: RequestDesk, tenantId: string, subjectId: string): Promise<string> {
  const { row } = await withTransaction(desk.pool, tenantId, async (writer) => {
    const filed = await fileRequest(desk, writer, {
      tenantId,
      subjectId,
      by: { kind: 'SUBJECT', tenant: tenantId, subjectId },
      channel: 'PORTAL',
      wish: { right: 'ACCESS', format: 'ZIP', language: 'en', passphrase: null, recipient: null, details: null },
      idempotencyKey: newId('key'),
    });
    await desk.audit.append(writer, ...filed.entries);
    return filed;
  });
  if (row.status !== 'APPROVED') throw new Error(`a request came to ${row.status}`);
  return row.id;
}

async function figuresOf(
  pool: Gateway['database']['pool'],
  requests: readonly string[],
): Promise<Omit<FlowFigures, 'workers' | 'subjects' | 'load'>> {
  for (;;) {
    const [{ open, failed }] = await rowsOf<{ open: number; failed: number }>(
      pool,
      `SELECT count(*) FILTER (WHERE status IN ('APPROVED', 'BUILDING'))::int AS open,
         count(*) FILTER (WHERE status = 'FAILED')::int AS failed
       FROM data_subject_request WHERE id = ANY($1)`,
      requests,
    );
    if (failed > 0) throw new Error(`${failed} requests failed`);
    if (open === 0) break;
    await pause(200);
  }
  const [figures] = await rowsOf<Omit<FlowFigures, 'workers' | 'subjects' | 'load'>>(
    pool,
    `WITH flow AS (
       SELECT r.received_at, s.at AS ready_at, extract(epoch FROM s.at - r.received_at) * 1000 AS ms,
         extract(epoch FROM a.started_at - r.received_at) * 1000 AS queue_ms
       FROM data_subject_request r JOIN request_step s ON s.request_id = r.id AND s.step = 'PUBLISH'
       JOIN build_attempt a ON a.request_id = r.id AND a.attempt = 1 WHERE r.id = ANY($1))
     SELECT round(percentile_cont(0.5) WITHIN GROUP (ORDER BY ms))::int AS "p50Ms",
       round(percentile_cont(0.95) WITHIN GROUP (ORDER BY ms))::int AS "p95Ms",
       round(percentile_cont(0.5) WITHIN GROUP (ORDER BY queue_ms))::int AS "queueP50Ms",
       round(percentile_cont(0.95) WITHIN GROUP (ORDER BY queue_ms))::int AS "queueP95Ms",
       round(count(*) / extract(epoch FROM max(ready_at) - min(received_at)), 1)::float8 AS "bundlesPerSecond" FROM flow`,
    requests,
  );
  return figures;
}

async function rowsOf<Row>(pool: pg.Pool, text: string, requests: readonly string[]): Promise<[Row, ...Row[]]> {
  return (await pool.query(text, [requests])).rows as [Row, ...Row[]];
}

/** Starts processes that build, waits until they do, and returns how to end them. */
async function startWorkers(count: number, env: Readonly<Record<string, string>>): Promise<() => Promise<void>> {
  const main = new URL('../src/cli/main.ts', import.meta.url).pathname;
  const children = Array.from({ length: count }, () =>
    spawn(process.execPath, [main, 'work', '--concurrency', '1'], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  );
  await Promise.all(children.map(({ stdout }) => once(createInterface({ input: stdout }), 'line')));
  return async () => {
    const running = children.filter(({ exitCode }) => exitCode === null);
    await Promise.all(
      running.map((child) => {
        child.kill('SIGTERM');
        return once(child, 'exit');
      }),
    );
  };
}

function fault(error: unknown): void {
  console.error(error);
}
