import { expect, test } from 'vitest';
import { record } from '../../src/audit/append.ts';
import { accessLogCount, accessLogLines, readAccessLog } from '../../src/audit/access-log.ts';
import { findEntries } from '../../src/audit/find.ts';
import { forgetSubject } from '../../src/audit/forget.ts';
import { makeCheckpoint } from '../../src/audit/make-checkpoint.ts';
import { openAuditKeys, type AuditKeys } from '../../src/audit/keys.ts';
import { pruneBefore } from '../../src/audit/prune.ts';
import { withSnapshot, withTransaction } from '../../src/store/session.ts';
import { sql } from '../../src/store/sql.ts';
import { openTemporaryFolder } from '../support/temporary-folder.ts';
import { agent, look, looks, openTestLog, type TestLog } from './open-log.ts';

function find(log: TestLog, identifier: string, keys: AuditKeys = log.keys, tenantId = 'acme') {
  return withSnapshot(log.pool, tenantId, (reader) => findEntries(reader, keys, { tenantId, identifier, first: 50 }));
}

async function seqsOf(...args: Parameters<typeof find>): Promise<number[]> {
  return (await find(...args)).entries.map(({ seq }) => seq);
}

test('L-11: entries are found by an e-mail, a subject or a member of staff, and only with the keys that made them', async () => {
  await using log = await openTestLog();
  await log.pool.query(`INSERT INTO subject_identifier (tenant_id, id, subject_id, source_system, kind, value)
    SELECT t, 'i', 'sub_1', 's', 'EMAIL', 'ann@example.org' FROM unnest(ARRAY['acme', 'other']) t`);
  await record(log.pool, log.keys, [look('sub_1'), look('sub_2'), look('sub_1', { outcome: 'DENIED' })]);
  await record(log.pool, log.keys, [
    look('sub_1', { actor: { kind: 'AUDITOR', tenant: 'other', staffId: 'staff_9' } }),
  ]);
  expect(await seqsOf(log, 'ann@example.org')).toEqual([1, 3]);
  expect(await seqsOf(log, 'sub_2')).toEqual([2]);
  expect(await seqsOf(log, 'staff_7')).toEqual([1, 2, 3]);
  expect(await seqsOf(log, 'staff_9')).toEqual([]);
  expect(await seqsOf(log, 'bob@example.org')).toEqual([]);
  using elsewhere = openTemporaryFolder();
  expect(await seqsOf(log, 'ann@example.org', await openAuditKeys(elsewhere.path))).toEqual([]);
  // With the name of the other tenant, its keys: they know nobody here.
  const foreign: AuditKeys = { ...log.keys, handle: (_tenant, kind, name) => log.keys.handle('other', kind, name) };
  expect(await seqsOf(log, 'ann@example.org', foreign)).toEqual([]);
});

test('L-11: pages go on where the last one ended', async () => {
  await using log = await openTestLog();
  await record(log.pool, log.keys, looks(7));
  const search = { tenantId: 'acme', identifier: 'staff_7', first: 3 };
  const seqs: number[] = [];
  for (let after: number | null = 0; after !== null;) {
    const from: number = after;
    const page = await withSnapshot(log.pool, 'acme', (reader) =>
      findEntries(reader, log.keys, { ...search, after: from }),
    );
    seqs.push(...page.entries.map(({ seq }) => seq));
    after = page.next;
  }
  expect(seqs).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

test('no name of anybody and no reason stands in a link', async () => {
  await using log = await openTestLog();
  await record(log.pool, log.keys, [look('sub_1', { reason: 'Ann asked' })]);
  expect(JSON.stringify(await find(log, 'sub_1'))).not.toMatch(/sub_1|staff_7|Ann/);
});

test('L-12: the chain of an erased person verifies, and no identifier leads to it any more', async () => {
  await using log = await openTestLog();
  await record(log.pool, log.keys, [look('sub_1', { reason: 'Ann asked' }), look('sub_2')]);
  await record(log.pool, log.keys, [look('sub_1', { actor: { kind: 'SUBJECT', tenant: 'acme', subjectId: 'sub_1' } })]);
  await makeCheckpoint(log, 'acme');
  const [before] = (await find(log, 'sub_1')).entries;

  await expect(log.pool.query(`DELETE FROM subject WHERE tenant_id = 'acme' AND id = 'sub_1'`)).rejects.toThrow();
  const forgotten = await withTransaction(log.pool, 'acme', async (writer) => {
    const count = await forgetSubject(writer, log.keys, 'acme', 'sub_1');
    await writer.execute(sql`DELETE FROM subject WHERE tenant_id = 'acme' AND id = 'sub_1'`);
    return count;
  });
  expect(forgotten).toBe(2);

  expect(await log.verify()).toMatchObject({ entries: 3, fault: null, vouchedTo: 3 });
  expect(await seqsOf(log, 'sub_1')).toEqual([]);
  expect(await seqsOf(log, 'sub_2')).toEqual([2]);
  const { rows } = await log.pool.query(
    `SELECT to_jsonb(e) AS e FROM audit_event e UNION ALL SELECT to_jsonb(p) FROM audit_pseudonym p`,
  );
  expect(JSON.stringify(rows)).not.toMatch(/sub_1|Ann/);
  // One with the same id later is another person.
  await log.pool.query(`INSERT INTO subject (tenant_id, id) VALUES ('acme', 'sub_1')`);
  await record(log.pool, log.keys, [look('sub_1')]);
  const after = await find(log, 'sub_1');
  expect(after.entries.map(({ seq }) => seq)).toEqual([4]);
  expect(after.entries[0]?.subjectRef).not.toBe(before?.subjectRef);
});

test('L-12: to bring back a name by hand does not go unseen', async () => {
  await using log = await openTestLog();
  await record(log.pool, log.keys, looks(3));
  await withTransaction(log.pool, 'acme', (writer) => forgetSubject(writer, log.keys, 'acme', 'sub_1'));
  await log.tamper(`UPDATE audit_event SET subject_id = 'sub_1' WHERE seq = 3`);
  expect((await log.verify()).fault).toMatchObject({ seq: 3 });
});

test('L-13: what remains after old entries are pruned verifies from the signed anchor, and only from there', async () => {
  await using log = await openTestLog();
  await record(log.pool, log.keys, looks(3));
  await makeCheckpoint(log, 'acme');
  await record(log.pool, log.keys, looks(2));
  await log.tamper(`SELECT pg_sleep(0.01)`);
  const { rows } = await log.pool.query<{ now: Date }>('SELECT clock_timestamp() AS now');
  await log.tamper(`SELECT pg_sleep(0.01)`);
  await record(log.pool, log.keys, looks(2));
  const operator = { kind: 'OPERATOR', tenant: 'acme', operatorId: 'root' } as const;
  const instant = rows[0]?.now ?? new Date(0);
  expect(await pruneBefore(log, operator, instant)).toEqual({ upTo: 5, entries: 5 });
  expect(await log.verify()).toMatchObject({ entries: 3, first: 6, last: 8, fault: null });
  expect(await pruneBefore(log, operator, instant)).toBeNull();
  expect((await find(log, 'root')).entries).toMatchObject([{ action: 'PRUNE', detail: { upTo: 5 } }]);

  // A checkpoint is no anchor: who deletes up to one is found.
  await makeCheckpoint(log, 'acme');
  await record(log.pool, log.keys, looks(1));
  await log.tamper('DELETE FROM audit_event WHERE seq <= 8');
  expect((await log.verify()).fault).toMatchObject({ seq: 1, reason: expect.stringContaining('no signed anchor') });
});

test('L-13: a log that was tampered with is not pruned', async () => {
  await using log = await openTestLog();
  await record(log.pool, log.keys, looks(3));
  await log.tamper(`UPDATE audit_event SET action = 'SWEEP' WHERE seq = 2`);
  const future = new Date(Date.now() + 86_400_000);
  await expect(pruneBefore(log, agent, future)).rejects.toThrow('entry 2');
});

test('X-19: a person is told when, why and in which role others looked, and never who', async () => {
  await using log = await openTestLog();
  await record(log.pool, log.keys, [
    look('sub_1', { reason: 'Ann of the night shift asked' }),
    look('sub_2'),
    look('sub_1', { outcome: 'DENIED' }),
    look('sub_1', { actor: { kind: 'SUBJECT', tenant: 'acme', subjectId: 'sub_1' } }),
    look('sub_1', { action: 'INSTRUCTION' }),
    look('sub_1', { actor: { kind: 'INTERNAL_APP', tenant: 'acme', appId: 'app_1' }, action: 'EXPORT', ticket: null }),
  ]);
  const scope = { tenantId: 'acme', subjectId: 'sub_1' };
  const [page, lines, counted] = await withSnapshot(log.pool, 'acme', async (reader) => [
    await readAccessLog(reader, scope, { first: 10 }),
    await Array.fromAsync(reader.copyOut(accessLogLines(scope), 'lines')),
    await reader.query(accessLogCount(scope)),
  ]);
  const told = [
    {
      role: 'SUPPORT_AGENT',
      action: 'LOOK',
      purpose: 'support',
      ticket: 'T-1',
      items: ['account.email', 'call.calledNumber'],
    },
    {
      role: 'INTERNAL_APP',
      action: 'EXPORT',
      purpose: 'support',
      ticket: null,
      items: ['account.email', 'call.calledNumber'],
    },
  ].map((entry) => ({ at: expect.stringMatching(/^\d{4}-.*\.\d{6}Z$/), ...entry }));
  const written = Buffer.concat(lines).toString().trim().split('\n');
  const parsed = written.map((line) => JSON.parse(line) as unknown);
  expect(parsed).toHaveLength(2);
  expect(counted).toEqual([{ count: '2' }]);
  expect(parsed).toEqual(expect.arrayContaining(told));
  expect(page.rows).toEqual(expect.arrayContaining(told));
  expect(page.rows).toHaveLength(2);
  expect(written.join()).not.toMatch(/Ann|staff|app_1|Ref/);
});
