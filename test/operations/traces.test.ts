import { SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTraces } from '../../src/cli/traces.ts';
import { CarryallError } from '../../src/errors.ts';
import { SPANS, traced } from '../../src/spans.ts';
import { openGateway, type TestGateway } from '../graphql/open-gateway.ts';
import { subject, supportAgent } from '../graphql/people.ts';
import { send } from '../door/send.ts';

let at: TestGateway;

beforeAll(async () => {
  at = await openGateway({ onFault: () => {} });
});
afterAll(() => at[Symbol.asyncDispose]());

/** The spans of some work. */
async function spansOf(work: () => Promise<unknown>): Promise<readonly ReadableSpan[]> {
  const spans: ReadableSpan[] = [];
  const exporter: SpanExporter = {
    export: (batch, done) => {
      spans.push(...batch);
      done({ code: 0 });
    },
    shutdown: () => Promise.resolve(),
  };
  {
    await using _traces = openTraces(exporter);
    await work();
  }
  return spans;
}

test('a query is traced from the door to the database, and names nobody', async () => {
  const spans = await spansOf(async () => {
    await send(at, subject('cp', 'sanne-de-wit'), { query: 'query Sanne { viewer { __typename } }' });
    await send(at, supportAgent('cp'), { query: '{ subject(id: "sanne-de-wit") { id } }' });
    await send(at, subject('cp', 'sanne-de-wit'), { query: '{ sanne }' });
  });
  const named = (name: string): readonly ReadableSpan[] => spans.filter((span) => span.name === name);
  expect(named('http.request').map(({ attributes }) => attributes)).toEqual([
    { method: 'POST', route: '/graphql', status: 200 },
    { method: 'POST', route: '/graphql', status: 200 },
    { method: 'POST', route: '/graphql', status: 400 },
  ]);
  expect(named('http.admission').map(({ attributes }) => attributes['kind'])).toEqual([
    'SUBJECT',
    'SUPPORT_AGENT',
    'SUBJECT',
  ]);
  expect(named('graphql.operation').map(({ attributes }) => attributes)).toEqual([
    { type: 'query', outcome: 'OK' },
    { type: 'query', outcome: expect.any(String) as string },
    { type: 'none', outcome: 'GRAPHQL_VALIDATION_FAILED' },
  ]);
  const [door] = named('http.request');
  const [operation] = named('graphql.operation');
  expect(operation?.parentSpanContext?.spanId).toBe(door?.spanContext().spanId);
  expect(named('database.transaction').length).toBeGreaterThan(0);
  for (const { attributes } of named('database.transaction'))
    expect(['TRANSACTION', 'SNAPSHOT', 'PACKET']).toContain(attributes['kind']);
  for (const { name, attributes, events, links } of spans) {
    expect(SPANS).toHaveProperty([name]);
    expect([...events, ...links]).toEqual([]);
    expect(JSON.stringify(attributes)).not.toMatch(/sanne/i);
  }
});

test('what a span is told beside its attributes, or as a text, is not told on', async () => {
  const digest = 'a'.repeat(64);
  const undeclared: object = { subject: 'sub_1' };
  const spans = await spansOf(async () => {
    await traced('http.request', { route: '/download/:token', ...undeclared }, async ({ note }) =>
      note({ method: 'Sanne de Wit', status: 200 }),
    );
    await traced('graphql.operation', { type: 'sanne@example.nl', persisted: digest }, async () => {});
    await traced('notice.send', { kind: '+31612345678', channel: '0612345678' }, async () => {
      throw new CarryallError('OUTPUT_FAILED', 'No mail to sanne@example.nl.');
    }).catch(() => {});
    await traced('http.request', { status: 500 }, async () => {
      throw new Error('Sanne');
    }).catch(() => {});
  });
  expect(spans.map(({ attributes }) => attributes)).toEqual([
    { route: '/download/:token', method: 'OTHER', status: 200 },
    { type: 'OTHER', persisted: digest },
    { kind: 'OTHER', channel: 'OTHER' },
    { status: 500 },
  ]);
  expect(spans.slice(2).map(({ status }) => status)).toEqual([
    { code: SpanStatusCode.ERROR, message: 'OUTPUT_FAILED' },
    { code: SpanStatusCode.ERROR, message: 'INTERNAL' },
  ]);
});

test('what is traced while nobody listens is done all the same', async () => {
  expect(await traced('bundle.build', {}, async ({ note }) => (note({ outcome: 'PUBLISHED' }), 'built'))).toBe('built');
});
