import { createHash } from 'node:crypto';
import { Writable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addPerson, FORMATS, openExporter, type Exporter } from './exporter.ts';

const CALLS = 50_000;
const MEGABYTE = 1024 * 1024;
let at: Exporter;

beforeAll(async () => {
  at = await openExporter();
  await addPerson(at.prisma, 'cr', 'ann', { firstName: 'Ann' });
  // Made where they lie: the way of the rows into the store is not what is measured.
  await at.pool.query(
    `INSERT INTO call_record (tenant_id, id, subject_id, source_system, calling_number, caller_id_displayed, called_number, started_at, duration_seconds)
     SELECT 'cr', 'call_' || n, 'ann', 'test', '+33145000001', '+33145000002', '+336' || lpad((n::bigint * 48271 % 99999989)::text, 8, '0'),
       timestamptz '2025-01-01T00:00:00Z' + n * interval '90 seconds', n % 3600
     FROM generate_series(1, $1::int) n`,
    [CALLS],
  );
});

afterAll(() => at[Symbol.asyncDispose]());

/** A destination that keeps nothing but what it counted. */
function openDrain(): { readonly destination: Writable; bytes(): number; digest(): string } {
  const hash = createHash('sha256');
  let bytes = 0;
  const destination = new Writable({
    write(chunk: Buffer, _encoding, callback) {
      bytes += chunk.length;
      hash.update(chunk);
      callback();
    },
  });
  return { destination, bytes: () => bytes, digest: () => hash.digest('hex') };
}

test.each(FORMATS)('a %s of 50,000 calls is whole and is built in little memory', async (format) => {
  await wait(50);
  const before = process.memoryUsage();
  const peak = { rss: 0, heap: 0 };
  const watch = setInterval(() => {
    const { rss, heapUsed, external } = process.memoryUsage();
    peak.rss = Math.max(peak.rss, rss - before.rss);
    peak.heap = Math.max(peak.heap, heapUsed + external - before.heapUsed - before.external);
  }, 5);
  const drain = openDrain();
  const told: number[] = [];
  const built = await at.build({ tenantId: 'cr', subjectId: 'ann', scope: 'ACCESS', format }, drain.destination, {
    onProgress: ({ rows, expectedRows }) => {
      told.push(rows);
      expect(expectedRows).toBe(CALLS + 1);
    },
  });
  clearInterval(watch);
  expect(built.rows).toBe(CALLS + 1);
  expect(built.manifest).toMatchObject({
    datasets: expect.arrayContaining([
      expect.objectContaining({ name: 'call-records', exported: { data: CALLS, context: 0 } }),
    ]),
  });
  expect(drain.bytes()).toBeGreaterThan(format === 'ZIP' ? MEGABYTE : 10 * MEGABYTE);
  // It says how far it is, often, and never goes back.
  expect(told.length).toBeGreaterThan(10);
  expect(told).toEqual(told.toSorted((a, b) => a - b));
  expect(told.at(-1)).toBe(CALLS + 1);
  expect(peak.rss / MEGABYTE).toBeLessThan(150);
  expect(peak.heap / MEGABYTE).toBeLessThan(150);
});

test('a slow reader is waited for: nothing piles up in front of it', async () => {
  let bytes = 0;
  let passed = 0;
  let atTrickle = 0;
  const slow = new Writable({
    highWaterMark: 16 * 1024,
    write(chunk: Buffer, _encoding, callback) {
      bytes += chunk.length;
      // The first megabytes at a trickle, which leaves time for every row to come if nothing held them back.
      if (bytes >= 4 * MEGABYTE) return callback();
      atTrickle = passed;
      setTimeout(callback, 20);
    },
  });
  await at.build({ tenantId: 'cr', subjectId: 'ann', scope: 'ACCESS', format: 'JSON' }, slow, {
    onProgress: ({ rows }) => (passed = rows),
  });
  expect(bytes).toBeGreaterThan(10 * MEGABYTE);
  expect(atTrickle).toBeGreaterThan(0);
  expect(atTrickle).toBeLessThan(CALLS / 2);
});
