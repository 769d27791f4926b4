import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { record } from '../../src/audit/append.ts';
import { openTestLog, looks, type TestLog } from './open-log.ts';

test('L-01: ten thousand entries that nobody touched verify', async () => {
  await using log = await openTestLog();
  for (let batch = 0; batch < 10; batch += 1) await record(log.pool, log.keys, looks(1000));
  expect(await log.verify()).toMatchObject({ entries: 10_000, first: 1, last: 10_000, fault: null });
});

/** Each kind of change by someone with every right, to a log of six entries; `seq` is the first that is wrong. */
const CHANGES = [
  { name: 'a changed column', statements: [`UPDATE audit_event SET purpose = 'billing' WHERE seq = 3`], seq: 3 },
  {
    name: 'a changed time',
    statements: [`UPDATE audit_event SET occurred_at = occurred_at + interval '1 microsecond' WHERE seq = 3`],
    seq: 3,
  },
  {
    name: 'a changed detail',
    statements: [`UPDATE audit_event SET detail = detail || '{"items":[]}' WHERE seq = 3`],
    seq: 3,
  },
  { name: 'a changed hash', statements: [`UPDATE audit_event SET hash = repeat('a', 64) WHERE seq = 3`], seq: 3 },
  { name: 'another reason', statements: [`UPDATE audit_event SET reason = 'Because' WHERE seq = 3`], seq: 3 },
  { name: 'no reason', statements: [`UPDATE audit_event SET reason = NULL WHERE seq = 3`], seq: 3 },
  { name: 'another subject', statements: [`UPDATE audit_event SET subject_id = 'sub_2' WHERE seq = 3`], seq: 3 },
  { name: 'no subject', statements: [`UPDATE audit_event SET subject_id = NULL WHERE seq = 3`], seq: 3 },
  { name: 'a deleted entry', statements: [`DELETE FROM audit_event WHERE seq = 3`], seq: 3 },
  { name: 'a deleted first entry', statements: [`DELETE FROM audit_event WHERE seq = 1`], seq: 1 },
  {
    name: 'an inserted entry',
    statements: [
      `UPDATE audit_event SET seq = -seq - 1 WHERE seq >= 3`,
      `UPDATE audit_event SET seq = -seq WHERE seq < 0`,
      `INSERT INTO audit_event SELECT (jsonb_populate_record(e, '{"seq": 3, "id": "audit_x"}')).* FROM audit_event e WHERE seq = 2`,
    ],
    seq: 3,
  },
  {
    name: 'two entries that changed places',
    statements: [
      `UPDATE audit_event SET seq = -seq WHERE seq IN (3, 4)`,
      `UPDATE audit_event SET seq = 7 + seq WHERE seq < 0`,
    ],
    seq: 3,
  },
  {
    name: 'a duplicate',
    statements: [
      `ALTER TABLE audit_event DROP CONSTRAINT audit_event_pkey`,
      `DROP INDEX audit_event_tenant_id_seq_key`,
      `INSERT INTO audit_event SELECT * FROM audit_event WHERE seq = 3`,
    ],
    seq: 3,
  },
];

test.each(CHANGES)('L-02: $name is found at its place', async ({ statements, seq }) => {
  await using log = await openTestLog();
  await record(log.pool, log.keys, looks(6));
  expect((await log.verify()).fault).toBeNull();
  await log.tamper('ALTER TABLE audit_event DROP CONSTRAINT audit_event_seq_check', ...statements);
  expect((await log.verify()).fault).toMatchObject({ seq });
});

test('L-25: a log is verified as a stream: many entries take no more memory than few', async () => {
  await using log = await openTestLog();
  await record(log.pool, log.keys, looks(10));
  const few = await measure(log);
  for (let batch = 0; batch < 20; batch += 1) await record(log.pool, log.keys, looks(1000));
  const many = await measure(log);
  expect([few.entries, many.entries]).toEqual([10, 20_010]);
  expect(many.peakMb).toBeLessThan(200);
  // Held in memory, so many entries with what parsing makes of them would be half as much again.
  expect(many.peakMb - few.peakMb).toBeLessThan(60);
});

const MEASURED = fileURLToPath(new URL('./measured-verify.ts', import.meta.url));

async function measure({ database, folder, place }: TestLog): Promise<{ entries: number; peakMb: number }> {
  const child = spawn(process.execPath, [MEASURED, database.url, folder, place], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(await text(child.stdout)) as { entries: number; peakMb: number };
}
