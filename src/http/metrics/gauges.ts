import { Gauge, type Registry } from 'prom-client';
import type pg from 'pg';
import { asCode } from '../../codes.ts';
import type { Clock } from '../../clock.ts';
import { readFigures, type Figures } from './figures.ts';

/** What is read when it is asked for. */
export const GAUGES = {
  carryall_database_up: { help: 'Whether the database answered the last look', labels: [] },
  carryall_requests: { help: 'Requests, by state', labels: ['status'] },
  carryall_requests_oldest_seconds: { help: 'Age of the oldest open request in a state', labels: ['status'] },
  carryall_requests_overdue: { help: 'Open requests past their date, of the 50 tenants with most', labels: ['tenant'] },
  carryall_requests_due_soon: { help: 'Open requests that are due within three days', labels: [] },
  carryall_notices: {
    help: 'Notices that are due and unsent, or were dropped within a day',
    labels: ['channel', 'state'],
  },
  carryall_notices_oldest_seconds: { help: 'How long the oldest unsent notice has been due', labels: [] },
  carryall_bundles: { help: 'Bundles, by state; LOST and QUARANTINED want somebody', labels: ['status'] },
  carryall_jobs: { help: 'Jobs that wait or run, by queue and state', labels: ['queue', 'state'] },
  carryall_jobs_oldest_seconds: { help: 'How long the oldest job could have begun', labels: ['queue', 'state'] },
  carryall_database_connections: {
    help: 'Connections of this process: in use, idle, or waited for',
    labels: ['state'],
  },
} as const satisfies Readonly<Record<string, { readonly help: string; readonly labels: readonly string[] }>>;

type GaugeName = keyof typeof GAUGES;

/** Figures are read again after so long, and after twenty times as long as reading them took. */
const KEPT_MS = 5000;

/** Puts the gauges into a registry, and gives what brings them up to date; they read the database together, and not at every call. */
export function addGauges(registry: Registry, pool: pg.Pool, clock: Clock): () => Promise<void> {
  const gauges = new Map<GaugeName, Gauge>();
  for (const [name, { help, labels }] of Object.entries(GAUGES) as [GaugeName, (typeof GAUGES)[GaugeName]][])
    gauges.set(name, new Gauge({ name, help, labelNames: [...labels], registers: [registry] }));
  const set = (name: GaugeName, value: number, labels: Readonly<Record<string, string>> = {}): void => {
    const coded = Object.entries(labels).map(([label, text]) => [label, asCode(text)]);
    gauges.get(name)?.set(Object.fromEntries(coded) as Record<string, string>, value);
  };
  const read = keepFigures(() => readFigures(pool, clock.now()));
  return async () => {
    const figures = await read();
    for (const gauge of gauges.values()) gauge.reset();
    set('carryall_database_up', figures === null ? 0 : 1);
    set('carryall_database_connections', pool.totalCount - pool.idleCount, { state: 'IN_USE' });
    set('carryall_database_connections', pool.idleCount, { state: 'IDLE' });
    set('carryall_database_connections', pool.waitingCount, { state: 'WAITED_FOR' });
    if (figures !== null) show(figures, set);
  };
}

function show(figures: Figures, set: (name: GaugeName, value: number, labels?: Record<string, string>) => void): void {
  for (const { status, count, oldestSeconds } of figures.requests) {
    set('carryall_requests', count, { status });
    if (oldestSeconds > 0) set('carryall_requests_oldest_seconds', oldestSeconds, { status });
  }
  set('carryall_requests_overdue', 0, { tenant: 'OTHER' });
  for (const { tenant, count } of figures.overdue) set('carryall_requests_overdue', count, { tenant });
  set('carryall_requests_due_soon', figures.dueSoon);
  for (const { channel, state, count } of figures.notices) set('carryall_notices', count, { channel, state });
  set('carryall_notices_oldest_seconds', figures.oldestNoticeSeconds);
  for (const { status, count } of figures.bundles) set('carryall_bundles', count, { status });
  for (const { queue, state, count, oldestSeconds } of figures.jobs) {
    set('carryall_jobs', count, { queue, state });
    set('carryall_jobs_oldest_seconds', oldestSeconds, { queue, state });
  }
}

/** Null while the database does not answer. */
function keepFigures(read: () => Promise<Figures>): () => Promise<Figures | null> {
  let kept: { readonly until: number; readonly figures: Promise<Figures | null> } | undefined;
  return () => {
    const asked = performance.now();
    if (kept !== undefined && asked < kept.until) return kept.figures;
    const figures = read().catch(() => null);
    kept = { until: Infinity, figures };
    void figures.then(() => {
      const took = performance.now() - asked;
      kept = { until: performance.now() + Math.max(KEPT_MS, 20 * took), figures };
    });
    return figures;
  };
}
