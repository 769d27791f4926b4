import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Registry } from 'prom-client';
import { fixedClock } from '../../src/clock.ts';
import { listenForMetrics } from '../../src/http/metrics/listen.ts';
import { createMeter } from '../../src/http/metrics/meter.ts';
import type { Listening } from '../../src/http/listen.ts';
import { count, measureWith } from '../../src/metrics.ts';
import { NOW, openGateway, type TestGateway } from '../graphql/open-gateway.ts';
import { auditor, subject, supportAgent } from '../graphql/people.ts';
import { ENDPOINT, send } from '../door/send.ts';

let at: TestGateway;
let metrics: Listening;
const ann = subject('cp', 'ann');

beforeAll(async () => {
  at = await openGateway({ onFault: () => {} });
  metrics = await listenForMetrics({ pool: at.pool, clock: fixedClock(NOW) }, { port: 0 });
  await at.prisma.subject.create({ data: { tenantId: 'cp', id: 'ann', createdAt: NOW } });
});

afterAll(async () => {
  await metrics[Symbol.asyncDispose]();
  await at[Symbol.asyncDispose]();
});

/** The series of a scrape, by name and labels. */
async function scrape(): Promise<ReadonlyMap<string, number>> {
  const response = await fetch(metrics.url);
  expect(response.status).toBe(200);
  const lines = (await response.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

describe('metrics', () => {
  test('tell requests by route pattern, operations by outcome, refusals and the audit log, and nobody’s words', async () => {
    await send(at, ann, { query: 'query Sanne_de_Wit { viewer { __typename } }' });
    await send(at, ann, { query: '{ nope }' });
    await send(at, auditor('cp'), { query: '{ subject(id: "ann") { id } }' });
    await send(at, supportAgent('cp'), { query: '{ subject(id: "nobody-there") { id } }' });
    await at.gateway.fetch(new Request('http://localhost/no/such/sanne@example.nl'));
    await at.gateway.fetch(new Request(ENDPOINT, { method: 'POST' }));
    const series = await scrape();
    expect(Object.fromEntries(series)).toMatchObject({
      'carryall_http_requests_total{method="POST",route="/graphql",status="200"}': expect.any(Number) as number,
      'carryall_http_requests_total{method="GET",route="NONE",status="404"}': 1,
      'carryall_http_requests_total{method="POST",route="/graphql",status="401"}': 1,
      'carryall_graphql_operations_total{type="query",outcome="OK"}': 2,
      'carryall_graphql_operations_total{type="none",outcome="GRAPHQL_VALIDATION_FAILED"}': 1,
      carryall_database_up: 1,
      'carryall_database_connections{state="WAITED_FOR"}': 0,
      carryall_audit_failures_total: 0,
    });
    const names = [...series.keys()].join('\n');
    expect(names).toMatch(/^carryall_denials_total\{/m);
    expect(names).toMatch(/^carryall_audit_entries_total\{action="LOOK",outcome="DENIED"\}/m);
    expect(names).toMatch(/^nodejs_eventloop_lag_seconds/m);
    expect(names).not.toMatch(/sanne|ann"|nobody-there/i);
  });

  test('count requests by state and age, what is late by tenant, notices, bundles and jobs', async () => {
    const request = {
      tenantId: 'cp',
      right: 'ACCESS',
      relation: 'ACCOUNT_HOLDER',
      channel: 'PORTAL',
      subjectId: 'ann',
    };
    const days = (n: number): Date => new Date(NOW.getTime() + n * 86_400_000);
    await at.prisma.dataSubjectRequest.createMany({
      data: [
        { ...request, id: 'late', status: 'NEEDS_REVIEW', receivedAt: days(-40), dueAt: days(-9) },
        { ...request, id: 'soon', right: 'ERASURE', status: 'NEEDS_REVIEW', receivedAt: days(-28), dueAt: days(2) },
        { ...request, id: 'done', status: 'DELIVERED', receivedAt: days(-90), dueAt: days(-60) },
      ],
    });
    await at.prisma.portabilityBundle.create({
      data: {
        tenantId: 'cp',
        id: 'b',
        subjectId: 'ann',
        scope: 'ACCESS',
        format: 'ZIP',
        status: 'LOST',
        createdAt: NOW,
      },
    });
    const notice = { tenantId: 'cp', channel: 'MAIL', kind: 'OVERDUE', language: 'en', createdAt: days(-1) };
    await at.prisma.notice.createMany({
      data: [
        { ...notice, id: 'n1', dedupeKey: '1', notBefore: days(-1) },
        { ...notice, id: 'n2', dedupeKey: '2', notBefore: days(1) },
        { ...notice, id: 'n3', dedupeKey: '3', notBefore: days(-1), droppedAt: NOW },
        { ...notice, id: 'n4', dedupeKey: '4', notBefore: days(-1), sentAt: NOW },
      ],
    });
    await at.pool.query(`INSERT INTO pgboss.job (name, data, start_after)
      VALUES ('bundle-build', '{"tenantId": "cp", "requestId": "late"}', now() - interval '1 hour')`);
    const fresh = await listenForMetrics({ pool: at.pool, clock: fixedClock(NOW) }, { port: 0 });
    await metrics[Symbol.asyncDispose]();
    metrics = fresh;
    const series = Object.fromEntries(await scrape());
    expect(series).toMatchObject({
      'carryall_requests{status="NEEDS_REVIEW"}': 2,
      'carryall_requests{status="DELIVERED"}': 1,
      'carryall_requests_oldest_seconds{status="NEEDS_REVIEW"}': 40 * 86_400,
      'carryall_requests_overdue{tenant="cp"}': 1,
      carryall_requests_due_soon: 1,
      'carryall_bundles{status="LOST"}': 1,
      'carryall_notices{channel="MAIL",state="UNSENT"}': 1,
      'carryall_notices{channel="MAIL",state="DROPPED"}': 1,
      carryall_notices_oldest_seconds: 86_400,
      'carryall_jobs{queue="bundle-build",state="created"}': 1,
    });
    expect(series['carryall_jobs_oldest_seconds{queue="bundle-build",state="created"}']).toBeGreaterThanOrEqual(3600);
    expect(Object.keys(series)).not.toContain('carryall_requests_oldest_seconds{status="DELIVERED"}');
  });

  test('are read from the database once for many who ask', async () => {
    await scrape();
    at.statements();
    await Promise.all(Array.from({ length: 20 }, scrape));
    expect(at.statements()).toEqual([]);
  });

  test('are on no path of the public door, and nothing else is on theirs', async () => {
    expect((await at.gateway.fetch(new Request('http://localhost/metrics'))).status).toBe(404);
    expect((await fetch(new URL('/graphql', metrics.url))).status).toBe(404);
    expect((await fetch(metrics.url, { method: 'POST' })).status).toBe(404);
  });

  test('stay few, and have no text of anybody’s, whatever is counted', async () => {
    const registry = new Registry();
    using _measuring = measureWith(createMeter(registry));
    for (let n = 0; n < 2000; n += 1) count('carryall_faults_total', { code: `CODE_${n}` });
    for (const code of ['sanne@example.nl', '+31612345678', 'Sanne de Wit', '0612345678', 'a'.repeat(200), ''])
      count('carryall_faults_total', { code });
    const text = await registry.metrics();
    expect(text.match(/^carryall_faults_total\{/gm)).toHaveLength(501);
    expect(text).toMatch(/^carryall_faults_total\{code="OTHER"\} 1506$/m);
  });
});
