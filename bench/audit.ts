import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { record } from '../src/audit/append.ts';
import { openAuditKeys } from '../src/audit/keys.ts';
import { readConfig } from '../src/config.ts';
import { openGateway } from '../src/gateway.ts';
import { withSnapshot } from '../src/store/session.ts';
import { sql } from '../src/store/sql.ts';

/** One measurement of the audit log. */
export interface AuditFigures {
  readonly entries: number;
  /** Appended in transactions of a thousand; how many, and how many a second. */
  readonly appended: number;
  readonly appendedPerSecond: number;
  readonly verifySeconds: number;
  /** The largest resident size of the process that verified. */
  readonly verifyPeakRssMb: number;
}

const TENANT = 'bench-audit';
const BATCH = 1000;

/** Brings a tenant's log to so many entries, and verifies it as a user would. */
export async function benchAudit(entries: number): Promise<AuditFigures> {
  const config = readConfig();
  const dataFolder = join(config.dataFolder, 'bench');
  await using gateway = await openGateway({ ...config, dataFolder }, 'MIGRATE');
  const { pool, url } = gateway.database;
  await pool.query(
    `INSERT INTO tenant (tenant_id, policy_code, name) VALUES ($1, 'CR', 'Bench') ON CONFLICT DO NOTHING`,
    [TENANT],
  );
  const keys = await openAuditKeys(dataFolder);
  const [head] = await withSnapshot(pool, TENANT, (reader) =>
    reader.query<{ seq: string }>(
      sql`SELECT coalesce(max(seq), 0) AS seq FROM audit_event WHERE tenant_id = ${TENANT}`,
    ),
  );
  const present = Number(head?.seq ?? 0);
  const started = performance.now();
  for (let done = present; done < entries; done += BATCH) {
    const size = Math.min(BATCH, entries - done);
    await record(
      pool,
      keys,
      Array.from({ length: size }, (_, index) => ({
        actor: { kind: 'SUPPORT_AGENT', tenant: TENANT, staffId: `staff_${index % 20}` },
        action: 'LOOK',
        outcome: 'ALLOWED',
        purpose: 'support',
        reason: 'The caller cannot log in',
        detail: { items: ['account.email', 'account.phone', 'call.calledNumber'] },
      })),
    );
  }
  const appendSeconds = (performance.now() - started) / 1000;
  const verified = await runVerify({ DATABASE_URL: url, CARRYALL_DATA: dataFolder });
  return {
    entries,
    appended: Math.max(0, entries - present),
    appendedPerSecond: Math.round(Math.max(0, entries - present) / appendSeconds),
    verifySeconds: Math.round(verified.seconds * 10) / 10,
    verifyPeakRssMb: Math.round(verified.peakKb / 1024),
  };
}

const SAMPLE_MS = 20;

async function runVerify(env: Readonly<Record<string, string>>): Promise<{ seconds: number; peakKb: number }> {
  const main = new URL('../src/cli/main.ts', import.meta.url).pathname;
  const started = performance.now();
  const child = spawn(process.execPath, [main, 'audit', 'verify', '--tenant', TENANT], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  let peakKb = 0;
  const sampling = setInterval(() => (peakKb = Math.max(peakKb, peakOf(child.pid))), SAMPLE_MS);
  const code = await new Promise<number | null>((resolve) => void child.once('exit', resolve));
  clearInterval(sampling);
  if (code !== 0) throw new Error(`the verification ended with code ${code}`);
  return { seconds: (performance.now() - started) / 1000, peakKb };
}

/** The kernel's own record of a process's largest resident size, in kB. */
function peakOf(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
